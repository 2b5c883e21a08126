"""Reviews of bindings: campaigns, last use, findings, evidence."""
