"""The topics: who owns each, how many partitions, for how long, and who may read it."""

from dataclasses import dataclass

from shared.contracts.codes import Disclosure


@dataclass(frozen=True, slots=True)
class Topic:
    """One Kafka topic. The key of every record is the id of the aggregate.

    Attributes:
        name: `<family>.<facts>`, as in the type names of its events.
        owner: the only service that publishes on it.
        retention_days: how long Kafka keeps it; None keeps it for good.
        disclosure: the widest circle that may read the topic as a whole.
        partitions: never changed once there are records.
    """

    name: str
    owner: str
    retention_days: int | None
    disclosure: Disclosure
    partitions: int = 12


INTAKE_CONCERNS = Topic("intake.concerns", "intake", None, Disclosure.AGENCY)
INTAKE_SSPF_OUTCOMES = Topic("intake.sspf-outcomes", "intake", None, Disclosure.RESTRICTED)
INTAKE_STATISTICS = Topic("intake.statistics", "intake", None, Disclosure.AGENCY)
COORDINATION_ASSIGNMENTS = Topic(
    "coordination.assignments", "coordination", None, Disclosure.PARTNER
)
COORDINATION_CLOSED_ACTIONS = Topic(
    "coordination.closed-actions", "coordination", None, Disclosure.PARTNER
)
COORDINATION_EST = Topic("coordination.est", "coordination", None, Disclosure.AGENCY)
COORDINATION_PLACES = Topic("coordination.places", "coordination", None, Disclosure.PUBLIC)
NOTIFY_DELIVERIES = Topic("notify.deliveries", "notify", 400, Disclosure.AGENCY)
REPORTING_REPORTS = Topic("reporting.reports", "reporting", None, Disclosure.PUBLIC)

TOPICS: tuple[Topic, ...] = (
    INTAKE_CONCERNS,
    INTAKE_SSPF_OUTCOMES,
    INTAKE_STATISTICS,
    COORDINATION_ASSIGNMENTS,
    COORDINATION_CLOSED_ACTIONS,
    COORDINATION_EST,
    COORDINATION_PLACES,
    NOTIFY_DELIVERIES,
    REPORTING_REPORTS,
)
