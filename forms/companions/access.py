"""Read the names of resource sets from the access file. Pure."""

from forms.documents import ListNode, MapNode, ScalarNode, read_document
from forms.errors import DefinitionError


def resource_sets_of(file: str, content: bytes) -> frozenset[str] | None:
    """Return the ids of the resource sets in the access file; None when it cannot be read.

    Its problems are for whoever reads the whole file.
    """
    try:
        root = read_document(file, content).root
    except DefinitionError:
        return None
    sets = root.get("resource_sets")
    items = sets.items if isinstance(sets, ListNode) else ()
    ids = [item.get("id") for item in items if isinstance(item, MapNode)]
    return frozenset(name.text for name in ids if isinstance(name, ScalarNode))
