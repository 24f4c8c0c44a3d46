"""Bodies: how large, of which kind, and that JSON is what it says and not too deep.

The body is read once here, up to the limit, and handed on; a chunked body without a length is
counted as it comes. One that stalls, or takes for ever, is given up.
"""

import asyncio
import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.form_data import close_form
from shared.web.headers import header, media_type
from shared.web.json_guard import Limits, guarded
from shared.web.problem import Problem

KIB = 1024
JSON = re.compile(r"application/(?:[\w.+-]+\+)?json")
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
URLENCODED = "application/x-www-form-urlencoded"
_CLOSE = {"connection": "close"}
_LENGTH_DIGITS = 15
_WHOLE = "samlad_body"
_DRAINED = 8 * KIB * KIB  # more than the front door lets through
_DRAIN_SECONDS = 5.0
_STALLED_SECONDS = 20.0
_WHOLE_SECONDS = 300.0
_SLOW = ("Innehållet kom inte fram i tid", "The content did not arrive in time")


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """The limits of one service: the usual ones, and others for whole paths."""

    usual: Limits = field(default_factory=Limits)
    by_path: Mapping[str, Limits] = field(default_factory=dict)

    def of(self, path: str) -> Limits:
        """The limits for this path."""
        return self.by_path.get(path, self.usual)


class GuardedBody:
    """Refuses bodies that are too large, of another kind, or broken."""

    def __init__(self, app: ASGIApp, *, limits: BodyLimits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if b"%00" in scope.get("query_string", b"") or "\x00" in scope["path"]:
            raise Problem(400)
        declared = header(scope, b"content-length")
        if declared is None and header(scope, b"transfer-encoding") is None:
            await self._app(scope, receive, send)
            return
        limits = self._limits.of(scope["path"])
        body = _checked(await _whole(receive, declared or "0", limits.size), scope, limits)
        scope.setdefault("state", {})[_WHOLE] = body
        try:
            await self._app(scope, _handed_on(body, receive), send)
        finally:
            await close_form(scope)


def whole_body(scope: Scope) -> bytes:
    """The body as it was let through; empty when there is none."""
    body: bytes = scope["state"].get(_WHOLE, b"")
    return body


async def drained(
    receive: Receive, *, most: int = _DRAINED, seconds: float = _DRAIN_SECONDS
) -> bool:
    """Take in the rest of a body that is refused, up to a bound; whether that was all of it.

    A connection closed upon what has not been read is reset, and with it goes the answer.
    """
    left = most
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while left > 0:
                async with asyncio.timeout(_STALLED_SECONDS):
                    message = await receive()
                if message["type"] == "http.disconnect":
                    raise Problem(400)
                left -= len(message.get("body", b""))
                if not message.get("more_body", False):
                    return True
    return False


async def _whole(receive: Receive, declared: str, size: int) -> bytes:
    if not (declared.isascii() and declared.isdecimal()):
        raise Problem(400, headers=_CLOSE)
    if len(declared) > _LENGTH_DIGITS or int(declared) > size:
        if len(declared) <= _LENGTH_DIGITS and int(declared) <= _DRAINED:
            await drained(receive)
        raise Problem(413, headers=_CLOSE)
    try:
        async with asyncio.timeout(_STALLED_SECONDS) as bound:
            return await _counted(receive, size, bound)
    except TimeoutError as error:
        raise Problem(408, "too-slow", _SLOW, headers=_CLOSE) from error


async def _counted(receive: Receive, size: int, bound: asyncio.Timeout) -> bytes:
    now = asyncio.get_running_loop().time
    last = now() + _WHOLE_SECONDS
    parts, length, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(400)
        bound.reschedule(min(now() + _STALLED_SECONDS, last))
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        more = message.get("more_body", False)
        if length > size:
            bound.reschedule(None)
            if more:
                await drained(receive)
            raise Problem(413, headers=_CLOSE)
    return b"".join(parts)


def _checked(body: bytes, scope: Scope, limits: Limits) -> bytes:
    if not body:
        return body
    kind = media_type(scope)
    encoded = header(scope, b"content-encoding") is not None
    if encoded or not (kind in FORMS or JSON.fullmatch(kind)):
        raise Problem(415)
    if kind == URLENCODED and (b"%00" in body or b"\x00" in body):
        raise Problem(400)
    return body if kind in FORMS else guarded(body, limits)


def _handed_on(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
