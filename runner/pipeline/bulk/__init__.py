"""One form for many people: each row its own decision, plan, submission and records."""
