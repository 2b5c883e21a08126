"""Evidence packs: what the journal says of a person, an agent, a form or a period, in one file that proves itself."""
