"""Plans as JSON, and the digest of everything that a confirmation is about. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.spi import Ref
from forms.answering.wire import stored
from forms.definition import Form
from forms.planning import PlannedOperation


def plan_digest(form: Form, actor_id: str, target: Ref | None, operations: Sequence[Mapping[str, Any]]) -> str:
    """Return the SHA-256, in hexadecimal, of everything a confirmation is about.

    ``operations`` are the planned operations with their changes, as JSON (`operation_json`).
    """
    whole = {
        "form": [form.id, form.version, form.digest],
        "actor": actor_id,
        "target": str(target) if target else None,
        "operations": list(operations),
    }
    canonical = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def operation_json(planned: PlannedOperation) -> dict[str, Any]:
    """Return a planned operation as JSON, secrets masked, for rows, records and the digest."""
    return {
        "id": planned.operation.id,
        "verb": planned.operation.verb,
        "title": planned.title,
        "arguments": {key: stored(value) for key, value in planned.operation.arguments.items()},
        "needs": [[need.permission, stored(need.on)] for need in planned.requirements],
        "until": planned.until.isoformat() if planned.until else None,
    }
