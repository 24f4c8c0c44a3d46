"""One header of a request, without reading the others; and of what kind its body is."""

from starlette.types import Scope


def header(scope: Scope, name: bytes) -> str | None:
    """What the first header of this name says (its name in small letters, as ASGI has it)."""
    for given, value in scope["headers"]:
        if given == name:
            said: bytes = value
            return said.decode("latin-1")
    return None


def media_type(scope: Scope) -> str:
    """What the body says it is, in small letters and without parameters; empty when it does not."""
    return (header(scope, b"content-type") or "").split(";", 1)[0].strip().lower()
