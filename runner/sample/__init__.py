"""The invented company that the demo, the tests and the benchmarks run on."""
