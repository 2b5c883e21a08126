"""The explorer's pages: who may do what to whom, by person, group, role, set, form and binding. Reads."""
