"""The disposal run: what is due by a decision in force goes, a bounded part at a time.

Every kind goes by the way it goes by hand: texts by the expunging command, with the decision's
reference, so that each leaves its line and its event. Broken off, the next run finds what is left.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from services.intake.commands.audit import AuditTrail
from services.intake.commands.changing import By
from services.intake.commands.expunging import Expunging, Ground
from services.intake.commands.trail import Act, Line
from services.intake.domain.disposal import Decision, Kind, in_force
from services.intake.store import Store
from services.intake.store.disposal import OF_KIND, STATE_OF
from shared.contracts.codes import ConcernState
from shared.contracts.envelope import Provenance
from shared.contracts.intake_codes import ExpungeBasis
from shared.contracts.refusal import Refusal, Refused

AT_ONCE: Final = 100
HERE: Final = ZoneInfo("Europe/Stockholm")
UNREADABLE: Final = Refusal(
    "DISPOSAL.DECISIONS_UNREADABLE",
    "Filen med gallringsbeslut går inte att läsa; inget är gallrat.",
    "The file of disposal decisions cannot be read; nothing was disposed of.",
)
Decisions = Callable[[], Sequence[Decision]]


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one kind; without a decision nothing is even counted."""

    kind: Kind
    decision: Decision | None = None
    due: int = 0
    deleted: int = 0


class Disposal:
    """The command; `decisions` reads them anew for each run."""

    def __init__(
        self, store: Store, trail: AuditTrail, expunging: Expunging, decisions: Decisions
    ) -> None:
        self._store = store
        self._trail = trail
        self._expunging = expunging
        self._decisions = decisions

    async def run(
        self, why: Provenance, *, carry_out: bool, kinds: Collection[Kind] = tuple(Kind)
    ) -> list[Row]:
        """Say what is due, and where that is asked for dispose of up to 100 of each kind.

        Raises:
            Refused: the decisions cannot be read.
            Unavailable: some may be gone; run it again.
        """
        try:
            decisions = in_force(self._decisions(), why.time.astimezone(HERE).date())
        except (OSError, ValueError) as error:
            raise Refused(UNREADABLE) from error
        rows = [await self._look(kind, decisions.get(kind), why) for kind in Kind if kind in kinds]
        return [await self._carry_out(row, why) for row in rows] if carry_out else rows

    async def _look(self, kind: Kind, decision: Decision | None, why: Provenance) -> Row:
        if decision is None:
            return Row(kind)
        return Row(kind, decision, due=await self._due(kind, decision, why))

    async def _due(self, kind: Kind, decision: Decision, why: Provenance) -> int:
        before, disposals = decision.before(why.time), self._store.disposals
        if kind in OF_KIND:
            return (await disposals.concerns(kind, why.district, before, limit=1))[1]
        if kind is Kind.CONTACT:
            return (await disposals.contacts(why.district, before, limit=1))[1]
        if kind is Kind.IMPORT_REPORTS:
            return await disposals.imports(why.district, before)
        return await self._trail.due(before)

    async def _carry_out(self, row: Row, why: Provenance) -> Row:
        if row.decision is None or not row.due:
            return row
        about, reference = f"DISPOSAL.{row.kind.value}", row.decision.reference
        await self._trail.note(
            Line(act=Act.DISPOSAL_RUN, subject=about, why=why, reference=reference, count=row.due)
        )
        return replace(row, deleted=await self._dispose(row.kind, row.decision, why))

    async def _dispose(self, kind: Kind, decision: Decision, why: Provenance) -> int:
        before, disposals = decision.before(why.time), self._store.disposals
        if kind in OF_KIND:
            ids, _ = await disposals.concerns(kind, why.district, before, limit=AT_ONCE)
            return await self._expunge(STATE_OF[kind], ids, decision, why)
        if kind is Kind.CONTACT:
            ids, _ = await disposals.contacts(why.district, before, limit=AT_ONCE)
            return await self._forget_contacts(ids, decision, why)
        if kind is Kind.IMPORT_REPORTS:
            return await disposals.forget_imports(why.district, before)
        return await self._trail.dispose(before)

    async def _expunge(
        self, state: ConcernState, ids: Sequence[str], decision: Decision, why: Provenance
    ) -> int:
        """Expunge those that are still in the state the decision names; how many they were."""
        ground, gone = Ground(ExpungeBasis.DISPOSAL_DECISION, decision.reference), 0
        for concern_id in ids:
            with suppress(Refused):  # it has moved, or somebody was first
                await self._expunging.expunge(concern_id, ground, By(why=why), while_=state)
                gone += 1
        return gone

    async def _forget_contacts(
        self, ids: Sequence[str], decision: Decision, why: Provenance
    ) -> int:
        for concern_id in ids:
            line = Line(
                act=Act.CONTACT_FORGOTTEN,
                subject=concern_id,
                why=why,
                reference=decision.reference,
            )
            await self._trail.note(line)
            await self._store.disposals.forget_contact(concern_id)
        return len(ids)
