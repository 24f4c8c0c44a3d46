"""Which exception becomes which problem."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.contracts.refusal import Refused
from shared.store.errors import Conflict, DuplicateId, Rejected, Unavailable
from shared.telemetry import log
from shared.web.headers import media_type
from shared.web.methods import methods_of
from shared.web.middleware.body import JSON
from shared.web.problem import Problem, language_of, of_refusal
from shared.web.validation import problem_of

RETRY_AFTER_SECONDS = "2"

_log = log.get(__name__)
_NOT_AN_OBJECT = frozenset({"model_attributes_type", "dict_type", "model_type"})


def install(app: FastAPI) -> None:
    """Answer every exception of this app with a problem."""
    for kind, made in _MADE.items():
        app.add_exception_handler(kind, _handler(made))


def answer(request: Request, problem: Problem) -> Response:
    """The problem as JSON; as a page where a browser asked for one."""
    language = language_of(request.headers.get("accept-language"))
    page = getattr(request.app.state, "problem_page", None)
    if page is not None and wants_page(request):
        shown: Response = page(request, problem, language)
        return shown
    return problem.response(language)


def wants_page(request: Request) -> bool:
    """Whether a browser is looking at a page: it names text/html and the path is no API's."""
    return "text/html" in request.headers.get("accept", "") and "/v1/" not in request.url.path


def answered(request: Request, error: Exception) -> Response:
    """The answer to an exception that has one; raises the others again."""
    for kind, made in _MADE.items():
        if isinstance(error, kind):
            return answer(request, made(request, error))
    raise error


def _handler(
    made: Callable[[Request, Exception], Problem],
) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(request: Request, error: Exception) -> Response:
        return answer(request, made(request, error))

    return handle


def _of_problem(_request: Request, error: Exception) -> Problem:
    return error if isinstance(error, Problem) else Problem(500)


def _of_refused(_request: Request, error: Exception) -> Problem:
    return of_refusal(error.refusal) if isinstance(error, Refused) else Problem(500)


def _of_http(request: Request, error: Exception) -> Problem:
    if not isinstance(error, HTTPException):
        return Problem(500)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return Problem(error.status_code, headers={"allow": ", ".join(methods_of(request))})
    return Problem(error.status_code, headers=error.headers)


def _of_validation(request: Request, error: Exception) -> Problem:
    findings = error.errors() if isinstance(error, RequestValidationError) else []
    if not JSON.fullmatch(media_type(request.scope)) and any(
        f["loc"] == ("body",) and f["type"] in _NOT_AN_OBJECT for f in findings
    ):
        return Problem(415)
    return problem_of_findings(findings)


def problem_of_findings(findings: Sequence[Mapping[str, Any]]) -> Problem:
    """What was found wrong in a body: 400 when it is no JSON at all, else 422 for each property."""
    if any(f["type"] == "json_invalid" for f in findings):
        return Problem(400, "bad-json", ("Inte giltig JSON", "Not valid JSON"))
    return problem_of(findings)


def _of_outage(_request: Request, error: Exception) -> Problem:
    _log.warning("store unavailable", code=getattr(error, "code", "UNKNOWN"))
    return Problem(503, headers={"retry-after": RETRY_AFTER_SECONDS})


def _of_race(_request: Request, _error: Exception) -> Problem:
    return Problem(
        409,
        "concurrent-change",
        ("Någon annan hann före, läs om och försök igen", "Somebody was first, read and repeat"),
    )


def _of_rejected(_request: Request, _error: Exception) -> Problem:
    return Problem(422)


_MADE: Mapping[type[Exception], Callable[[Request, Exception], Problem]] = {
    Problem: _of_problem,
    Refused: _of_refused,
    HTTPException: _of_http,
    RequestValidationError: _of_validation,
    Unavailable: _of_outage,
    Conflict: _of_race,
    DuplicateId: _of_race,
    Rejected: _of_rejected,
}
