"""Whatever goes wrong under the prefix is answered as GeoReport does: a list of code and words.

The rest of Samlad answers problems (RFC 9457); they become such a list on their way out, in the
form the path asks for: 403 for keys, 404 for what does not exist, 400 for the rest. What is our
own failure keeps its 5xx, and too many calls their 429, so that a client knows to come again.
"""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any, Final

import orjson
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.intake.api.open311.credentials import with_usual_key
from services.intake.api.open311.formats import TYPES, answer, form_of
from services.intake.api.open311.unread import is_unread, let_go
from shared.contracts.refusal import Refusal
from shared.web.problem import FIRST_FAILURE, FIRST_PROBLEM, Problem

PREFIX: Final = "/intake/open311/"
MEMBER: Final = "errors"
_KEPT: Final = frozenset({403, 404, 429})


def faulty(faults: Iterable[Refusal]) -> Problem:
    """Everything that is wrong, as one problem."""
    words = [f"{one.sv} / {one.en}" for one in faults]
    return Problem(400, "open311-faulty", members={MEMBER: words})


class GeoReportLayer:
    """The outermost layer over the prefix: keys on their way in, errors on their way out.

    All other paths pass untouched.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        given = [(name, value) for name, value in scope["headers"] if name != b"accept"]
        asked: Scope = {**scope, "headers": with_usual_key(given)}
        whole = True
        if is_unread(asked):
            try:
                asked, whole = await let_go(asked, receive)
            except Problem:
                return  # nobody is there to be told
        await self._app(asked, receive, _Told(form_of(scope["path"]), send, whole=whole))


class _Told:
    """Sends an answer on; one that tells of an error is held until it can be told anew.

    Where a body was not taken in as a `whole`, its connection is not used again.
    """

    def __init__(self, form: str, send: Send, *, whole: bool) -> None:
        self._form = form
        self._send = send
        self._whole = whole
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == "http.response.start" and message["status"] >= FIRST_PROBLEM:
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._tell(self._start)

    async def _tell(self, start: Message) -> None:
        status = _status(start["status"])
        errors = [{"code": status, "description": words} for words in _words(self._body, status)]
        body = answer("errors", errors, self._form).body if self._body else b""
        told: Message = {**start, "status": status, "headers": [*start["headers"]]}
        headers = MutableHeaders(raw=told["headers"])
        headers["content-type"] = TYPES[self._form]
        headers["content-length"] = str(len(body))
        del headers["content-language"]
        del headers["www-authenticate"]
        if not self._whole:
            headers["connection"] = "close"
        await self._send(told)
        await self._send({"type": "http.response.body", "body": bytes(body)})


def _status(status: int) -> int:
    if status == HTTPStatus.UNAUTHORIZED:
        return HTTPStatus.FORBIDDEN.value
    return status if status in _KEPT or status >= FIRST_FAILURE else HTTPStatus.BAD_REQUEST.value


def _words(body: bytes, status: int) -> Sequence[str]:
    """What the problem says; our own words for the status where it says nothing."""
    problem = _read(body)
    if MEMBER in problem:
        return list(problem[MEMBER])
    detail = str(problem.get("detail") or Problem(status).document()["detail"])
    wrong = [f"{one['property']}: {one['reason']}" for one in problem.get("invalid-parameters", ())]
    return [" ".join((detail, *wrong))]


def _read(body: bytes) -> dict[str, Any]:
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return read if isinstance(read, dict) else {}
