"""Make one whole definition out of a form, the forms it is based on, its fragments and its translations. Pure."""
