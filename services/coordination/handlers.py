"""Kafka in: concerns into the read model, and what one aggregate's event causes in another."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from services.coordination.commands import Cause
from services.coordination.commands.consequences import Consequences
from services.coordination.projections import (
    fold_corrected,
    fold_expunged,
    fold_registered,
    fold_withdrawn,
)
from services.coordination.store import Store
from shared.bus.bus import Bus, View, one_by_one
from shared.contracts import assignments as on_assignments
from shared.contracts.concerns import (
    ConcernCorrected,
    ConcernNarrativeExpunged,
    ConcernRegistered,
    ConcernWithdrawn,
)
from shared.contracts.deliveries import FeedbackDelivered
from shared.contracts.envelope import Event, Received
from shared.contracts.est import (
    ConcernLinkedToProblem,
    ProblemIdentified,
    ProblemResolved,
    SituationPictureAdopted,
)
from shared.contracts.topics import (
    COORDINATION_ASSIGNMENTS,
    COORDINATION_EST,
    INTAKE_CONCERNS,
    NOTIFY_DELIVERIES,
)

INCOMING: Final = View(
    name="incoming",
    aggregate="concern",
    folds={
        ConcernRegistered: fold_registered,
        ConcernCorrected: fold_corrected,
        ConcernWithdrawn: fold_withdrawn,
        ConcernNarrativeExpunged: fold_expunged,
    },
)
MOVES: Final[tuple[type[Event], ...]] = (
    on_assignments.AssignmentAssigned,
    on_assignments.AssignmentAccepted,
    on_assignments.AssignmentDeclined,
    on_assignments.AssignmentStarted,
    on_assignments.AssignmentBlocked,
    on_assignments.AssignmentUnblocked,
    on_assignments.AssignmentCompleted,
    on_assignments.AssignmentVerified,
    on_assignments.AssignmentClosed,
    on_assignments.AssignmentCancelled,
    on_assignments.AssignmentReopened,
)
Handler = Callable[[Received[Any]], Awaitable[None]]


class Handlers:
    """Receives, delegates, ends."""

    def __init__(self, store: Store, consequences: Consequences) -> None:
        self._store = store
        self._consequences = consequences

    def subscribe(self, bus: Bus) -> None:
        """Declare everything coordination listens to."""
        bus.project(INTAKE_CONCERNS, INCOMING)
        bus.react(COORDINATION_EST, one_by_one(self.of_est), name="consequences")
        moves = one_by_one(dict.fromkeys(MOVES, self.on_assignment_moved))
        bus.react(COORDINATION_ASSIGNMENTS, moves, name="consequences")
        delivered = one_by_one({FeedbackDelivered: self.on_feedback_delivered})
        bus.react(NOTIFY_DELIVERIES, delivered, name="feedback")

    @property
    def of_est(self) -> dict[type[Event], Handler]:
        """Which events of `coordination.est` have consequences here."""
        return {
            ProblemIdentified: self.on_problem_identified,
            ConcernLinkedToProblem: self.on_concern_linked,
            ProblemResolved: self.on_problem_resolved,
            SituationPictureAdopted: self.on_picture_adopted,
        }

    async def on_problem_identified(self, received: Received[ProblemIdentified]) -> None:
        """The concerns it was seen in become its cases."""
        named = received.event.concern_ids
        await self._consequences.link_named(received.meta.subject, named, Cause.of(received.meta))

    async def on_concern_linked(self, received: Received[ConcernLinkedToProblem]) -> None:
        """What is known of the problem is counted anew."""
        await self._consequences.count_linked(received.event.problem_id, Cause.of(received.meta))

    async def on_problem_resolved(self, received: Received[ProblemResolved]) -> None:
        """Everybody who reported part of it is told."""
        await self._consequences.answer_reporters(
            received.meta.subject, received.event.effect, Cause.of(received.meta)
        )

    async def on_picture_adopted(self, received: Received[SituationPictureAdopted]) -> None:
        """Earlier pictures of the week give way."""
        await self._consequences.supersede_older(received.event.week, Cause.of(received.meta))

    async def on_assignment_moved(self, received: Received[Event]) -> None:
        """The problem is where its assignments are."""
        cause = Cause.of(received.meta)
        moved = await self._store.assignments.get(received.meta.subject, cause.district)
        if moved is not None:
            await self._consequences.follow_assignments(moved.state.problem_id, cause)

    async def on_feedback_delivered(self, received: Received[FeedbackDelivered]) -> None:
        """The case owes nothing any more."""
        await self._consequences.note_feedback(received.event, Cause.of(received.meta))
