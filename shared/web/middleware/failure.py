"""What nobody expected becomes a 500 problem; the log tells its type and place."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.telemetry import log
from shared.web.answers import answer
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
            await _shown(Request(scope, receive), problem)(scope, receive, send)


def _shown(request: Request, problem: Problem) -> Response:
    """A page where a browser asked for one, unless it is pages that break."""
    try:
        return answer(request, problem)
    except Exception:  # noqa: BLE001 - whatever it is, the problem is told
        _log.exception("page of a problem broke")
        return problem.response(language_of(request.headers.get("accept-language")))
