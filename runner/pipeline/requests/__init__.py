"""Requests: submissions that need somebody's yes, who may say it, and what follows from it."""
