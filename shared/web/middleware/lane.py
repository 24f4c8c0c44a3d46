"""One operation answered before the router: the one that much depends on when much happens.

The router walks a tree of dependencies, stacks and contexts for each request, which costs more than
the whole of a simple command. A lane does the same by calling what is needed. The operation stays
declared as a route as well: its document is made from there, and a test holds both to one answer.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.answers import answered, problem_of_findings
from shared.web.headers import media_type
from shared.web.middleware.body import JSON, whole_body
from shared.web.problem import Problem
from shared.web.validation import reason_of

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Lane:
    """Which operation, and what answers it. `path` is whole: a lane has no parameters in it."""

    method: str
    path: str
    handle: Callable[[Request], Awaitable[Response]]


class InLane:
    """Answers the operation of a lane; hands everything else on."""

    def __init__(self, app: ASGIApp, *, lane: Lane) -> None:
        self._app = app
        self._lane = lane

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        lane = self._lane
        if scope.get("path") != lane.path or scope.get("method") != lane.method:
            await self._app(scope, receive, send)
            return
        scope["route"] = lane  # what is measured and logged is told by its path
        request = Request(scope, receive)
        try:
            response = await lane.handle(request)
        except Exception as error:  # noqa: BLE001 - what nobody expected is raised again
            response = answered(request, error)
        await response(scope, receive, send)


def body_of(request: Request, model: type[Model]) -> Model:
    """The body as this model; a 400, 415 or 422 problem as the router's own reading has it."""
    body = whole_body(request.scope)
    if body and not JSON.fullmatch(media_type(request.scope)):
        raise Problem(415)
    if not body:
        raise Problem(422, invalid=[("body", reason_of("missing"))])
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise problem_of_findings([_in_body(each) for each in found]) from None


def _in_body(found: ErrorDetails) -> Mapping[str, Any]:
    return {**found, "loc": ("body", *found["loc"])}
