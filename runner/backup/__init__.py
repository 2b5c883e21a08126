"""A whole desk in one file, and back: the folder's files and a copy of its store, with sums of all of it."""
