"""The correlation id and the W3C trace context that follow one piece of work everywhere."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid5

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_IDENTITY_LIKE = re.compile(r"\d(?:[._:-]*\d){9}")
_PLAIN = re.compile(r"[A-Za-z0-9._:-]{1,100}")
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


OF_CALLERS: Final = UUID("6f0c1a52-0f43-5a77-9d7e-0b6f2c9a4d11")  # namespace of callers' own ids


@dataclass(frozen=True, slots=True)
class Trace:
    """The ids of the work in hand; `traceparent` as W3C Trace Context writes it."""

    correlation_id: str
    traceparent: str | None = None


_current: ContextVar[Trace | None] = ContextVar("samlad_trace", default=None)


def is_uuid(text: str) -> bool:
    """Whether the text is a UUID in lower case."""
    return _UUID.fullmatch(text) is not None


def correlation_id_of(text: str | None) -> str | None:
    """The id a caller's text stands for: a UUID itself, other plain text its UUID (version 5).

    The id goes to topics and logs, so no words or digits of a caller's choice may be in it; the
    same text always gives the same id, and the answer tells it. Ten digits in a row could be
    somebody's number, which a hash of it would give away: they stand for nothing.
    """
    if not text or not _PLAIN.fullmatch(text):
        return None
    if is_uuid(text.lower()):
        return text.lower()
    return None if _IDENTITY_LIKE.search(text) else str(uuid5(OF_CALLERS, text))


def valid_traceparent(text: str | None) -> str | None:
    """The text if it is a version 00 traceparent with non-zero ids."""
    return text if text and _TRACEPARENT.fullmatch(text) else None


def new_trace() -> Trace:
    """A trace nobody has started before."""
    told = os.urandom(40).hex()  # in one go: every request has one
    correlation_id = f"{told[:8]}-{told[8:12]}-4{told[13:16]}-8{told[17:20]}-{told[20:32]}"
    return Trace(correlation_id, f"00-{told[32:64]}-{told[64:]}-01")


def child(trace: Trace) -> Trace:
    """The same trace with a new span id: what is sent on to the next one."""
    if trace.traceparent is None:
        return trace
    version, trace_id, _, flags = trace.traceparent.split("-")
    return replace(trace, traceparent=f"{version}-{trace_id}-{secrets.token_hex(8)}-{flags}")


def continued(correlation_id: str | None, traceparent: str | None) -> Trace:
    """The trace a sender named, its id a UUID; new ids where it named none or impossible ones."""
    fresh = new_trace()
    if correlation_id is None and traceparent is None:
        return fresh
    span = valid_traceparent(traceparent)
    received = Trace(correlation_id_of(correlation_id) or fresh.correlation_id, span)
    return child(received) if span else replace(received, traceparent=fresh.traceparent)


def current() -> Trace:
    """The trace bound here; a new one (unbound) where none is."""
    return _current.get() or new_trace()


def bound() -> Trace | None:
    """The trace bound here, if any."""
    return _current.get()


def enter(trace: Trace) -> Token[Trace | None]:
    """Bind without a `with`; give the token to `leave`."""
    return _current.set(trace)


def leave(token: Token[Trace | None]) -> None:
    """Undo `enter`."""
    _current.reset(token)


@contextmanager
def bind(correlation_id: str | None = None, traceparent: str | None = None) -> Iterator[Trace]:
    """Bind the named trace (new ids where missing) for the body of the `with`."""
    trace = continued(correlation_id, traceparent)
    token = enter(trace)
    try:
        yield trace
    finally:
        leave(token)
