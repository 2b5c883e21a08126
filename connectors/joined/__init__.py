"""Several directories as one connector: ids say which of them an object stands in."""
