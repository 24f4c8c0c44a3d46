"""What the facade says to persons, in the language they prefer."""

from collections.abc import Collection, Mapping
from typing import Final

from fastapi import Request

from services.intake.domain.open311.posted import LeftOut
from shared.contracts.codes import ConcernState
from shared.contracts.district import Text
from shared.web.problem import language_of

DANGER: Final = Text(sv="Vid pågående fara: ring 112.", en="In ongoing danger: call 112.")
TAKEN_IN: Final = Text(sv="Rapporten är mottagen.", en="The report has been taken in.")
HELD: Final = Text(
    sv="Rapporten är mottagen; en person ser igenom texten innan den förs vidare.",
    en="The report has been taken in; a person looks at its text before it goes any further.",
)
MADE_UP: Final = Text(
    sv="Testnyckel: rapporten är märkt som påhittad.", en="Test key: the report is marked made up."
)
NOT_KEPT: Final[Mapping[LeftOut, Text]] = {
    LeftOut.CONTACT: Text(
        sv="Namn, kontaktuppgifter, konto och enhet har inte sparats.",
        en="Names, contact details, account and device were not kept.",
    ),
    LeftOut.MEDIA: Text(
        sv="Bilden (media_url) har varken hämtats eller sparats.",
        en="The picture (media_url) was neither fetched nor kept.",
    ),
    LeftOut.OTHER: Text(
        sv="Fält utanför GeoReport har inte sparats.", en="Fields beyond GeoReport were not kept."
    ),
}


def language(request: Request) -> str:
    """Swedish, unless the caller prefers English."""
    return language_of(request.headers.get("accept-language"))


def notice(status: ConcernState, left_out: Collection[LeftOut], lang: str, *, testing: bool) -> str:
    """What became of a post, and what of it was not kept."""
    said = [HELD if status is ConcernState.QUARANTINED else TAKEN_IN]
    said += [words for kind, words in NOT_KEPT.items() if kind in left_out]
    said += [MADE_UP] if testing else []
    return " ".join(words.in_(lang) for words in (*said, DANGER))
