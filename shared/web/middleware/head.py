"""HEAD wherever GET is: the same headers, no body."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """Asks the app as GET and sends on the headers alone.

    An answer without a length may be endless (a live stream): it ends when its headers are known.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        asked = {**scope, "method": "GET"}
        told = asyncio.Event()

        async def headers_alone(message: Message) -> None:
            if message["type"] != "http.response.start" or told.is_set():
                return
            if "route" in asked:
                scope["route"] = asked["route"]
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            told.set()
            if not _has_length(message):
                answering.cancel()

        async def answer() -> None:
            await self._app(asked, receive, headers_alone)

        answering = asyncio.create_task(answer())
        try:
            await answering
        except asyncio.CancelledError:
            if not told.is_set():
                raise


def _has_length(start: Message) -> bool:
    return any(name.lower() == b"content-length" for name, _ in start.get("headers", ()))
