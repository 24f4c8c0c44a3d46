"""Concerns from a file, sent as a reporting agency would."""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from deploy.samlad.door import Door
from deploy.samlad.refusal import CannotError, Exit


def read(file: Path) -> list[dict[str, Any]]:
    """Return the concerns of a file: one object, a list of objects, or an object per line."""
    try:
        given = _parse(sys.stdin.read() if str(file) == "-" else file.read_text("utf-8"))
    except OSError as error:
        raise CannotError(f"{file} cannot be read.", Exit.USAGE) from error
    except ValueError as error:
        raise CannotError(f"{file} is not JSON: {error}.", Exit.USAGE) from error
    if not all(isinstance(each, dict) for each in given):
        raise CannotError(f"{file} holds something that is not a concern.", Exit.USAGE)
    return given


def _parse(text: str) -> list[Any]:
    try:
        whole = json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    return whole if isinstance(whole, list) else [whole]


def send(door: Door, concern: dict[str, Any]) -> dict[str, Any]:
    """Send one concern; the same content is the same request, however often it is sent."""
    canonical = json.dumps(concern, sort_keys=True, ensure_ascii=False)
    key = hashlib.sha256(canonical.encode("utf-8")).hexdigest()
    return door.post("/intake/v1/concerns", json=concern, headers={"Idempotency-Key": key})
