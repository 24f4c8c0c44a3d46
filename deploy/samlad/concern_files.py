"""Concerns from a CSV file to intake, and one's own concerns from intake to a file."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from deploy.samlad.door import TRY_AGAIN, Door, taken
from deploy.samlad.refusal import CannotError, Exit
from services.intake.commands.imports import AGAIN, RowFate, counted, refused
from services.intake.domain.concern_file import FileRow, rows_of
from services.intake.domain.file_heads import heads_of
from services.intake.domain.file_map import FileMap
from services.intake.store.imports import KeptRow
from shared.contracts.refusal import Refused

CONCERNS: Final = "/intake/v1/concerns"
AT_ONCE: Final = 500
TRIES: Final = 5
LONGEST_WAIT: Final = 30.0
SHOWN: Final = 20
_GOOD: Final = frozenset({RowFate.TAKEN, RowFate.ALREADY, RowFate.QUARANTINED})

Told = Callable[[int], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the rows; and why it was broken off, where it was."""

    rows: Sequence[KeptRow]
    trouble: CannotError | None = None


def read_rows(file: Path, by: Path | None) -> Sequence[FileRow]:
    """The rows of a file, read with the map in `by`; CannotError says why it cannot be read."""
    return _read(rows_of, file, by)


def read_heads(file: Path, by: Path | None) -> Mapping[str, str]:
    """What the file calls each field; CannotError as for its rows."""
    return _read(heads_of, file, by)


def _read(reading: Callable[[bytes, FileMap | None], T], file: Path, by: Path | None) -> T:
    try:
        mapped = FileMap.read(by.read_text("utf-8")) if by else None
        return reading(file.read_bytes(), mapped)
    except Refused as why:
        raise CannotError(
            f"{file.name}: {why.refusal.sv} / {why.refusal.en}", Exit.REFUSED
        ) from why
    except (OSError, UnicodeDecodeError) as error:
        raise CannotError(f"{file} or its map cannot be read.", Exit.USAGE) from error


def send(door: Door, rows: Sequence[FileRow], *, dry_run: bool) -> Sent:
    """Send the rows, many at a time, with some patience.

    Raises CannotError when nobody answered, or refused all; later it is told with what was done.
    """
    good = [row for row in rows if row.report or row.reference]
    answered: dict[int, KeptRow] = {}
    trouble = None
    with progress(len(rows), done=len(rows) - len(good)) as tell:
        for start in range(0, len(good), AT_ONCE):
            some = good[start : start + AT_ONCE]
            told, trouble = _patiently(door, some, dry_run=dry_run)
            answered |= told
            if trouble or all(row.outcome == RowFate.UNAVAILABLE for row in told.values()):
                break
            tell(len(some))
    if trouble and not answered:
        raise trouble
    return Sent([answered.get(each.number) or _untold(each) for each in rows], trouble)


def _untold(row: FileRow) -> KeptRow:
    """A row that nobody answered for: no report, or not sent."""
    return _waiting(row) if row.report else refused(row)


def checked(rows: Sequence[FileRow]) -> list[KeptRow]:
    """What can be told of the rows without a system: which of them are no reports."""
    return [refused(row) for row in rows if not row.report]


def report(file: Path, kept: Sequence[KeptRow], *, dry_run: bool) -> dict[str, Any]:
    """The account of a file, for programs."""
    rows = [
        {
            "row": row.row,
            "outcome": row.outcome,
            "concern_id": row.concern_id,
            "columns": list(row.columns),
            "reason": row.reason,
        }
        for row in kept
    ]
    return {"file": file.name, "dry_run": dry_run, "counts": dict(counted(kept)), "rows": rows}


def account(sent: Sent, heads: Mapping[str, str], *, dry_run: bool) -> Iterator[str]:
    """Yield the account in words: how many of each, and the first rows that were not taken.

    Columns are called by the file's own heads. Rows that were not sent are only counted.
    """
    kept = sent.rows
    told = _GOOD | {RowFate.UNAVAILABLE} if sent.trouble else _GOOD
    if dry_run:
        yield "Dry run: nothing is kept."
    yield f"  {'rows':<12}{len(kept)}"
    for fate, number in counted(kept).items():
        yield f"  {fate.lower():<12}{number}"
    others = [row for row in kept if row.outcome not in told]
    for row in others[:SHOWN]:
        columns = dict.fromkeys(_head(name, heads) for name in row.columns)
        yield "    " + ": ".join(filter(None, (f"row {row.row}", *columns, row.reason)))
    if len(others) > SHOWN:
        yield f"    … and {len(others) - SHOWN} more (--json shows them)"


