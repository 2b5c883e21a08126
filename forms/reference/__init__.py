"""The language reference, made from the tables that drive the checker: what is written there cannot say anything else. Pure."""

from forms.reference.examples import Examples, examples_of
from forms.reference.writing import reference

__all__ = ["Examples", "examples_of", "reference"]
