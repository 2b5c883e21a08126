"""Room: see the modules."""
