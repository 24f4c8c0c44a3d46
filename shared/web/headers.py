"""One header of a request, without reading the others."""

from starlette.types import Scope


def header(scope: Scope, name: bytes) -> str | None:
    """What the first header of this name says (its name in small letters, as ASGI has it)."""
    for given, value in scope["headers"]:
        if given == name:
            said: bytes = value
            return said.decode("latin-1")
    return None
