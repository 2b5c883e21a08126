"""The policy as it is written, with what its names meant, and as the directory is now."""
