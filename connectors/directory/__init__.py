"""What every directory has in common, whoever keeps it: names, values and arguments. Pure."""
