"""Kafka in: which topic becomes which rows and counters."""

from services.reporting.projections import assignments as a
from services.reporting.projections import concerns as c
from services.reporting.projections import places as pl
from services.reporting.projections import problems as p
from services.reporting.projections import sspf as s
from services.reporting.projections import statistics as st
from shared.bus.bus import Bus
from shared.bus.views import Counters, View
from shared.contracts import (
    assignments,
    closed_actions,
    concerns,
    est,
    places,
    sspf,
    statistics,
    topics,
)
from shared.contracts.topics import Topic

CONCERNS = View(
    "concerns",
    "concern",
    {
        concerns.ConcernRegistered: c.registered,
        concerns.ConcernQuarantined: c.quarantined,
        concerns.ConcernRejected: c.rejected,
        concerns.ConcernCorrected: c.corrected,
        concerns.ConcernWithdrawn: c.withdrawn,
        concerns.ConcernNarrativeExpunged: c.expunged,
    },
    (
        Counters("concern_counters", ("district", "place_id", "category", "week"), c.per_place),
        Counters("agency_counters", ("district", "agency", "week"), c.per_agency),
        Counters("quarantine_counters", ("district", "week"), c.per_quarantine),
    ),
)
DIVERSIONS = View(
    "diversions",
    "diversion",
    {concerns.ConcernDiverted: c.diverted},
    (Counters("diversion_counters", ("district", "target", "week"), c.per_target),),
)
ASSIGNMENTS = View(
    "assignments",
    "assignment",
    {
        assignments.AssignmentProposed: a.proposed,
        assignments.AssignmentAssigned: a.assigned,
        assignments.AssignmentAccepted: a.accepted,
        assignments.AssignmentDeclined: a.declined,
        assignments.AssignmentRedirected: a.redirected,
        assignments.AssignmentStarted: a.started,
        assignments.AssignmentBlocked: a.blocked,
        assignments.AssignmentUnblocked: a.unblocked,
        assignments.AssignmentCompleted: a.completed,
        assignments.AssignmentVerified: a.verified,
        assignments.AssignmentClosed: a.closed,
        assignments.AssignmentCancelled: a.cancelled,
        assignments.AssignmentReopened: a.reopened,
        assignments.AssignmentDueDateChanged: a.due_date_changed,
        assignments.AssignmentEscalationRaised: a.escalation_raised,
    },
)
ACTIONS = View("actions", "assignment", {closed_actions.ActionClosed: a.action_closed})
PROBLEMS = View(
    "problems",
    "problem",
    {
        est.ProblemIdentified: p.identified,
        est.ProblemProfileUpdated: p.profile_updated,
        est.CauseAnalysisRecorded: p.causes_recorded,
        est.PrioritisationDecided: p.prioritised,
        est.ProblemResolved: p.resolved,
        est.ProblemReopened: p.reopened,
    },
)
PICTURES = View(
    "pictures",
    "picture",
    {
        est.SituationPictureCompiled: p.compiled,
        est.SituationPictureAdopted: p.adopted,
        est.SituationPictureSuperseded: p.superseded,
        est.SituationLevelChanged: p.level_changed,
    },
)
PLACES = View(
    "places",
    "place",
    {
        places.PlaceRegistered: pl.registered,
        places.PlaceControlChanged: pl.control_changed,
        places.PlacePrioritised: pl.prioritised,
        places.PlaceDeprioritised: pl.deprioritised,
        places.PlaceRetired: pl.retired,
    },
)
STATISTICS = View("statistics", "statistic", {statistics.StatisticObserved: st.observed})
IMPORTS = View("imports", "import", {statistics.StatisticsImported: st.imported})
SSPF_OUTCOMES = View(
    "sspf_outcomes",
    "sspf-outcome",
    {sspf.SspfMeetingOutcomeRecorded: s.recorded, sspf.SspfMeetingOutcomeWithdrawn: s.withdrawn},
    (Counters("sspf_outcomes_by_term", ("district", "term"), s.per_term),),
)
SSPF_TERMS = View("sspf_terms", "sspf-term", {sspf.SspfTermAttested: s.attested})

VIEWS: tuple[tuple[Topic, tuple[View, ...]], ...] = (
    (topics.INTAKE_CONCERNS, (CONCERNS, DIVERSIONS)),
    (topics.COORDINATION_ASSIGNMENTS, (ASSIGNMENTS,)),
    (topics.COORDINATION_CLOSED_ACTIONS, (ACTIONS,)),
    (topics.COORDINATION_EST, (PROBLEMS, PICTURES)),
    (topics.COORDINATION_PLACES, (PLACES,)),
    (topics.INTAKE_STATISTICS, (STATISTICS, IMPORTS)),
    (topics.INTAKE_SSPF_OUTCOMES, (SSPF_OUTCOMES, SSPF_TERMS)),
)


def subscribe(bus: Bus) -> None:
    """Fold every topic into its views."""
    for topic, views in VIEWS:
        bus.project(topic, *views)
