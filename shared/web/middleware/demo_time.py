"""In demo mode a request may say what time it is: `X-Samlad-Now`."""

from datetime import datetime

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.telemetry.clock import reset_request_now, set_request_now
from shared.web.problem import Problem

HEADER = "x-samlad-now"


class DemoTime:
    """Binds the request's time; installed in demo mode only."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        given = Headers(scope=scope).get(HEADER) if scope["type"] == "http" else None
        if given is None:
            await self._app(scope, receive, send)
            return
        token = set_request_now(_moment(given))
        try:
            await self._app(scope, receive, send)
        finally:
            reset_request_now(token)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Problem(400, invalid=[("X-Samlad-Now", "inte en tid med zon / not a zoned time")])
    return moment
