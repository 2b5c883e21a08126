"""What ``deskhand.toml`` says: each setting is known, of its type, and named in the sentence when it is wrong."""
