"""The picture in words: three sentences, and the rule that applied. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.reporting.domain.picture import ActionLine, Effort, GroupLine, Level
from shared.contracts.codes import Effect
from shared.contracts.district import Text

MOST_NAMED = 3
STANDS: Final = Text(
    sv="Veckans uppgifter om människors beteende står fast från första utgåvan; det som kommer in "
    "senare ändrar bara uppgifter om miljö och skick.",
    en="This week's figures about people's behaviour stand as in the first edition; what comes in "
    "later changes conditions only.",
)


@dataclass(frozen=True, slots=True)
class Told:
    """What the sentences tell of; `conditions` counts them in a week without a report yet."""

    week: str
    total: int | None
    effort: Effort
    groups: Sequence[GroupLine]
    level: Level | None
    actions: Sequence[ActionLine]
    conditions: int | None = None


def swedish(told: Told) -> tuple[str, str, str]:
    """How much was reported, about what, and what is thought and done about it."""
    return (_came_sv(told), _about_sv(told), f"{_level_sv(told)} {_done_sv(told)}")


def english(told: Told) -> tuple[str, str, str]:
    """The same in English."""
    return (_came_en(told), _about_en(told), f"{_level_en(told)} {_done_en(told)}")


def rule(k: int, *, preliminary: bool, withheld: bool) -> Text:
    """Which rule of disclosure applied to the tables."""
    if preliminary:
        return Text(
            sv="Veckans rapport är inte klar: om människors beteende visas ännu inget, inte "
            "heller i summor. Uppgifter om miljö och skick visas som de är.",
            en="The week's report is not ready: of people's behaviour nothing is shown yet, not "
            "even in sums. Conditions are shown as they are.",
        )
    if withheld:
        return Text(
            sv="Veckans uppgifter om människors beteende hålls inne: de kunde inte visas utan att "
            "enskilda uppgifter kunde räknas fram.",
            en="This week's figures about people's behaviour are withheld: they could not be "
            "shown without single figures being possible to work out.",
        )
    return Text(
        sv=f"Om människors beteende visas inga antal under {k}, och inte heller antal som annars "
        "kunde räknas fram ur summorna. Uppgifter om miljö och skick visas som de är.",
        en=f"Of people's behaviour no count below {k} is shown, nor a count from which one could "
        "be worked out. Conditions are shown as they are.",
    )


def _number(week: str) -> int:
    return int(week.rpartition("W")[2])


def _came_sv(told: Told) -> str:
    if told.conditions is not None:
        return (
            f"Vecka {_number(told.week)} har hittills {told.conditions} rapporter om miljö och "
            "skick; det övriga räknas när veckan är över."
        )
    if told.total is None:
        return f"Hur många rapporter som kom vecka {_number(told.week)} visas inte."
    if not told.total:
        return f"Vecka {_number(told.week)} kom inga rapporter."
    reports = "en rapport" if told.total == 1 else f"{told.total} rapporter"
    senders = (
        "en verksamhet" if told.effort.agencies == 1 else f"{told.effort.agencies} verksamheter"
    )
    return f"Vecka {_number(told.week)} kom {reports} från {senders}."


def _came_en(told: Told) -> str:
    if told.conditions is not None:
        return (
            f"Week {_number(told.week)} has {told.conditions} reports of conditions so far; the "
            "rest is counted when the week is over."
        )
    if told.total is None:
        return f"How many reports came in week {_number(told.week)} is not shown."
    if not told.total:
        return f"No reports came in week {_number(told.week)}."
    reports = "one report" if told.total == 1 else f"{told.total} reports"
    senders = "one agency" if told.effort.agencies == 1 else f"{told.effort.agencies} agencies"
    return f"In week {_number(told.week)}, {reports} came from {senders}."


def _foremost(told: Told) -> list[tuple[GroupLine, int]]:
    shown = [(line, line.total) for line in told.groups if line.total]
    return sorted(shown, key=lambda pair: (-pair[1], pair[0].code))[:MOST_NAMED]


def _about_sv(told: Told) -> str:
    named = [f"{line.label.sv.lower()} ({n})" for line, n in _foremost(told)]
    if not named:
        return "Vad rapporterna handlade om visas inte."
    return f"Av det som kan visas handlade det mest om {_listed(named, 'och')}."


def _about_en(told: Told) -> str:
    named = [f"{line.label.en.lower()} ({n})" for line, n in _foremost(told)]
    if not named:
        return "What the reports were about is not shown."
    return f"Of what can be shown, it was mostly about {_listed(named, 'and')}."


def _listed(words: list[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _level_sv(told: Told) -> str:
    if told.level is None:
        return "Ingen lägesnivå är fastställd."
    return f"Lägesnivån: {told.level.label.sv.lower()} ({told.level.motive_label.sv.lower()})."


def _level_en(told: Told) -> str:
    if told.level is None:
        return "No level has been adopted."
    return f"The level is {told.level.label.en.lower()} ({told.level.motive_label.en.lower()})."


def _done_sv(told: Told) -> str:
    if not told.actions:
        return "Ingen åtgärd avslutades under veckan."
    done = "En åtgärd" if len(told.actions) == 1 else f"{len(told.actions)} åtgärder"
    return f"{done} avslutades, {_helped(told) or 'ingen'} med förbättrat läge som följd."


def _done_en(told: Told) -> str:
    if not told.actions:
        return "No measure ended in the week."
    done = "One measure" if len(told.actions) == 1 else f"{len(told.actions)} measures"
    return f"{done} ended, {_helped(told) or 'none'} with an improved situation as its effect."


def _helped(told: Told) -> int:
    return sum(action.effect == Effect.IMPROVED for action in told.actions)
