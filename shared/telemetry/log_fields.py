"""Which fields a log line may have, and what a value may look like."""

import re
import traceback
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson

from shared.telemetry import context

FIELDS = frozenset(
    re.findall(
        r"\w+",
        """
    account action address aggregate agency applied attempt attempts batch bytes channel check code
    collection consumer correlation_id count delay district dropped duplicates duration_ms error_at
    error_type event event_id event_type exit_code failed fence findings generation group held host
    incarnation job kind lag level line logger lost method missing module month next offset outcome
    part partition partitions path_template pending period phase pid port problem_code projection
    published reason received records replayed retry_in role rows seconds sequence service shard
    signal skipped source stage started state status stopped taken template timestamp topic topics
    trace_id version view week
    """,
    )
)
WITHHELD = "[withheld]"
LONGEST = 160
MOST_ITEMS = 20
_TRACE_ID = re.compile(r"[0-9a-f]{32}")  # random digits in a row are nobody's number here
_CODE_LIKE = re.compile(r"[\w.:/|*+{}=<>-]*", re.ASCII)
_IDENTITY_LIKE = re.compile(r"(?<!\d)\d{6}(?:\d\d)?[-+.:/_ ]?\d{4}(?!\d)")
_MANY_DIGITS = re.compile(r"\d(?:[\W_]*\d){5}")
_PROJECT = str(Path(__file__).resolve().parents[2]) + "/"
_OWN = ("services/", "shared/", "deploy/", "tests/")


def allowed(_logger: object, _method: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the fields on the list with harmless values; count the others."""
    kept = {name: _value(name, fields[name]) for name in fields if name in FIELDS}
    if len(kept) < len(fields):
        kept["dropped_fields"] = len(fields) - len(kept)
    return kept


def rendered(_logger: object, _method: str, fields: Mapping[str, Any]) -> str:
    """The fields as one line of JSON."""
    return orjson.dumps(fields, default=lambda _: WITHHELD).decode()


def with_trace(fields: dict[str, Any]) -> dict[str, Any]:
    """Add the time and the ids of the work in hand."""
    trace = context.bound()
    if trace is not None:
        fields.setdefault("correlation_id", trace.correlation_id)
        if trace.traceparent is not None:
            fields.setdefault("trace_id", trace.traceparent.split("-")[1])
    fields.setdefault("timestamp", datetime.now(UTC))
    return fields


def error_fields(error: BaseException) -> dict[str, Any]:
    """An exception's type, its causes' types and its place; never its message."""
    chain: list[str] = []
    link: BaseException | None = error
    while link is not None and len(chain) < MOST_ITEMS:
        chain.append(f"{type(link).__module__}.{type(link).__qualname__}")
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return {"error_type": chain, "error_at": _places(error)}


def _places(error: BaseException) -> list[str]:
    frames = [
        (_short(frame.f_code.co_filename), line, frame.f_code.co_name)
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    own = [f for f in frames if f[0].startswith(_OWN)]
    places = [*own[-2:], *frames[-1:]]
    return [f"{file}:{line}:{name}" for file, line, name in dict.fromkeys(places)]


def _short(filename: str) -> str:
    return filename.rsplit("site-packages/", 1)[-1].removeprefix(_PROJECT)


def _value(name: str, value: object) -> object:
    match value:
        case None | bool() | int() | float() | datetime() | date():
            return value
        case str():
            return value if _text_harmless(name, value) else WITHHELD
        case list() | tuple() | set() | frozenset():
            return [_value("", item) for item in list(value)[:MOST_ITEMS]]
        case _:
            return WITHHELD


def _text_harmless(name: str, text: str) -> bool:
    if name == "event":
        return _words_harmless(text)
    return _code_harmless(text) or (name == "trace_id" and _TRACE_ID.fullmatch(text) is not None)


def _words_harmless(words: str) -> bool:
    return len(words) <= LONGEST and "@" not in words and not _MANY_DIGITS.search(words)


def _code_harmless(code: str) -> bool:
    if context.is_uuid(code):
        return True
    return (
        len(code) <= LONGEST
        and _CODE_LIKE.fullmatch(code) is not None
        and not _IDENTITY_LIKE.search(code)
    )