def _head(name: str, heads: Mapping[str, str]) -> str:
    return heads.get(name) or heads.get(name.split(".", 1)[0], name)


def all_good(kept: Sequence[KeptRow]) -> bool:
    """Whether every row stands, or was told where it belongs."""
    return all(row.outcome in _GOOD | {RowFate.DIVERTED} for row in kept)


def fetch(door: Door, form: str, since: str | None, until: str | None) -> bytes:
    """One's own concerns as a file."""
    asked = {"format": form, "observed_from": since, "observed_to": until}
    answer = door.got(CONCERNS, **{name: value for name, value in asked.items() if value})
    content: bytes = answer.content
    return content


@contextmanager
def progress(total: int, *, done: int = 0) -> Iterator[Told]:
    """Yields what to call with the number of rows just done: a bar, or plain lines elsewhere."""
    if not sys.stderr.isatty():
        sofar = [done]

        def line(number: int) -> None:
            sofar[0] += number
            print(f"samlad: {sofar[0]} of {total} rows", file=sys.stderr, flush=True)

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("rows"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task("rows", total=total, completed=done)
        yield lambda number: shown.update(task, advance=number)


def _patiently(
    door: Door, rows: Sequence[FileRow], *, dry_run: bool
) -> tuple[dict[int, KeptRow], CannotError | None]:
    """What was answered for each row; and why the rest was not sent, where it cannot be."""
    done: dict[int, KeptRow] = {}
    left, trouble = list(rows), None
    for attempt in range(TRIES):
        try:
            answered, wait = _sent(door, left, dry_run=dry_run)
            trouble = None
        except CannotError as error:
            answered, wait, trouble = [], 2.0, error
            if error.code != Exit.NOT_RUNNING:
                break
        done |= {row.row: row for row in answered}
        left = [row for row in left if not _ended(done.get(row.number))]
        if not left:
            break
        if attempt < TRIES - 1:
            time.sleep(wait)
    return done, trouble


def _ended(row: KeptRow | None) -> bool:
    return row is not None and row.outcome != RowFate.UNAVAILABLE


def _sent(door: Door, rows: Sequence[FileRow], *, dry_run: bool) -> tuple[list[KeptRow], float]:
    """What became of the rows, and how long to wait before those left are sent again."""
    body = {"items": [_item(row) for row in rows], "dry_run": dry_run}
    answer = door.posted(f"{CONCERNS}/batch", json=body)
    wait = _seconds(answer.headers.get("retry-after"))
    if answer.status_code in TRY_AGAIN:
        return [_waiting(row) for row in rows], wait
    results = taken(answer).json()["results"]
    return [_told(row, one) for row, one in zip(rows, results, strict=True)], wait


def _item(row: FileRow) -> dict[str, Any]:
    """The row as it is sent; of one that is no report only the reference."""
    item: dict[str, Any] = {"idempotency_key": row.key}
    if row.reference:
        item["concern_id"] = row.reference
    return item | {"concern": dict(row.said)} if row.report else item


def _told(row: FileRow, answer: dict[str, Any]) -> KeptRow:
    match answer["outcome"]:
        case "ACCEPTED":
            fate = RowFate.QUARANTINED if answer["status"] == "QUARANTINED" else RowFate.TAKEN
            fate = RowFate.ALREADY if answer["replayed"] else fate
            return KeptRow(row.number, fate, concern_id=answer["concern_id"])
        case "DIVERTED":
            to = answer["turn_to"]
            words = f"{to['label']['sv']} / {to['label']['en']} ({to['phone']})"
            return KeptRow(row.number, RowFate.DIVERTED, reason=words)
        case "UNAVAILABLE":
            return _waiting(row)
        case _ if row.report is None:
            return refused(row)
        case _:
            problem = answer["problem"]
            wrong = [bad["property"] for bad in problem.get("invalid-parameters", ())]
            columns = [name.removeprefix("concern.") for name in wrong]
            return KeptRow(row.number, RowFate.REFUSED, reason=problem["title"], columns=columns)


def _waiting(row: FileRow) -> KeptRow:
    return KeptRow(row.number, RowFate.UNAVAILABLE, reason=AGAIN)


def _seconds(given: str | None) -> float:
    try:
        return min(max(float(given or 2), 0.0), LONGEST_WAIT)
    except ValueError:
        return 2.0
