"""The correlation id and the trace context of a request, taken in or made, and given back."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry import context
from shared.web.headers import header


class Traced:
    """Binds the trace while the request lasts; every answer tells its ids."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trace = context.continued(header(scope, b"x-correlation-id"), header(scope, b"traceparent"))

        told = [(b"x-correlation-id", trace.correlation_id.encode())]
        if trace.traceparent is not None:
            told.append((b"traceparent", trace.traceparent.encode()))

        async def with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *told]
            await send(message)

        token = context.enter(trace)
        try:
            await self._app(scope, receive, with_id)
        finally:
            context.leave(token)
