"""What an administrator is told of an installation: what is well, what is not, and the fix."""
