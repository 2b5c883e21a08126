"""A mail system in tables, for demonstrations and tests, and the ways a mail leaves the house."""
