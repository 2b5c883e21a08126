"""Connecting a desk to a directory: trying it out, and writing the settings once it works."""
