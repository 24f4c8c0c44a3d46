"""One header of a request, without reading the others; and of what kind its body is."""

from starlette.types import Scope

from shared.web.problem import Problem


def header(scope: Scope, name: bytes) -> str | None:
    """What the first header of this name says (its name in small letters, as ASGI has it)."""
    for given, value in scope["headers"]:
        if given == name:
            said: bytes = value
            return said.decode("latin-1")
    return None


def only_header(scope: Scope, name: bytes) -> str | None:
    """As `header`, of one that may stand there once: a 400 problem when it is given again."""
    said = [value for given, value in scope["headers"] if given == name]
    if len(said) > 1:
        shown = name.decode("latin-1").title()
        raise Problem(400, invalid=[(shown, "angiven flera gånger / given more than once")])
    return said[0].decode("latin-1") if said else None


def media_type(scope: Scope) -> str:
    """What the body says it is, in small letters and without parameters; empty when it does not."""
    return (header(scope, b"content-type") or "").split(";", 1)[0].strip().lower()
