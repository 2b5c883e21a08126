"""From a question to entries: filters, searches, memberships, neutral attributes. Reads only."""
