"""Answers: from what was posted to typed values that fit the form, the server being the only truth. Pure."""
