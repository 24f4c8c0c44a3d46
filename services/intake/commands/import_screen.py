"""The screen on a publisher's file: everything that would be kept or published of its words."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from services.intake.commands.concerns import Screen
from services.intake.commands.import_files import Upload
from services.intake.domain.labels import hyphened
from services.intake.domain.pace import Rest, paced
from services.intake.domain.readers import survey, tidy
from services.intake.domain.readers.reading import Place, Reading, refused
from shared.contracts.codes import FindingType
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused

NUMBERS: Final = frozenset({
    FindingType.PERSONAL_NUMBER, FindingType.COORDINATION_NUMBER, FindingType.PHONE,
})  # fmt: skip
IDENTITIES: Final = NUMBERS - {FindingType.PHONE}
BY_HAND: Final = frozenset({tidy.SOURCE, survey.SOURCE})
TEN_DIGITS: Final = 10
FIRST_OF_2001: Final = 10**8  # a year 0Y loses its zero; 00 and more would refuse common counts
TWELVE_DIGITS: Final = 10**11
THIRTEEN_DIGITS: Final = 10**12


def look_over(upload: Upload, reading: Reading, screen: Screen, rest: Rest) -> None:
    """Refuse a file in which something looks personal, by its place; what it says is not said."""
    if upload.source == survey.SOURCE:
        _look_at_map(upload.more.mapping, screen)
    for slug, label in paced(reading.labels.items(), rest):
        if found := _personal(label, screen):
            raise _refused(reading.named_at.get(slug) or _first_place(reading, slug), found)
    for text, place in paced(reading.said.items(), rest):
        if found := _personal(text, screen):
            raise _refused(place, found)
    for place, digits in paced(_long_numbers(reading, upload.source), rest):
        if not IDENTITIES.isdisjoint(screen(digits)):
            raise _refused_number(place)


def _look_at_map(mapping: bytes | None, screen: Screen) -> None:
    for key, text in survey.mapping_of(mapping).published.items():
        if _personal(text, screen):
            raise Refused(
                Refusal(
                    "STATISTICS.PERSONAL_DATA",
                    f"Mappningsfilen: {key} ser ut att innehålla personuppgifter.",
                    f"The mapping file: {key} seems to hold personal data.",
                    UNPROCESSABLE,
                    "map",
                )
            )


def _first_place(reading: Reading, slug: str) -> Place:
    return next(one.place for one in reading.figures if slug in {one.geography, one.indicator})


def _personal(text: str, screen: Screen) -> set[FindingType]:
    """What is found in it as it is printed, or by the digits that meet in its slug."""
    return {*screen(text), *NUMBERS.intersection(screen(hyphened(text)))}


def _long_numbers(reading: Reading, source: str) -> Iterator[tuple[Place, str]]:
    """Numbers as long as a personal number: ten digits only in tables made by hand."""
    least = FIRST_OF_2001 if source in BY_HAND else TWELVE_DIGITS
    for one in reading.figures:
        number = _without_point(abs(one.value or 0.0))
        if least <= number < THIRTEEN_DIGITS:
            yield one.place, str(number).zfill(TEN_DIGITS)


def _without_point(value: float) -> int:
    """The digits of a whole number, or of one whose last four stand behind a point; else nothing.

    With one or two decimals it is a share or a rate; with more than four a quotient.
    """
    if value.is_integer():
        return int(value)
    written = f"{value:.4f}"
    if float(written) != value or written.endswith("00"):
        return 0
    return int(written.replace(".", ""))


def _refused_number(place: Place) -> Refused:
    return refused(
        "PERSONAL_DATA",
        place,
        "talet som står här kan vara ett personnummer; ange ett antal i tusental, "
        "och ett mått med högst två decimaler",
        "the number that stands here may be a personal number; give a count in thousands, "
        "and a measure with two decimals at most",
    )


def _refused(place: Place, found: AbstractSet[FindingType]) -> Refused:
    if found == {FindingType.NAME}:
        return refused(
            "PERSONAL_DATA",
            place,
            "det som står här ser ut som en persons namn; är det ett område eller ett mått, skriv "
            "in det under public_names i distriktsfilen",
            "what stands here looks like a person's name; if it is an area or an indicator, write "
            "it into public_names of the district file",
        )
    return refused(
        "PERSONAL_DATA",
        place,
        "det som står här ser ut att innehålla personuppgifter",
        "what stands here seems to hold personal data",
    )
