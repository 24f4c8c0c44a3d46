"""The audit chain: each line is bound to its number and to the line before by a keyed hash. Pure.

A row is `{_id: number, prev: the link before, link, …}`; `link` is HMAC-SHA-256 over the number
and every other field. The head `{count, link, seal}` says how many lines there are and which is the
last, so that a cut-off end shows; the base, likewise, where the lines begin that were not disposed
of by a decision. Who has the database and not the key can destroy lines, but
never make, change or move one unseen.
"""

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

BEFORE_THE_FIRST: Final = "0" * 64
_LINE: Final = b"samlad audit line 1\x00"
_HEAD: Final = b"samlad audit head 1\x00"
_BASE: Final = b"samlad audit base 1\x00"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """How many lines there are, and the link of the last."""

    count: int = 0
    link: str = BEFORE_THE_FIRST

    def __str__(self) -> str:
        return f"{self.count}:{self.link}"


class AuditKey:
    """Links lines and seals heads; knows what was linked and sealed with the same key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def chained(self, head: Head, entries: Iterable[Row]) -> list[dict[str, Any]]:
        """The entries as rows that follow the head."""
        rows: list[dict[str, Any]] = []
        for entry in entries:
            number = head.count + 1
            row = {**entry, "prev": head.link}
            head = Head(number, self._mac(_line(number, row)))
            rows.append({"_id": number, **row, "link": head.link})
        return rows

    def sealed(self, head: Head) -> dict[str, Any]:
        """The head as it is kept."""
        return self._sealed(head, _HEAD)

    def opened(self, kept: Row) -> Head | None:
        """The head that is kept; None when it was not sealed with this key."""
        return self._opened(kept, _HEAD)

    def sealed_base(self, base: Head) -> dict[str, Any]:
        """The base as it is kept; no head passes for one."""
        return self._sealed(base, _BASE)

    def opened_base(self, kept: Row | None) -> Head | None:
        """The base that is kept, or that of a whole chain; None when it is not ours."""
        return Head() if kept is None else self._opened(kept, _BASE)

    def _sealed(self, head: Head, label: bytes) -> dict[str, Any]:
        seal = self._mac(label + str(head).encode())
        return {"count": head.count, "link": head.link, "seal": seal}

    def _opened(self, kept: Row, label: bytes) -> Head | None:
        match kept:
            case {"count": int(count), "link": str(link)}:
                head = Head(count, link)
            case _:
                return None
        return head if _same(self._sealed(head, label)["seal"], kept.get("seal")) else None

    def wrote(self, row: Row, number: int) -> bool:
        """Whether the row was written with this key as that number and is unchanged."""
        entry = {name: value for name, value in row.items() if name not in {"_id", "link"}}
        try:
            expected = self._mac(_line(number, entry))
        except (TypeError, ValueError):
            return False
        return _same(expected, row.get("link"))

    def _mac(self, told: bytes) -> str:
        return hmac.digest(self._key, told, sha256).hex()


def number_of(row: Row) -> int | None:
    """The row's number; None for an id that no line of ours has."""
    number = row["_id"]
    plain = isinstance(number, int) and not isinstance(number, bool)
    return number if plain and number > 0 else None


def _same(expected: str, given: object) -> bool:
    return isinstance(given, str) and hmac.compare_digest(expected.encode(), given.encode())


def _line(number: int, entry: Row) -> bytes:
    """What is hashed: two different lines never give the same bytes."""
    fields = [[name, _told(entry[name])] for name in sorted(entry)]
    return _LINE + json.dumps([number, fields], separators=(",", ":")).encode()


def _told(value: object) -> object:
    match value:
        case None | bool() | int() | str():
            return value
        case datetime():
            since = value.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
            return [since.days, since.seconds, since.microseconds]
        case _:
            raise TypeError(type(value).__name__)
