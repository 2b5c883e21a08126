"""Versions of forms: noticed, kept for what waits, and published by two people."""
