"""Versions of an aggregate as entity tags: `If-Match: "<version>"`."""

import re

from fastapi import Request

from shared.web.problem import Problem

_TAG = re.compile(r'"(\d{1,9})"')


def if_match(request: Request) -> int | None:
    """The version a command is meant for; None when it does not say or says any (`*`)."""
    given = request.headers.get("if-match")
    if given is None or given.strip() == "*":
        return None
    tag = _TAG.fullmatch(given.strip())
    if tag is None:
        raise Problem(400, invalid=[("If-Match", 'ska vara "<version>" / must be "<version>"')])
    return int(tag.group(1))


def etag(version: int) -> str:
    """The entity tag of a version."""
    return f'"{version}"'


def check_version(expected: int | None, actual: int) -> None:
    """A 412 problem when a command was meant for another version."""
    if expected is not None and expected != actual:
        raise Problem(412, headers={"etag": etag(actual)})
