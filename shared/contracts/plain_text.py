"""Texts that every format can carry: one rule for every way a text comes in. Pure.

Control characters (C0) other than tab, CR and LF are in no text a person wrote: they can move a
terminal's cursor, and XML has no way to write them. What else cannot be seen (joiners, marks of the
writing direction, which phones put around a name) stays as it was sent; the screen sees through it.
"""

import re
from typing import Final

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

KIND: Final = "control_characters"
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def is_plain(text: str) -> bool:
    """Whether nothing of it is hidden."""
    return _UNSEEN.search(text) is None


def plain(text: str | None) -> str | None:
    """The text as it is; a validator that refuses what is hidden.

    Raises:
        PydanticCustomError: it holds a control character.
    """
    if text is not None and not is_plain(text):
        raise PydanticCustomError(KIND, "must not hold control characters")
    return text


def without_unseen(text: str) -> str:
    """What is left to see: for a form shown again to a person, who cannot find such characters."""
    return _UNSEEN.sub("", text)


Plain: Final = AfterValidator(plain)
