"""Run the tests that stand in forms, against a tiny company from a fixture file and without network."""
