"""What time alone brings about: reminders of assignments unanswered or late, once per level."""

from datetime import datetime
from typing import Final

from services.coordination.commands.deciding import By, change
from services.coordination.domain import assignment
from services.coordination.domain.assignment import Assignment, Patience
from services.coordination.domain.decision import Decision
from services.coordination.store import Store
from shared.contracts.codes import Role
from shared.contracts.district import District
from shared.contracts.envelope import Provenance
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.telemetry import context

SYSTEM_AGENCY: Final = "DISTRICT_COORD"


class Reminders:
    """Raises escalations; to be called now and then, as often as one likes."""

    def __init__(self, store: Store, district: District) -> None:
        self._store = store
        self._district = district
        self._patience = Patience.of(district)

    async def remind(self, now: datetime) -> None:
        """Raise what is due at this moment."""
        by = By(why=self._why(now))

        def decide(state: Assignment) -> Decision:
            return assignment.escalate(state, now, self._patience)

        for waiting in await self._store.assignments.not_done(by.district):
            if decide(waiting.state):
                await change(self._store.assignments, waiting.id, by, decide)

    def _why(self, now: datetime) -> Provenance:
        trace = context.current()
        return Provenance(
            time=now,
            district=DistrictCode(self._district.code),
            agency=AgencyCode(SYSTEM_AGENCY),
            actor_role=Role.SYSTEM,
            correlation_id=trace.correlation_id,
            traceparent=trace.traceparent,
        )
