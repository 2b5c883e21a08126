"""Who is asking: accounts, passwords, sign-in with its brakes, sessions. Rows are `runner.store`'s work."""
