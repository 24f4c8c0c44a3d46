"""Refusals of what a command names but the district does not have."""

from typing import Final

from shared.contracts.refusal import UNPROCESSABLE, Refusal

NOT_FOUND: Final = Refusal(
    code="not-found",
    sv="Det som söktes finns inte",
    en="What was asked for does not exist",
    status=404,
)
STALE: Final = Refusal(
    code="stale",
    sv="Uppgiften har ändrats sedan den lästes",
    en="It has changed since it was read",
    status=412,
)
KEY_USED: Final = Refusal(
    code="idempotency-key-reused",
    sv="Nyckeln är redan använd med annat innehåll",
    en="The key has been used with other content",
    status=UNPROCESSABLE,
)
NO_SUCH_PROBLEM: Final = Refusal(
    code="NO_SUCH_PROBLEM",
    sv="Problemet finns inte",
    en="There is no such problem",
    status=UNPROCESSABLE,
)
NO_SUCH_CONCERN: Final = Refusal(
    code="NO_SUCH_CONCERN",
    sv="Den rapport som anges finns inte",
    en="A concern that is named does not exist",
    status=UNPROCESSABLE,
)
CONCERN_WITHDRAWN: Final = Refusal(
    code="CONCERN_WITHDRAWN",
    sv="Rapporten är återtagen av den som rapporterade",
    en="The concern was withdrawn by whoever reported it",
)
NO_SUCH_PLACE: Final = Refusal(
    code="NO_SUCH_PLACE",
    sv="Platsen finns inte eller är avslutad",
    en="There is no such active place",
    status=UNPROCESSABLE,
)
TRIAGED_ELSEWHERE: Final = Refusal(
    code="TRIAGED_ALREADY",
    sv="Någon av rapporterna är redan bedömd",
    en="One of the concerns has been triaged already",
)


def unknown_code(kind_sv: str, kind_en: str) -> Refusal:
    """A code that the district's list of its kind does not have."""
    return Refusal(
        code="UNKNOWN_CODE",
        sv=f"{kind_sv} finns inte i stadsdelens lista",
        en=f"{kind_en} is not in the district's list",
        status=UNPROCESSABLE,
    )
