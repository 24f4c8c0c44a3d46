"""Bodies that are no form: pictures, mostly. They are let go by unread, of whatever size.

What is wrong with such a post is its kind, which its head tells. The rest is taken in, up to a
bound, so that the client, which sends before it reads, comes to read what is wrong.
"""

from typing import Final

from starlette.types import Receive, Scope

from shared.web.headers import media_type
from shared.web.middleware.body import URLENCODED, drained

MOST: Final = 33 * 1024 * 1024  # more than the front door lets through here
SECONDS: Final = 60.0  # a photo over a slow line
_OF_A_BODY: Final = frozenset({b"content-length", b"transfer-encoding"})


def is_unread(scope: Scope) -> bool:
    """Whether this is a post of something that is no form."""
    posted: bool = scope["method"] == "POST" and media_type(scope) != URLENCODED
    return posted and any(name in _OF_A_BODY for name, _ in scope["headers"])


async def let_go(scope: Scope, receive: Receive) -> tuple[Scope, bool]:
    """The same request without its body, and whether all of that has gone by.

    Raises:
        Problem: the client went away.
    """
    whole = await drained(receive, most=MOST, seconds=SECONDS)
    headers = [(name, value) for name, value in scope["headers"] if name not in _OF_A_BODY]
    return {**scope, "headers": headers}, whole
