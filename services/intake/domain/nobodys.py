"""What is shaped like a person's number, where no text is screened: it would stay for ever. Pure.

The shape alone counts: a number with a wrong check digit is somebody's, mistyped.
"""

import re
from typing import Final

_BETWEEN: Final = r"[ ./:_+-]{0,3}"
_MONTH: Final = r"(?:0[1-9]|1[0-2])"
_DAY: Final = r"(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"  # and 60 more: coordination numbers
_PERSONS: Final = re.compile(
    r"(?<!\d)(?:"
    r"(?:\d\d)?\d{6}[-+ ]?\d{4}"
    rf"|(?:\d\d)?\d\d{_MONTH}{_DAY}{_BETWEEN}\d{{4}}"
    rf"|(?:\d\d)?\d\d[ ./:_-]{_MONTH}[ ./:_-]{_DAY}{_BETWEEN}\d{{4}}"
    r"|(?:\+?46|0046|0)[ ./_-]?7(?:[ ./_-]{0,2}\d){8}"
    r")(?!\d)"
)


def looks_like_a_persons(text: str) -> bool:
    """Whether an identity or mobile number may stand in it."""
    return _PERSONS.search(text) is not None
