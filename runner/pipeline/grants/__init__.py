"""Timed access: what is given until a day, how it is taken back then, and who sees what runs."""
