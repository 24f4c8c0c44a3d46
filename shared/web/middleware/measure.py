"""How many requests, how long, and which failed; told by route, never by address.

That a service which is starting is not ready yet is an answer, not a failure: polls of its health
are counted, not logged.
"""

from time import perf_counter

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry import log
from shared.telemetry.metrics import Metrics

_log = log.get(__name__)
_FAILURE = 500


class Measured:
    """Counts and times requests by method, route template and status."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        labels = ("method", "route", "status")
        self._requests = metrics.counter("http_requests", "Requests answered.", labels)
        self._seconds = metrics.histogram("http_seconds", "Time to answer.", ("route",))
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = perf_counter(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            self._count(scope, status, perf_counter() - started)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        of_these = self._known.get((method, route, status))
        if of_these is None:
            of_these = (
                self._requests.labels(method, route, str(status)),
                self._seconds.labels(route),
            )
            self._known[method, route, status] = of_these
        of_these[0].inc()
        of_these[1].observe(seconds)
        if status >= _FAILURE and "/health/" not in route:
            _log.warning("request failed", method=method, path_template=route, status=status)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
