"""An agency's own concerns: a page of them, or all that match."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from services.intake.domain.own_concerns import Wanted
from shared.store.client import ASCENDING, DESCENDING, Collection, Document
from shared.store.errors import translated
from shared.store.stream import Loaded

_HIDDEN = {"outbox": 0, "vault": 0}
_ORDER = [("registered_at", DESCENDING), ("_id", ASCENDING)]
_CODED: Mapping[str, str] = {
    "category": "state.registered.category",
    "place_id": "state.registered.place_id",
    "status": "state.status",
    "external_reference": "state.external_reference",
}


class OwnConcerns:
    """Reads concerns by the agency and district that sent them; nobody else's exist."""

    def __init__(self, collection: Collection) -> None:
        self._concerns = collection

    async def page(
        self, agency: str, district: str, wanted: Wanted, *, skip: int, limit: int
    ) -> tuple[list[Loaded], int]:
        """A page of those that match, newest first, and how many match."""
        mine = _mine(agency, district, wanted)
        with translated():
            rows = self._concerns.find(mine, _HIDDEN).sort(_ORDER)
            found = await rows.skip(skip).limit(limit).to_list(None)
            total = await self._concerns.count_documents(mine)
        return [Loaded.of(row) for row in found], total

    async def all(self, agency: str, district: str, wanted: Wanted, *, most: int) -> list[Loaded]:
        """Those that match, newest first; at most one more than `most`, to tell there are more."""
        mine = _mine(agency, district, wanted)
        with translated():
            rows = self._concerns.find(mine, _HIDDEN).sort(_ORDER)
            found = await rows.limit(most + 1).to_list(None)
        return [Loaded.of(row) for row in found]

    async def among(self, ids: Sequence[str], agency: str, district: str) -> list[Loaded]:
        """Those of these ids that are the agency's."""
        mine = {"_id": {"$in": list(ids)}, "agency": agency, "district": district}
        with translated():
            found = await self._concerns.find(mine, _HIDDEN).to_list(None)
        return [Loaded.of(row) for row in found]


def _mine(agency: str, district: str, wanted: Wanted) -> Document:
    asked: Document = {"agency": agency, "district": district}
    for name, field in _CODED.items():
        if (value := getattr(wanted, name)) is not None:
            asked[field] = str(value)
    if seen := _span(_stored(wanted.observed_from), _stored(wanted.observed_to)):
        asked["state.registered.observed_from"] = seen
    if registered := _span(wanted.registered_from, wanted.registered_to):
        asked["registered_at"] = registered
    return asked


def _span(since: object, until: object) -> Document:
    bounds = {"$gte": since, "$lt": until}
    return {word: bound for word, bound in bounds.items() if bound is not None}


def _stored(moment: datetime | None) -> str | None:
    """As a state holds it: whole seconds in UTC, so that texts sort as times do."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
