"""Versions of an aggregate as entity tags: `If-Match: "<version>"`.

Who takes `IfMatch` declares it: the OpenAPI document has the header, 409 and 412 from there.
"""

import re
from typing import Annotated, Final

from fastapi import Depends, Header, Request

from shared.web.headers import only_header
from shared.web.problem import Problem

NAME: Final = "If-Match"
WRITTEN: Final = r'^("[0-9]{1,9}"|\*)$'
_TAG = re.compile(r'"([0-9]{1,9})"')


async def if_match(
    request: Request,
    _declared: Annotated[
        str | None,
        Header(
            alias=NAME,
            description=(
                'Den version som lästs, som ETag har den: `"3"`; en annan ger 412. Utelämnad eller '
                "`*`: vilken som helst. / The version that was read, as ETag has it; another gets "
                "412. Left out or `*`: any."
            ),
        ),
    ] = None,
) -> int | None:
    """The version a command is meant for; None when it does not say or says any (`*`)."""
    given = only_header(request.scope, b"if-match")
    if given is None or given.strip() == "*":
        return None
    tag = _TAG.fullmatch(given.strip())
    if tag is None:
        raise Problem(400, invalid=[(NAME, 'ska vara "<version>" / must be "<version>"')])
    return int(tag.group(1))


IfMatch = Annotated[int | None, Depends(if_match)]


def etag(version: int) -> str:
    """The entity tag of a version."""
    return f'"{version}"'


def check_version(expected: int | None, actual: int) -> None:
    """A 412 problem when a command was meant for another version."""
    if expected is not None and expected != actual:
        raise Problem(412, headers={"etag": etag(actual)})
