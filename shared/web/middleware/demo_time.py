"""In demo mode a request may say what time it is: `X-Samlad-Now`."""

from datetime import datetime

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.telemetry.clock import reset_request_now, set_request_now
from shared.web.problem import Problem

HEADER = "x-samlad-now"
YEARS = range(2000, 2200)


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


def in_range(moment: datetime) -> datetime:
    """The time, where a story may take place; ValueError beyond: calendars end somewhere."""
    if moment.tzinfo is None or moment.year not in YEARS:
        raise ValueError(f"a zoned time in the years {YEARS.start} to {YEARS.stop - 1}")
    return moment


def _moment(text: str) -> datetime:
    try:
        return in_range(datetime.fromisoformat(text))
    except ValueError as error:
        why = "inte en tid med zon, år 2000-2199 / not a zoned time of the years 2000-2199"
        raise Problem(400, invalid=[("X-Samlad-Now", why)]) from error
