"""The number a decision or a case has in the authority's registry. Pure."""

import re
from itertools import pairwise
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.intake.domain.nobodys import looks_like_a_persons

EXAMPLE = "KUN 2026/00123"
_WORD: Final = re.compile(r"[^\W\d_]+")
_BETWEEN: Final = re.compile(r"[ ./:_-]{1,3}")
_OF_REGISTRIES: Final = frozenset({
    "dnr", "diarienr", "diarienummer", "nr", "beslut", "delegationsbeslut", "gallringsbeslut",
    "gallringsplan", "ärende", "ärendenr", "ärendenummer", "begäran", "enligt", "case", "request",
})  # fmt: skip


def _nobodys(number: str) -> str:
    """It stays in the trail for ever: nothing shaped like a person's number, and no two names."""
    if looks_like_a_persons(number) or _says_words(number):
        raise PydanticCustomError("reference_identity", "must not look like a personal number")
    return number


def _says_words(number: str) -> bool:
    """Two words in a row, as somebody is called: a registry is told by letters of its own."""
    words = [found for found in _WORD.finditer(number) if not found.group().isupper()]
    named = [found for found in words if found.group().lower() not in _OF_REGISTRIES]
    return any(
        _BETWEEN.fullmatch(number[one.end() : other.start()]) for one, other in pairwise(named)
    )


DiaryNumber = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=3,
        max_length=40,
        pattern=r"^[0-9A-Za-zÅÄÖåäö][0-9A-Za-zÅÄÖåäö ./:_-]*[0-9]$",
    ),
    AfterValidator(_nobodys),
    Field(description="Diarienummer / number in the registry", examples=[EXAMPLE]),
]
