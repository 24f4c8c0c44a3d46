"""What a service asks for beside its text: all of it may be left out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.contracts.calendar import ZONE
from shared.contracts.codes import (
    Certainty,
    Flag,
    GroupBand,
    PlaceType,
    Recurrence,
    YesNoUnknown,
)
from shared.contracts.district import District, Text


class Datatype(StrEnum):
    """GeoReport's types that are asked for here."""

    DATETIME = "datetime"
    SINGLE = "singlevaluelist"
    MULTI = "multivaluelist"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One question; `values` are the keys one may answer with."""

    code: str
    datatype: Datatype
    question: Text
    help: Text
    values: tuple[str, ...] = ()

    @property
    def several(self) -> bool:
        """Whether more than one answer may be given."""
        return self.datatype is Datatype.MULTI


YES_OR_NO = (YesNoUnknown.YES.value, YesNoUnknown.NO.value)
SEVERITIES: Mapping[str, Text] = {
    "0": Text(sv="0, ingen olägenhet", en="0, none"),
    "1": Text(sv="1, liten", en="1, slight"),
    "2": Text(sv="2, betydande", en="2, considerable"),
    "3": Text(sv="3, allvarlig", en="3, serious"),
}
# What is taken for granted when nobody says: whoever passes a report on was told of it.
DEFAULTS: Mapping[str, Any] = {
    "place_type": PlaceType.OUTDOOR.value,
    "certainty": Certainty.TOLD.value,
    "recurrence": Recurrence.FIRST.value,
    "severity": 1,
}


REPORTED = Text(sv="Polisanmält? Aldrig ett nummer.", en="Reported to the police? Never a number.")
WHEN = Attribute(
    "observed_from",
    Datatype.DATETIME,
    Text(sv="När sågs det?", en="When was it seen?"),
    Text(
        sv="2026-06-05T22:00, svensk tid där ingen zon står; annars nu. Sparas på timmen.",
        en="2026-06-05T22:00, Swedish time where no zone stands; else now. Kept to the hour.",
    ),
)


def attributes(district: District) -> tuple[Attribute, ...]:
    """Every question, in the order they are asked; the same for all services."""
    return (
        _one("ongoing_danger", "Pågår fara nu? Ring 112.", "Danger now? Call 112.", "NO"),
        WHEN,
        _one("recurrence", "Har det hänt förut?", "Has it happened before?", "FIRST", Recurrence),
        _one("severity", "Hur allvarligt är det?", "How serious is it?", "1", SEVERITIES),
        _one("certainty", "Hur vet rapportören?", "How does one know?", "TOLD", Certainty),
        _one("place_type", "Vad är det för plats?", "What kind of place?", "OUTDOOR", PlaceType),
        _one("group_band", "Ungefär hur många?", "About how many persons?", "0", GroupBand),
        _several("flags", "Vad förekom?", "What was involved?", tuple(Flag)),
        _several("measures_taken", "Redan gjort?", "Already done?", tuple(district.measures)),
        _one("police_report", REPORTED.sv, REPORTED.en, "UNKNOWN", YesNoUnknown),
        _one("wants_feedback", "Önskas återkoppling?", "Is feedback wanted?", "NO"),
    )


def name_of(value: str, attribute: Attribute, district: District) -> Text:
    """What an answer is called."""
    if attribute.code == "severity":
        return SEVERITIES[value]
    return district.label(value)


def said_by(answers: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The fields of a report that these answers give, defaults for what nobody said."""
    said: dict[str, Any] = {
        code: list(values) if code in {"flags", "measures_taken"} else values[0]
        for code, values in answers.items()
    }
    for code in {"wants_feedback", "ongoing_danger"} & said.keys():
        said[code] = said[code] == YesNoUnknown.YES.value
    if WHEN.code in said:
        said[WHEN.code] = _zoned(said[WHEN.code])
    if "severity" in said:
        said["severity"] = int(said["severity"])
    return {**DEFAULTS, **said}


def _zoned(written: str) -> str:
    """A time without a zone is Sweden's: a browser's field for a time has none, nor FixMyStreet."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return written  # the report's own rule refuses it
    return written if moment.tzinfo else moment.replace(tzinfo=ZONE).isoformat()


def _one(code: str, sv: str, en: str, otherwise: str, values: Any = YES_OR_NO) -> Attribute:  # noqa: ANN401 - an enumeration or a mapping
    return Attribute(
        code,
        Datatype.SINGLE,
        Text(sv=sv, en=en),
        Text(sv=f"Utan svar: {otherwise}.", en=f"Unanswered: {otherwise}."),
        tuple(str(value) for value in values),
    )


def _several(code: str, sv: str, en: str, values: Sequence[str]) -> Attribute:
    return Attribute(
        code,
        Datatype.MULTI,
        Text(sv=sv, en=en),
        Text(sv="Inget, ett eller flera.", en="None, one or several."),
        tuple(str(value) for value in values),
    )
