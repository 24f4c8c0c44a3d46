"""What a browser's form brought: texts in NFC, trimmed, never more than asked for."""

import unicodedata
from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.types import Scope

from shared.web.problem import Problem

Filled = Mapping[str, Sequence[str]]

_MOST_FIELDS = 200
_MOST_FILES = 5
_LARGEST_PART = 8 * 1024 * 1024  # the whole body has been bounded before, by its path's limit


async def form_of(request: Request) -> FormData:
    """The form as it was sent, urlencoded or multipart; read once, however often it is asked for.

    Its files are closed when the request is over.

    Raises:
        HTTPException: 400, when it cannot be read or has too many parts.
        Problem: 400, when a field is no text.
    """
    form = await request.form(
        max_files=_MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=_LARGEST_PART
    )
    request.state.samlad_form = form
    _check(form)
    return form


def text_of(form: FormData, name: str) -> str:
    """The text of a field; empty when it is not there, or is a file."""
    given = form.get(name)
    return given if isinstance(given, str) else ""


async def file_of(form: FormData, name: str, *, largest: int) -> bytes:
    """The bytes of a file; none when it is not there.

    Raises:
        Problem: 413, when it is larger than `largest`.
    """
    given = form.get(name)
    content = await given.read(largest + 1) if isinstance(given, UploadFile) else b""
    if len(content) > largest:
        raise Problem(413)
    return content


async def close_form(scope: Scope) -> None:
    """Close the files of the form that was read in this request, if one was."""
    form = scope.get("state", {}).get("samlad_form")
    if isinstance(form, FormData):
        await form.close()


async def filled_in(request: Request) -> Filled:
    """Every field's values in order; files and the form's own token are left out."""
    form = await request.form(max_fields=_MOST_FIELDS, max_files=0)
    _check(form)
    filled: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str) and name != "csrf":
            text = unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()
            filled.setdefault(name, []).append(text)
    return filled


def key_of(given: object) -> str:
    """The idempotency key a form carried; a new one when that is no proper one."""
    try:
        return str(UUID(str(given)))
    except ValueError:
        return str(uuid4())


def one(filled: Filled, name: str) -> str:
    """The single value of a field; empty when it was not filled in."""
    values = filled.get(name, ())
    return values[0] if values else ""


def _check(form: FormData) -> None:
    """A form may name a charset in which half a character can be written: that is no text."""
    try:
        for name, value in form.multi_items():
            (name + value if isinstance(value, str) else name).encode()
    except UnicodeEncodeError as error:
        raise Problem(400) from error
