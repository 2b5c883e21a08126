"""Where an argument of an operation is written in a form's file. Pure."""

from forms.documents import ListNode, MapNode, Node, ScalarNode, read_document
from forms.errors import DefinitionError, Problem


class Places:
    """Finds operations and their arguments in one file; what comes from elsewhere is placed at the file."""

    def __init__(self, file: str, content: bytes) -> None:
        self.file = file
        try:
            document = read_document(file, content)
        except DefinitionError:
            self._lines: tuple[str, ...] = ()
            self._steps: tuple[Node, ...] = ()
            return
        self._lines = document.lines
        steps = document.root.get("operations")
        self._steps = steps.items if isinstance(steps, ListNode) else ()

    def problem(self, step: str, argument: str, level: str, code: str, message: str, fix: str) -> Problem:
        """Return a problem at an argument of the operation with the id ``step``."""
        node = self._argument(step, argument)
        if node is None:
            return Problem(self.file, 0, 0, level, code, f'operation "{step}": {message}', fix)
        return Problem(self.file, node.line, node.column, level, code, message, fix, self._lines[node.line - 1])

    def _argument(self, step: str, argument: str) -> Node | None:
        for node in self._steps:
            id_ = node.get("id") if isinstance(node, MapNode) else None
            if isinstance(node, MapNode) and isinstance(id_, ScalarNode) and id_.text == step:
                arguments = node.get("with")
                return (arguments.get(argument) if isinstance(arguments, MapNode) else None) or node
        return None
