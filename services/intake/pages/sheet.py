"""What a browser's form brought, and the form as it is shown again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID, uuid4, uuid5

from fastapi import Request

from services.intake.domain.finding import REACH_M, outside
from services.intake.domain.form import Filled, field_of
from services.intake.domain.geography import KnownPlace, nearest
from services.intake.store import PlaceRow
from shared.contracts.refusal import Refusal
from shared.web.form_data import form_of, key_of

OUTSIDE = "CONCERN.OUTSIDE_DISTRICT"
SEARCH = "find"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form as it is shown: what was filled in, what is wrong with it, and its key.

    A `fresh` one holds nothing of anybody's yet: a draft on the device may take its place.
    """

    values: Filled
    errors: Mapping[str, str] = field(default_factory=dict)
    key: str = field(default_factory=lambda: str(uuid4()))
    offered: KnownPlace | None = None
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came: its fields, its key, and the agency it was shown to, if it says so."""

    values: Filled
    key: str
    agency: object
    searching: bool

    @classmethod
    async def read(cls, request: Request) -> Self:
        """Read it; a form without a proper key gets a new one."""
        form = await form_of(request)
        values: dict[str, Any] = {name: form.get(name) for name in form}
        values["flags"] = form.getlist("flags")
        key = key_of(values.get("idempotency_key"))
        return cls(Filled.of(values), key, values.get("agency"), SEARCH in form)

    def again(self, errors: Mapping[str, str]) -> Sheet:
        """The form with what is wrong, under the key it came with."""
        return Sheet(self.values.as_seen(), errors, self.key)

    def as_another(self, errors: Mapping[str, str]) -> Sheet:
        """The form as a report of its own, under a key that is always the same after this one."""
        return Sheet(self.values, errors, str(uuid5(UUID(self.key), "another")))

    def refused(self, why: Refusal, places: Sequence[PlaceRow]) -> Sheet:
        """The form with what a rule does not allow; of a point outside, what lies nearest."""
        said = self.values.position
        if why.code != OUTSIDE or said is None:
            return self.again({field_of(why.code): why.both})
        near = nearest((row.place for row in places), said, REACH_M)
        return Sheet(self.values, {field_of(why.code): outside(near, said)}, self.key, near)
