"""Looking a directory over for an administrator: what it is, and what the account may do there. Changes nothing."""
