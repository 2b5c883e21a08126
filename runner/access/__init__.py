"""Who may do what to whom: pure decisions over roles, resource sets and bindings. Performs no I/O."""
