"""Which methods a path has, over all its routes."""

from fastapi import Request
from starlette.routing import BaseRoute, Match, Mount

_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


def methods_of(request: Request) -> list[str]:
    """The methods that some route of this app answers at the request's path; HEAD with GET."""
    routes, path = request.app.router.routes, request.scope["path"]
    found = {method for method in _METHODS if any(_answers(each, path, method) for each in routes)}
    return sorted(found | {"HEAD"} if "GET" in found else found)


def _answers(route: BaseRoute, path: str, method: str) -> bool:
    asked = {"type": "http", "path": path, "root_path": "", "method": method, "headers": []}
    match, _ = route.matches(asked)
    return match is Match.FULL and (method == "GET" or not isinstance(route, Mount))
