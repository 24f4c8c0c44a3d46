"""What a client posts: the fields that are kept, as they were sent, and what was left out. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from services.intake.domain.open311.attributes import Attribute
from shared.contracts.plain_text import is_plain
from shared.contracts.refusal import UNPROCESSABLE, Refusal

LONGEST: Final[Mapping[str, int]] = {
    "service_code": 40,
    "lat": 20,
    "long": 20,
    "address_string": 200,
    "address_id": 80,
    "description": 4000,
}
CONTACT: Final = frozenset(
    {"email", "phone", "first_name", "last_name", "account_id", "device_id", "deviceid"}
)
MEDIA: Final = "media_url"
OURS: Final = frozenset({"api_key", "jurisdiction_id"})
_ATTRIBUTE = re.compile(r"attribute\[([A-Za-z0-9_.-]{1,40})\](?:\[[0-9]{0,3}\])?")  # PHP numbers
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)


class LeftOut(StrEnum):
    """What is not kept of a post, and told so."""

    CONTACT = "CONTACT"
    MEDIA = "MEDIA"
    OTHER = "OTHER"


class Posted(BaseModel):
    """What is kept as it was sent, to be read back unchanged; sealed like a narrative."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service_code: str = ""
    lat: str | None = None
    long: str | None = None
    address_string: str | None = None
    address_id: str | None = None
    description: str | None = None
    attributes: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Read:
    """A post as it was read."""

    posted: Posted
    left_out: frozenset[LeftOut]


class Faulty(Exception):  # noqa: N818 - an answer, not an error
    """Everything that is wrong with a post, at once."""

    def __init__(self, faults: Iterable[Refusal]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__(*(fault.code for fault in self.faults))


def read(fields: Sequence[tuple[str, str]], asked: Sequence[Attribute]) -> Read:
    """What a form's fields say. An empty field is as good as none.

    Raises:
        Faulty: fields are missing, wrong, too long or given twice.
    """
    given = [(name, value) for name, value in fields if value.strip()]
    faults: list[Refusal] = []
    kept = _plain(given, faults)
    attributes = _answers(given, {one.code: one for one in asked}, faults)
    faults += [fault for rule in RULES if (fault := rule(kept)) is not None]
    if faults:
        raise Faulty(faults)
    return Read(Posted(**kept, attributes=attributes), _left_out(name for name, _ in given))


def _plain(given: Sequence[tuple[str, str]], faults: list[Refusal]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, value in given:
        if name not in LONGEST:
            continue
        if name in kept:
            faults.append(fault("GIVEN_TWICE", f"{name} får anges en gång.", f"{name}: once only."))
        elif len(value) > LONGEST[name]:
            faults.append(too_long(name, LONGEST[name]))
        elif not is_plain(value):
            faults.append(
                fault(
                    "CONTROL_CHARACTERS",
                    f"{name} innehåller styrtecken som XML inte kan bära.",
                    f"{name} holds control characters that XML cannot carry.",
                )
            )
        kept.setdefault(name, value)
    return kept


def _answers(
    given: Sequence[tuple[str, str]], asked: Mapping[str, Attribute], faults: list[Refusal]
) -> dict[str, tuple[str, ...]]:
    answers: dict[str, tuple[str, ...]] = {}
    for name, value in given:
        if not name.startswith("attribute"):
            continue
        found = _ATTRIBUTE.fullmatch(name)
        attribute = asked.get(found[1]) if found else None
        if attribute is None:
            faults.append(UNKNOWN_ATTRIBUTE)
        elif not _answers_it(value, attribute):
            faults.append(_wrong_answer(attribute))
        else:
            answers[attribute.code] = (*answers.get(attribute.code, ()), value)
    faults += [
        _wrong_answer(asked[code])
        for code, values in answers.items()
        if len(values) > 1 and (not asked[code].several or len(set(values)) != len(values))
    ]
    return dict(sorted(answers.items()))  # senders differ in the order, and mean the same


def _answers_it(value: str, attribute: Attribute) -> bool:
    if attribute.values:
        return value in attribute.values
    return _TIME.fullmatch(value) is not None


def _left_out(names: Iterable[str]) -> frozenset[LeftOut]:
    return frozenset(kind for name in names if (kind := _kind(name)) is not None)


def _kind(name: str) -> LeftOut | None:
    if name in CONTACT:
        return LeftOut.CONTACT
    if name.removesuffix("[]") == MEDIA:
        return LeftOut.MEDIA
    known = name in LONGEST or name in OURS or name.startswith("attribute")
    return None if known else LeftOut.OTHER


def fault(code: str, sv: str, en: str) -> Refusal:
    """Something that is wrong with a post."""
    return Refusal(f"OPEN311.{code}", sv, en, UNPROCESSABLE)


def too_long(name: str, most: int) -> Refusal:
    """More than may be sent; nothing is cut off silently."""
    return fault(
        "TOO_LONG",
        f"{name} får ha högst {most} tecken; ingenting är sparat.",
        f"{name} may have at most {most} characters; nothing was kept.",
    )


def _wrong_answer(attribute: Attribute) -> Refusal:
    return fault(
        "WRONG_ANSWER",
        f"attribute[{attribute.code}] har ett svar som inte finns bland de tillåtna.",
        f"attribute[{attribute.code}] has an answer that is not among those allowed.",
    )


UNKNOWN_ATTRIBUTE = fault(
    "UNKNOWN_ATTRIBUTE",
    "Ett attribut finns inte i tjänstens definition (services/{service_code}).",
    "An attribute is not in the service's definition (services/{service_code}).",
)
SERVICE_MISSING = fault("SERVICE_MISSING", "service_code saknas.", "service_code is missing.")
LOCATION_MISSING = fault(
    "LOCATION_MISSING",
    "Ange lat och long, address_string, eller som address_id en plats ur /intake/v1/places.",
    "Give lat and long, address_string, or as address_id a place of /intake/v1/places.",
)
NO_POSITION = fault(
    "NO_POSITION",
    "lat och long anges tillsammans, i grader med decimalpunkt.",
    "lat and long come together, in degrees with a decimal point.",
)
_DEGREES = re.compile(r"-?(?:0|[1-9][0-9]{0,2})(?:\.[0-9]{1,16})?")
_WIDEST = {"lat": 90, "long": 180}
PLACE = re.compile(r"PL-[A-Z0-9]{2,12}")


def _service(kept: Mapping[str, str]) -> Refusal | None:
    return None if "service_code" in kept else SERVICE_MISSING


def _position(kept: Mapping[str, str]) -> Refusal | None:
    given = {name: kept[name] for name in _WIDEST if name in kept}
    if not given:
        return None
    right = len(given) == len(_WIDEST) and all(
        _DEGREES.fullmatch(text) and abs(float(text)) <= _WIDEST[name]
        for name, text in given.items()
    )
    return None if right else NO_POSITION


def _location(kept: Mapping[str, str]) -> Refusal | None:
    known_place = PLACE.fullmatch(kept.get("address_id", ""))
    if known_place or kept.keys() & {"lat", "long", "address_string"}:
        return None
    return LOCATION_MISSING


RULES: Sequence[Callable[[Mapping[str, str]], Refusal | None]] = (_service, _position, _location)
