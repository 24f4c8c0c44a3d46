"""The number a decision or a case has in the authority's registry. Pure."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.intake.domain.nobodys import looks_like_a_persons

EXAMPLE = "KUN 2026/00123"


def _nobodys(number: str) -> str:
    """It stays in the trail for ever: nothing that is shaped like a person's number."""
    if looks_like_a_persons(number):
        raise PydanticCustomError("reference_identity", "must not look like a personal number")
    return number


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
