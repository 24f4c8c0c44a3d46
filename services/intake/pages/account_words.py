"""The words of a subject access: what an event, an act and a coded fact are called.

The codes stand beside the words, so that the account is exact and can be read.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.intake.commands.giving_access import Account
from services.intake.commands.trail import known
from services.intake.domain.concern import Concern
from services.intake.domain.own_concerns import HEADS
from services.intake.pages.telling import FINDINGS
from services.intake.pages.trail_words import ACTS, PURPOSES, UNKNOWN, sv
from shared.contracts.district import District

EVENTS: Final[Mapping[str, str]] = {
    "ConcernRegistered": "Rapporten registrerades",
    "ConcernQuarantined": "Rapporten stoppades för granskning",
    "ConcernReleased": "Rapporten släpptes efter granskning",
    "ConcernRejected": "Rapporten avvisades",
    "ConcernCorrected": "Rapporten rättades",
    "ConcernWithdrawn": "Rapporten återtogs",
    "ConcernNarrativeExpunged": "Texten förstördes",
}
FACTS: Final[Mapping[str, str]] = {
    "cell": "Ruta på kartan",
    "source_agency": "Rapporterad av",
}


def story(account: Account, district: District) -> list[dict[str, object]]:
    """What happened, in the order it happened: events, and lines of the trail."""
    told = [_event(each.name, each.entry, district) for each in account.events]
    told += [_line(line, district) for line in account.lines]
    return sorted(told, key=lambda each: str(each["time"]))


def coded(kept: Concern, district: District) -> list[tuple[str, str]]:
    """Every coded fact that says something, by its name and, where it has words, in words."""
    told = kept.registered.model_dump(mode="json", exclude_none=True)
    return [(_named(name), _in_words(value, district)) for name, value in told.items()]


def more(account: Account, kept: Concern, district: District) -> list[tuple[str, str]]:
    """What the screen found, why it stands so, and which fields cannot be opened any more."""
    found = ", ".join(f"{FINDINGS[one.type]} ({one.count})" for one in kept.findings)
    gone = sorted(set(account.kept.extra.get("vault") or {}) - set(account.texts))
    rows = (
        ("Vad granskningen hittade / What the screen found", found),
        ("Skäl / Reason", _in_words(kept.reason, district) if kept.reason else ""),
        ("Fält som inte går att öppna / Fields that cannot be opened", ", ".join(gone)),
    )
    return [(name, value) for name, value in rows if value]


def _event(name: str, entry: Mapping[str, Any], district: District) -> dict[str, object]:
    return {
        "time": entry["time"],
        "title": EVENTS.get(name, name),
        "by": district.label(entry["meta"]["agency"]).sv,
        "text": name,
    }


def _line(line: Mapping[str, Any], district: District) -> dict[str, object]:
    act, purpose = str(line["act"]), str(line.get("purpose") or "")
    said = (sv(PURPOSES, purpose), str(line.get("reference") or ""), act)
    return {
        "time": line["at"],
        "title": sv(ACTS, act) if known(line) else f"{act} ({UNKNOWN})",
        "by": f"{district.label(line['agency']).sv}, {district.label(line['role']).sv.lower()}",
        "text": " · ".join(each for each in said if each),
    }


def _named(name: str) -> str:
    words = HEADS.get(name) or FACTS.get(name)
    return f"{words} ({name})" if words else name


def _in_words(value: object, district: District) -> str:
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_in_words(one, district) for one in value) or "inget"
    code = str(value)
    words = district.label(code).sv
    return code if words == code else f"{words} ({code})"
