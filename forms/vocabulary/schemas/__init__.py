"""JSON Schemas of the files that authors write, for their editors, made from the vocabulary. Pure.

Draft-07, because that is what yaml-language-server judges by.  A schema knows keys, shapes and the words that may stand
somewhere; names, conditions and rights are judged by the checker.  Whatever the checker accepts, the schema accepts.
"""

from forms.vocabulary.schemas.files import FILES, file_name, schema_of
from forms.vocabulary.schemas.names import Names

__all__ = ["FILES", "Names", "file_name", "schema_of"]
