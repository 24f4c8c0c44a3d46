"""The number a decision or a case has in the authority's registry. Pure."""

import re
from itertools import pairwise
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.intake.domain.nobodys import looks_like_a_persons

EXAMPLE = "KUN 2026/00123"
_WORD: Final = re.compile(r"[^\W\d_]+")
_BETWEEN: Final = re.compile(r"[ ._-]{1,3}")
_LIKE_ADDRESSES: Final = frozenset("._")
_OF_REGISTRIES: Final = re.compile(
    r"d(?:ia)?nr|diarie\w*|nr|nummer|ref(?:erens|erence)?|enligt|begäran|case|request|decision"
    r"|retention|disposal|kungsholmens?|stockholms?|stads?"
    r"|\w*(?:ärende|besluts?|plan|nämnd|styrelse|förvaltning|kontor|kommun)(?:en|et|s|ens|ets|nr|nummer)?",
    re.IGNORECASE,
)


def _nobodys(number: str) -> str:
    """It stays in the trail for ever: nothing shaped like a person's number or like a name."""
    if looks_like_a_persons(number) or _is_name_like(number):
        raise PydanticCustomError("reference_identity", "must not hold a person's number or name")
    return number


def _is_name_like(number: str) -> bool:
    """Two words in a row as somebody is called: Al Bo, al.bo; none that registries use."""
    words = [found for found in _WORD.finditer(number) if not found.group().isupper()]
    named = [found for found in words if not _OF_REGISTRIES.fullmatch(found.group())]
    return any(
        _BETWEEN.fullmatch(between)
        and (between in _LIKE_ADDRESSES or (one.group().istitle() and other.group().istitle()))
        for one, other in pairwise(named)
        for between in [number[one.end() : other.start()]]
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
