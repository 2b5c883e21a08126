"""What an operator types: one module for each command, loaded when it is asked for."""
