"""How target systems are read and changed: one folder per system, one contract for all."""
