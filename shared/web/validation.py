"""Input that does not fit: which property, and why, in words of our own.

pydantic's own messages may quote the input, so none of them is passed on.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shared.contracts import plain_text
from shared.web.problem import Problem

MOST = 50
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z_-]{0,39}")
_PLACES = frozenset({"body", "query", "path", "header", "cookie"})

REASONS: Mapping[str, str] = {
    "missing": "saknas / is missing",
    "extra_forbidden": "okänd egenskap / unknown property",
    "json_invalid": "inte giltig JSON / not valid JSON",
    "enum": "inte ett av de tillåtna värdena / not one of the allowed values",
    "literal_error": "inte ett av de tillåtna värdena / not one of the allowed values",
    "string_type": "ska vara text / must be text",
    "string_too_short": "för kort / too short",
    "string_too_long": "för lång / too long",
    "string_pattern_mismatch": "har inte rätt form / does not have the right form",
    "too_short": "för få delar / too few items",
    "too_long": "för många delar / too many items",
    "greater_than_equal": "för litet / too small",
    "greater_than": "för litet / too small",
    "less_than_equal": "för stort / too large",
    "less_than": "för stort / too large",
    "list_type": "ska vara en lista / must be a list",
    plain_text.KIND: "innehåller styrtecken / holds control characters",
    "timezone_aware": "tidszon saknas / time zone missing",
    "finite_number": "ska vara ett ändligt tal / must be a finite number",
}
_FAMILIES: Sequence[tuple[str, str]] = (
    ("int", "ska vara ett heltal / must be a whole number"),
    ("float", "ska vara ett tal / must be a number"),
    ("bool", "ska vara sant eller falskt / must be true or false"),
    ("datetime", "ska vara en tidpunkt enligt RFC 3339 / must be an RFC 3339 time"),
    ("date", "ska vara ett datum, ÅÅÅÅ-MM-DD / must be a date, YYYY-MM-DD"),
    ("uuid", "ska vara ett UUID / must be a UUID"),
    ("model", "ska vara ett objekt / must be an object"),
    ("dict", "ska vara ett objekt / must be an object"),
    ("string", "ska vara text / must be text"),
)
AGAIN = "angiven flera gånger / given more than once"
_OTHERWISE = "är inte giltigt / is not valid"


def problem_of(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """What pydantic or FastAPI found, as a 422 problem."""
    return Problem(422, invalid=invalid_of(errors))


def invalid_of(errors: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """(property, reason) of each finding, at most fifty."""
    return [(property_of(e["loc"]), reason_of(str(e["type"]))) for e in errors[:MOST]]


def property_of(place: Sequence[str | int]) -> str:
    """The place as a caller is told it: a name that is no plain word is `?`."""
    parts = list(place)
    if parts and parts[0] in _PLACES:
        parts = parts[1:] or parts
    return ".".join(_shown(part) for part in parts)


def _shown(part: str | int) -> str:
    if isinstance(part, int):
        return str(part)
    return part if _PLAIN.fullmatch(part) else "?"


def reason_of(kind: str) -> str:
    """Our words for a kind of fault that pydantic names."""
    if kind in REASONS:
        return REASONS[kind]
    return next((words for family, words in _FAMILIES if kind.startswith(family)), _OTHERWISE)
