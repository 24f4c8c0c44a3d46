"""Texts that are what they look like: one rule for every way a text comes in. Pure.

Control characters (C0, C1 and DEL, other than tab, CR and LF) can move a terminal's cursor or hide
what follows; overrides and isolates of the writing direction show a text in another order than it
has. Joiners of zero width stay: scripts and emoji are written with them.
"""

import re
from typing import Annotated, Final

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

KIND: Final = "control_characters"
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def is_plain(text: str) -> bool:
    """Whether nothing of it is hidden."""
    return _UNSEEN.search(text) is None


def plain(text: str | None) -> str | None:
    """The text as it is; a validator that refuses what is hidden.

    Raises:
        PydanticCustomError: it holds a control character or turns the writing direction.
    """
    if text is not None and not is_plain(text):
        raise PydanticCustomError(KIND, "must not hold control characters")
    return text


def without_unseen(text: str) -> str:
    """What is left to see: for a form shown again to a person, who cannot find such characters."""
    return _UNSEEN.sub("", text)


Plain: Final = AfterValidator(plain)
PlainText = Annotated[str, Plain]
