"""What a plan changes, from what to what: as lines of text, and for a program. Pure."""

from collections.abc import Iterator, Mapping

from runner.pipeline.pages import ChangeLine, OperationView


def operation_lines(operation: OperationView) -> Iterator[str]:
    """Yield the lines of one operation: its title, with its state once it ran, and each change below it."""
    yield f"{operation.title}{f'  [{operation.state}]' if operation.state else ''}"
    for line in operation.lines:
        yield f"    {_line(line)}"
    if operation.detail:
        yield f"    {operation.detail}"


def operation_json(operation: OperationView) -> Mapping[str, object]:
    """Return one operation for a program."""
    lines = [
        {"kind": line.kind, "what": line.what, "attribute": line.attribute, "before": line.before, "after": line.after}
        | ({"note": line.note} if line.note else {})
        for line in operation.lines
    ]
    return {"id": operation.id, "title": operation.title, "state": operation.state, "changes": lines}


def _line(line: ChangeLine) -> str:
    if line.kind == "none":
        return line.what
    until = f", {line.note}" if line.note else ""
    return f"{line.what}: {line.attribute}: {line.before or '(empty)'} -> {line.after or '(empty)'}{until}"
