"""The rows that are the truth: submissions, operations, the journal, accounts. The only room with SQLAlchemy in it."""
