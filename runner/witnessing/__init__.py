"""Checkpoints of the journal: made while the desk is served, sent to witnesses, and what follows when they are contradicted."""
