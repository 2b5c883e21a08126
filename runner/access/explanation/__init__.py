"""Why something is allowed or refused, and who else could, in words for administrators. Pure."""
