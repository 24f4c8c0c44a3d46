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


def _cause(no: int, side: str, code: str, could_act: str) -> Json:
    return {"no": no, "side": side, "code": code, "could_act": could_act}


#: The story's causes: no toilets and bins, late hours, access to the quay.
CAUSES: Final[list[Json]] = [
    _cause(1, "PLACE", "NO_BINS_OR_TOILETS", "DISTRICT_PARKS"),
    _cause(2, "OFFENDER", "LATE_HOURS", "FIELD_WORKERS"),
    _cause(3, "PLACE", "QUAY_ACCESS", "TRAFFIC_OFFICE"),
]

CAUSES_BY_GROUP: Final = {
    "ENV": (_cause(1, "PLACE", "POOR_MAINTENANCE", "DISTRICT_PARKS"),),
    "DMG": (_cause(1, "PLACE", "HIDDEN_SPOT", "SCHOOL_PROPERTIES"),),
    "ORD": (
        _cause(1, "OFFENDER", "LATE_HOURS", "FIELD_WORKERS"),
        _cause(2, "PLACE", "NO_ADULTS_PRESENT", "DISTRICT_PREVENTION"),
    ),
    "DRG": (
        _cause(1, "OFFENDER", "OPEN_MARKET", "POLICE_NORRMALM"),
        _cause(2, "PLACE", "TRANSPORT_HUB", "METRO_OPERATOR"),
    ),
    "ROB": (_cause(1, "TARGET", "UNAWARE_TARGETS", "POLICE_NORRMALM"),),
    "THF": (_cause(1, "TARGET", "UNPROTECTED_PROPERTY", "PROPERTY_OWNERS"),),
    "TRF": (_cause(1, "PLACE", "TRAFFIC_DESIGN", "TRAFFIC_OFFICE"),),
    "WTR": (_cause(1, "PLACE", "QUAY_ACCESS", "TRAFFIC_OFFICE"),),
    "PER": (_cause(1, "PLACE", "POOR_LIGHTING", "TRAFFIC_OFFICE"),),
}


def causes_of(category: str) -> list[Json]:
    """What the group finds as causes of a problem, by the group of its category."""
    return list(CAUSES_BY_GROUP.get(category.partition(".")[0], CAUSES_BY_GROUP["ORD"]))


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
