"""Two versions of a form, compared as they were compiled, in words for whoever reviews them. Pure."""
