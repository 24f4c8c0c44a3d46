"""Statistics imports: one file goes in, an account of its rows comes out."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.samlad.door import Door

SHOWN = 20


def send(door: Door, file: Path, *, source: str, dry_run: bool) -> dict[str, Any]:
    """Send a file to intake. The same file under the same wish is the same request."""
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return door.post(
        "/intake/v1/statistics-imports",
        headers={"Idempotency-Key": f"{source}-{'dry-' if dry_run else ''}{digest}"},
        files={"file": (file.name, content, "text/csv")},
        data={"source": source, "dry_run": str(dry_run).lower()},
    )


def account(answer: dict[str, Any], *, dry_run: bool) -> Iterator[str]:
    """Yield the account in words: totals, reasons, and the first rows that were skipped."""
    skipped = list(answer.get("skipped", []))
    yield "Dry run: nothing is kept." if dry_run else f"Import {answer.get('import_id', '')}"
    for name in ("rows", "taken", "unchanged", "superseded"):
        if answer.get(name) is not None:
            yield f"  {name:<11}{answer[name]}"
    yield f"  skipped    {answer.get('skipped_total', len(skipped))}"
    for reason, number in Counter(str(row["reason"]) for row in skipped).most_common():
        yield f"    {number} rows: {reason}"
    for row in skipped[:SHOWN]:
        yield f"    row {row['row']}: {row['reason']}"
    if len(skipped) > SHOWN:
        yield f"    … and {len(skipped) - SHOWN} more (--json shows them)"
