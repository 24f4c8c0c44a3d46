"""What nobody expected becomes a 500 problem; the log tells its type and place."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry import log
from shared.web.problem import Problem, language_of

_log = log.get(__name__)


class Caught:
    """Answers instead of an exception, as long as the answer has not begun."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            if not isinstance(error, Problem):
                _log.exception("request broke")
            if begun:
                raise
            problem = error if isinstance(error, Problem) else Problem(500)
            language = language_of(Headers(scope=scope).get("accept-language"))
            await problem.response(language)(scope, receive, send)
