"""What the demo's coordinator finds as causes and gives as measures, in codes of the district."""

from dataclasses import dataclass
from typing import Final

from deploy.samlad.demo.client import Json
from deploy.samlad.demo.luck import luck


@dataclass(frozen=True, slots=True)
class Plan:
    """One measure against a numbered cause; the place's custodian owns it unless one is named."""

    measure: str
    cause_no: int
    owner: str | None = None


CAUSES: Final[list[Json]] = [
    {"no": 1, "side": "PLACE", "code": "NO_BINS_OR_TOILETS", "could_act": "DISTRICT_PARKS"},
    {"no": 2, "side": "OFFENDER", "code": "LATE_HOURS", "could_act": "FIELD_WORKERS"},
    {"no": 3, "side": "PLACE", "code": "QUAY_ACCESS", "could_act": "TRAFFIC_OFFICE"},
]

#: The story: four assignments; the traffic office declines the buoys, which go to the port.
STORY: Final = (
    Plan("BINS_TOILETS", 1, "DISTRICT_PARKS"),
    Plan("PRESENCE", 2, "FIELD_WORKERS"),
    Plan("BUOYS", 3, "TRAFFIC_OFFICE"),
    Plan("EVENING_FOCUS", 2, "POLICE_NORRMALM"),
)

BY_CATEGORY: Final = {
    "ENV.LIGHTING": ("LIGHTING_REPAIR", "SIGHTLINES"),
    "ENV.VEGETATION": ("PRUNING",),
    "ENV.LITTER": ("CLEANING", "BINS"),
    "ENV.SHARPS": ("SHARPS_ROUNDS", "CLEANING"),
    "ENV.MAINTENANCE": ("REPAIR",),
    "DMG.GRAFFITI": ("GRAFFITI_REMOVAL",),
    "THF.BIKE": ("BIKE_PARKING", "INFORMATION"),
    "TRF.CROSSING": ("CROSSING_REBUILD", "TRAFFIC_CALMING"),
    "TRF.ESCOOTER": ("PARKING_CONTROL",),
    "ROB.PERSON": ("EVENING_FOCUS",),
    "WTR.UNSAFE_BATHING": ("BUOYS",),
    "WTR.JETSKI": ("INFORMATION",),
    "PER.UNSAFE_FEELING": ("LIGHTING_NEW",),
    "ORD.STAIRWELL_INTRUSION": ("ACCESS_CONTROL",),
}
OTHERWISE: Final = ("PRESENCE", "EVENING_FOCUS")


def plans_for(problem: Json) -> tuple[Plan, ...]:
    """One or two measures for a problem, by its category."""
    measures = BY_CATEGORY.get(problem["category"], OTHERWISE)
    both = luck(problem["problem_id"], "measures") < 0.4  # noqa: PLR2004 - shares of the demo
    return tuple(Plan(measure, 1) for measure in measures[: 2 if both else 1])
