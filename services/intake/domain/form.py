"""The report form as a person fills it in: texts in, a report or what is wrong out. Pure."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from services.intake.domain.geography import Position
from services.intake.domain.report import LONGEST_NARRATIVE, ConcernReport
from shared.contracts import plain_text
from shared.contracts.calendar import ZONE
from shared.contracts.codes import CategoryScope
from shared.contracts.district import District
from shared.contracts.plain_text import without_unseen

UNKNOWN_PLACE = "UNKNOWN"
ON_THE_MAP = "POINT"
LONGEST = 4000

WORDS: Mapping[str, str] = {
    "category": "Välj vad det gäller / Choose what it is about",
    "place_id": "Välj en plats, eller att du inte vet / Choose a place, or that you do not know",
    "place_type": "Välj om det är ute eller inne / Choose outdoors or indoors",
    "date": "Ange vilken dag och ungefär vilken timme / Say which day and about which hour",
    "certainty": "Välj hur du vet det / Choose how you know",
    "recurrence": "Välj om det har hänt förut / Choose whether it has happened before",
    "severity": "Välj hur allvarligt det är / Choose how serious it is",
    "narrative": (
        f"Skriv högst {LONGEST_NARRATIVE} tecken / Write at most {LONGEST_NARRATIVE} characters"
    ),
}
AMISS = "Något i formuläret stämmer inte / Something in the form is not right"
HIDDEN = (
    "I texten fanns tecken som inte syns; de följer ibland med när man klistrar in. De är "
    "borttagna nu: läs igenom och skicka igen / The text held characters that cannot be seen. "
    "They are gone now: look it over and send it again"
)
FIELDS: Mapping[str, str] = {
    "CONCERN.UNKNOWN_CATEGORY": "category",
    "CONCERN.RETIRED_CATEGORY": "category",
    "CONCERN.UNKNOWN_PLACE": "place_id",
    "CONCERN.PLACE_MISSING": "place_id",
    "CONCERN.OUTSIDE_DISTRICT": "place_id",
    "CONCERN.PERSONAL_DATA": "narrative",
    "CONTACT.UNREACHABLE": "contact",
    "CONCERN.IN_THE_FUTURE": "date",
    "CONCERN.TOO_OLD": "date",
}
_OF_MODEL = {"observed_from": "date", "place_unknown": "place_id", "point": "place_id"}


class Filled(BaseModel):
    """What stands in the form's fields, as texts."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    category: str = ""
    q: str = ""
    place_id: str = ""
    lat: str = ""
    lon: str = ""
    place_type: str = ""
    date: str = ""
    hour: str = ""
    certainty: str = ""
    recurrence: str = ""
    severity: str = ""
    group_band: str = "0"
    flags: tuple[str, ...] = ()
    police_report: str = "UNKNOWN"
    wants_feedback: str = ""
    narrative: str = ""
    contact: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """The fields of a sent form; what is no text is left out, and texts are in NFC."""
        kept: dict[str, Any] = {name: _text(given.get(name, "")) for name in cls.model_fields}
        kept["flags"] = tuple(_text(one) for one in given.get("flags", ()))
        return cls.model_validate({name: value for name, value in kept.items() if value})

    @property
    def position(self) -> Position | None:
        """The point chosen on the map or by one's own position, unless a place is named."""
        if self.place_id not in {"", ON_THE_MAP}:
            return None
        try:
            return Position(float(self.lat), float(self.lon))
        except ValueError:
            return None

    def of_a_resident(self) -> Self:
        """As somebody without an account may say it: an answer is for who can be reached."""
        return self.model_copy(update={"wants_feedback": self.contact})

    def as_seen(self) -> Self:
        """The form as it is shown again: its text without what nobody sees and no rule allows."""
        return self.model_copy(update={"narrative": without_unseen(self.narrative)})

    def get(self, name: str, otherwise: object = None) -> object:
        """The text in a field, as form templates ask for it."""
        return getattr(self, name, otherwise)


def _text(given: object) -> str:
    if not isinstance(given, str):
        return ""
    lines = unicodedata.normalize("NFC", given).replace("\r\n", "\n").replace("\x00", "")
    return lines.strip()[:LONGEST]


def filled_now(now: datetime) -> Filled:
    """The form as it is handed out: seen by oneself, for the first time, this very hour."""
    local = now.astimezone(ZONE)
    return Filled(
        place_type="OUTDOOR",
        date=local.date().isoformat(),
        hour=str(local.hour),
        certainty="SEEN",
        recurrence="FIRST",
        severity="1",
    )


def report_of(filled: Filled, district: District) -> ConcernReport:
    """The report a form makes; ValidationError when fields are missing or wrong.

    A category of the whole district has no place: what stands in the field is left out.
    """
    said: dict[str, Any] = {
        "category": filled.category,
        "place_type": filled.place_type,
        "observed_from": _moment(filled.date, filled.hour),
        "certainty": filled.certainty,
        "recurrence": filled.recurrence,
        "severity": int(filled.severity) if filled.severity.isdecimal() else None,
        "group_band": filled.group_band,
        "flags": filled.flags,
        "police_report": filled.police_report,
        "wants_feedback": bool(filled.wants_feedback),
        "narrative": filled.narrative or None,
    }
    return ConcernReport.model_validate(said | _place(filled, district))


def _place(filled: Filled, district: District) -> dict[str, Any]:
    category = district.categories.get(filled.category)
    placeless = category is not None and category.scope is not CategoryScope.PLACE
    if placeless or filled.category in district.diversions or filled.place_id == UNKNOWN_PLACE:
        return {"place_unknown": True}
    if at := filled.position:
        return {"point": {"lat": at.lat, "lon": at.lon}}
    return {"place_id": filled.place_id}


def _moment(date: str, hour: str) -> datetime | None:
    try:
        day = datetime.fromisoformat(date)
        return day.replace(hour=int(hour), minute=0, second=0, microsecond=0, tzinfo=ZONE)
    except (ValueError, OverflowError):
        return None


def errors_of(error: ValidationError) -> dict[str, str]:
    """Words for every field that is missing or wrong; never what stands in it."""
    words: dict[str, str] = {}
    for one in error.errors():
        named = str(one["loc"][0]) if one["loc"] else "form"
        name = _OF_MODEL.get(named, named)
        words[name] = HIDDEN if one["type"] == plain_text.KIND else WORDS.get(name, AMISS)
    return words


def field_of(code: str) -> str:
    """The field a refusal is about."""
    return FIELDS.get(code, "form")
