"""Change definition files as texts: everything that is not changed on purpose stays as it was typed. Pure."""

from forms.editing.formatting import FormattingError, formatted, kind_of_file

__all__ = ["FormattingError", "formatted", "kind_of_file"]
