"""Statistics imports: one file goes in, an account of its rows comes out."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from deploy.samlad import say
from deploy.samlad.door import Door, taken
from deploy.samlad.refusal import CannotError, Exit

SHOWN = 20
PATIENCE = 900.0  # a large file is tens of thousands of figures, each of them a fact
COUNTED = ("source", "fetched_on", "rows", "taken", "new", "unchanged", "superseded", "older")
TAKEN_BEFORE = (
    "taken in before: this is its account from then, nothing is changed by it now "
    "(was it fetched again since? say --fetched-on)"
)
LARGEST = 5 * 1024 * 1024  # what intake takes in one piece; the largest real file is half of it
WORTH_A_WORD = 256 * 1024


@dataclass(frozen=True)
class Beside:
    """What is said beside a file."""

    fetched_on: date | None = None
    period: str | None = None
    mapping: Path | None = None

    @property
    def fields(self) -> dict[str, str]:
        """As fields of the form."""
        told = {"fetched_on": self.fetched_on, "period": self.period}
        return {name: str(value) for name, value in told.items() if value is not None}


NOTHING_BESIDE = Beside()


def send(
    door: Door, file: Path, *, source: str, dry_run: bool, beside: Beside = NOTHING_BESIDE
) -> dict[str, Any]:
    """Send a file to intake in one piece. The same under the same wish is the same request."""
    content = _content(file)
    parts = {"file": (file.name, content, "application/octet-stream")}
    mapping = beside.mapping.read_bytes() if beside.mapping else None
    if mapping is not None:
        parts["map"] = ("map.toml", mapping, "application/toml")
    if len(content) > WORTH_A_WORD:
        say.progress(
            f"sending {file.name}, {len(content) / 1024**2:.1f} MiB; this may take a while"
        )
    digest = _digest(content, mapping, (beside.period or "").encode())
    answer = door.posted(
        "/intake/v1/statistics-imports",
        patience=PATIENCE,
        headers={"Idempotency-Key": f"{source}-{'dry-' if dry_run else ''}{digest}"},
        files=parts,
        data={"source": source, "dry_run": str(dry_run).lower(), **beside.fields},
    )
    body: dict[str, Any] = taken(answer).json()
    before = answer.headers.get("idempotent-replayed") == "true"
    return body | {"replayed": True} if before else body


def _content(file: Path) -> bytes:
    content = file.read_bytes()
    if len(content) > LARGEST:
        raise CannotError(
            f"{file.name} is larger than {LARGEST // 1024**2} MiB: split it by rows (each part "
            "with the header), or make a smaller extract.",
            Exit.USAGE,
        )
    return content


def _digest(content: bytes, *beside: bytes | None) -> str:
    digest = hashlib.sha256(content)
    for part in filter(None, beside):
        digest.update(b"\0" + part)
    return digest.hexdigest()


def account(answer: dict[str, Any], *, dry_run: bool) -> Iterator[str]:
    """Yield the account in words: totals, reasons, and the first rows that were skipped."""
    skipped = list(answer.get("skipped", []))
    yield "Dry run: nothing is kept." if dry_run else f"Import {answer.get('import_id', '')}"
    if answer.get("replayed"):
        yield f"  {TAKEN_BEFORE}"
    for name in COUNTED:
        if answer.get(name) is not None:
            yield f"  {name:<11}{answer[name]}"
    yield f"  skipped    {answer.get('skipped_total', len(skipped))}"
    for reason, number in Counter(str(row["reason"]) for row in skipped).most_common():
        yield f"    {number} rows: {reason}"
    for row in skipped[:SHOWN]:
        sheet = f"sheet {row['sheet']}, " if row.get("sheet") else ""
        yield f"    {sheet}row {row['row']}: {row['reason']}"
    if len(skipped) > SHOWN:
        yield f"    … and {len(skipped) - SHOWN} more (--json shows them)"
