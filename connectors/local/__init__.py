"""The local directory: people, groups, units, computers and contacts in database tables."""
