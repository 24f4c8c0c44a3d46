"""A request as GeoReport writes it: one's own as it was posted, others' coarse and wordless."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from services.intake.commands.open311 import Seen, Update
from services.intake.domain.geography import KnownPlace, Position, centre_of
from shared.contracts.district import District


@dataclass(frozen=True, slots=True)
class View:
    """How requests are shown: in which words, with or without the extension.

    Attributes:
        agency: whose own requests are told to the second.
    """

    district: District
    places: Mapping[str, KnownPlace]
    lang: str
    agency: str | None
    extensions: bool

    def request(self, seen: Seen) -> dict[str, Any]:
        """One request; what was posted unchanged, or else where it is, roughly."""
        district, code = self.district, seen.kept.registered["category"]
        told = seen.posted
        shown: dict[str, Any] = {
            "service_request_id": seen.kept.id,
            "status": seen.progress.status.value,
            "status_notes": district.label(seen.progress.words).in_(self.lang),
            "service_name": district.label(code).in_(self.lang),
            "service_code": code,
            "description": told.description if told else seen.text,
            "agency_responsible": None,
            "service_notice": None,
            "requested_datetime": self._time(seen, seen.kept.registered_at),
            "updated_datetime": self._time(seen, seen.moved_at),
            "expected_datetime": None,
            **(self._posted(seen) if told else self._roughly(seen)),
            "media_url": None,
        }
        if self.extensions:
            shown["extended_attributes"] = self._extended(seen)
        return shown

    def update(self, update: Update) -> dict[str, Any]:
        """One move of a request, as FixMyStreet polls it."""
        told = update.move.progress
        return {
            "update_id": update.id,
            "service_request_id": update.request,
            "status": told.extended.value,
            "updated_datetime": written(update.move.at),
            "description": self.district.label(told.words).in_(self.lang),
            "media_url": None,
        }

    def _posted(self, seen: Seen) -> dict[str, Any]:
        told = seen.posted
        return {
            "address": told.address_string if told else None,
            "address_id": told.address_id if told else None,
            "zipcode": None,
            "lat": Decimal(told.lat) if told and told.lat else None,
            "long": Decimal(told.long) if told and told.long else None,
        }

    def _roughly(self, seen: Seen) -> dict[str, Any]:
        """The known place, else the middle of the cell of about 0.1 km²."""
        place = self.places.get(seen.kept.registered.get("place_id") or "")
        cell = seen.kept.registered.get("cell")
        at: Position | None = centre_of(cell).rounded if cell else None
        if place:
            at = place.position
        return {
            "address": place.name if place else None,
            "address_id": place.place_id if place else None,
            "zipcode": None,
            "lat": at.lat if at else None,
            "long": at.lon if at else None,
        }

    def _extended(self, seen: Seen) -> dict[str, Any]:
        answers = seen.posted.attributes if seen.posted else {}
        return {
            "detailed_status": seen.progress.extended.value,
            "answers": [
                {"code": code, "value": value}
                for code, values in answers.items()
                for value in values
            ],
        }

    def _time(self, seen: Seen, moment: datetime) -> str:
        own = seen.kept.agency == self.agency
        return written(moment if own else moment.replace(minute=0, second=0))


def written(moment: datetime) -> str:
    """W3C's form, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
