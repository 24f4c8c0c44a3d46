"""The topics: who owns each, how many partitions, for how long, and who may read it.

`topics.yaml` beside this module describes them; here they get their names for the code.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

import yaml
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, TypeAdapter

from shared.contracts.codes import Disclosure

FILE: Final = Path(__file__).with_name("topics.yaml")
FOREVER: Final = "forever"
_DAY_MS: Final = 24 * 60 * 60 * 1000


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

    @property
    def retention_ms(self) -> int:
        """How long Kafka keeps the topic, in its own unit; -1 keeps it for good."""
        return -1 if self.retention_days is None else self.retention_days * _DAY_MS


class _Described(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    owner: Literal["intake", "coordination", "notify", "reporting"]
    partitions: int = Field(ge=1, le=1000)
    retention_days: PositiveInt | Literal["forever"]
    disclosure: Disclosure
    carries: str = Field(min_length=1)

    def topic(self, name: str) -> Topic:
        days = None if self.retention_days == FOREVER else int(self.retention_days)
        return Topic(name, self.owner, days, self.disclosure, self.partitions)


_Topics: TypeAlias = dict[Literal["topics"], dict[str, _Described]]


def described(text: str) -> dict[str, Topic]:
    """Read a description of topics, by name in the order written.

    Raises ValueError where it is not YAML of the right form.
    """
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"not YAML: {error}") from error
    found = TypeAdapter(_Topics).validate_python(content)["topics"]
    return {name: each.topic(name) for name, each in found.items()}


_BY_NAME: Final = described(FILE.read_text("utf-8"))

INTAKE_CONCERNS: Final = _BY_NAME["intake.concerns"]
INTAKE_SSPF_OUTCOMES: Final = _BY_NAME["intake.sspf-outcomes"]
INTAKE_STATISTICS: Final = _BY_NAME["intake.statistics"]
COORDINATION_ASSIGNMENTS: Final = _BY_NAME["coordination.assignments"]
COORDINATION_CLOSED_ACTIONS: Final = _BY_NAME["coordination.closed-actions"]
COORDINATION_EST: Final = _BY_NAME["coordination.est"]
COORDINATION_PLACES: Final = _BY_NAME["coordination.places"]
NOTIFY_DELIVERIES: Final = _BY_NAME["notify.deliveries"]
REPORTING_REPORTS: Final = _BY_NAME["reporting.reports"]

TOPICS: Final[tuple[Topic, ...]] = tuple(_BY_NAME.values())
