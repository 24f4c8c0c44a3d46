"""What happens where and when in the demo district: weights, months, hours and who reports.

The multipliers per month and the clusters are those written down for the demo district
(`docs/architecture.md` says where the season fits in). Nothing here comes from real reports.
"""

from dataclasses import dataclass
from typing import Final

#: Multiplier per month, January first; the mean is about 1.
MONTHS: Final = {
    "quay": (0.15, 0.15, 0.25, 0.7, 1.6, 2.4, 2.6, 2.1, 0.9, 0.4, 0.2, 0.2),
    "trade": (0.9, 0.9, 1.0, 1.0, 1.05, 1.0, 0.95, 1.05, 1.1, 1.1, 1.0, 0.95),
    "bike": (0.45, 0.45, 0.6, 0.95, 1.5, 1.6, 1.5, 1.6, 1.3, 1.0, 0.6, 0.45),
    "dark": (1.8, 1.5, 1.1, 0.6, 0.3, 0.2, 0.3, 0.7, 1.0, 1.4, 1.6, 1.5),
    "green": (0.1, 0.1, 0.4, 1.0, 1.7, 1.9, 1.8, 1.7, 1.4, 1.0, 0.7, 0.2),
    "even": (1.0,) * 12,
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One kind of concern at one place.

    Attributes:
        category: code of the district file.
        place: place id, or None for a category that only holds for the whole district.
        weight: share in an average week, relative to the others.
        months: key of `MONTHS`.
        hours: hours of the day it is seen, local time.
        agencies: who reports it.
        weekend: how much more a Friday to Sunday weighs.
    """

    category: str
    place: str | None
    weight: float
    months: str
    hours: tuple[int, ...]
    agencies: tuple[str, ...]
    weekend: float = 1.0


EVENING: Final = (19, 20, 21, 22, 22, 23, 23)
DAY: Final = (8, 9, 10, 12, 13, 15, 16, 17)
DUSK: Final = (16, 17, 18, 20, 21)

PATTERNS: Final = (
    Pattern("ENV.LITTER", "PL-HORN", 4.0, "quay", DAY, ("DISTRICT_PARKS", "HOUSING_COOPS"), 1.6),
    Pattern(
        "ORD.LOUD_GATHERING",
        "PL-HORN",
        5.0,
        "quay",
        EVENING,
        ("HOUSING_COOPS", "BUSINESS_HORNSBERG", "GUARDS"),
        2.2,
    ),
    Pattern(
        "WTR.UNSAFE_BATHING", "PL-HORN", 2.0, "quay", (14, 16, 18, 20, 21), ("FIELD_WORKERS",), 1.5
    ),
    Pattern("WTR.JETSKI", "PL-HORN", 1.0, "quay", (13, 15, 17, 19), ("HOUSING_COOPS",), 1.8),
    Pattern("DRG.OPEN_USE", "PL-FRID", 3.0, "trade", EVENING, ("METRO_OPERATOR", "GUARDS"), 1.2),
    Pattern(
        "DRG.SUSPECTED_DEALING",
        "PL-FRID",
        4.0,
        "trade",
        EVENING,
        ("GUARDS", "FIELD_WORKERS", "POLICE_NORRMALM"),
        1.2,
    ),
    Pattern("ROB.PERSON", "PL-FRID", 1.0, "trade", EVENING, ("POLICE_NORRMALM",), 1.4),
    Pattern("TRF.CROSSING", "PL-FRID", 2.0, "even", DAY, ("TRAFFIC_OFFICE", "PENSIONERS")),
    Pattern("ENV.SHARPS", "PL-STAD", 2.0, "even", DAY, ("DISTRICT_PARKS", "EDUCATION")),
    Pattern("ENV.LIGHTING", "PL-STAD", 2.5, "dark", DUSK, ("EDUCATION", "FIELD_WORKERS")),
    Pattern("PER.UNSAFE_FEELING", "PL-STAD", 1.2, "dark", DUSK, ("FIELD_WORKERS", "LIBRARIES")),
    Pattern("ENV.LIGHTING", "PL-KRON", 2.5, "dark", DUSK, ("DISTRICT_PARKS", "CHURCH_ORGS")),
    Pattern("ORD.PUBLIC_DRINKING", "PL-KRON", 2.0, "even", EVENING, ("GUARDS",), 1.6),
    Pattern("ENV.VEGETATION", "PL-KRPK", 1.5, "green", DAY, ("DISTRICT_PARKS", "PENSIONERS")),
    Pattern("ENV.VEGETATION", "PL-RALI", 1.5, "green", DAY, ("DISTRICT_PARKS",)),
    Pattern("ENV.LITTER", "PL-RALI", 1.5, "quay", DAY, ("DISTRICT_PARKS",), 1.5),
    Pattern("THF.BIKE", "PL-RADH", 1.5, "bike", DAY, ("METRO_OPERATOR", "POLICE_NORRMALM")),
    Pattern("THF.BIKE", "PL-THOR", 1.5, "bike", DAY, ("EDUCATION", "METRO_OPERATOR")),
    Pattern("DMG.GRAFFITI", "PL-THOR", 2.0, "even", DAY, ("SCHOOL_PROPERTIES", "METRO_OPERATOR")),
    Pattern("TRF.ESCOOTER", "PL-RADH", 1.2, "green", DAY, ("PENSIONERS", "TRAFFIC_OFFICE")),
    Pattern("ORD.STAIRWELL_INTRUSION", "PL-KRIS", 1.2, "dark", EVENING, ("HOUSING_COOPS",)),
    Pattern("ENV.MAINTENANCE", "PL-KRIS", 1.2, "even", DAY, ("HOUSING_COOPS", "DISTRICT_PARKS")),
    Pattern("FRD.OLDER_PEOPLE", None, 1.0, "even", DAY, ("PENSIONERS", "VICTIM_SUPPORT")),
)

#: The categories of the story's cluster at Hornsbergs strand, how much the cluster multiplies
#: them, and how much is left once the measures have helped.
CLUSTER: Final = ("ENV.LITTER", "ORD.LOUD_GATHERING", "WTR.UNSAFE_BATHING")
CLUSTER_PLACE: Final = "PL-HORN"
CLUSTER_FACTOR: Final = 2.5
HELPED_FACTOR: Final = 0.4

#: What reporters bring to the door that Samlad refers elsewhere.
DIVERSIONS: Final = (
    "DIV.ONGOING_DANGER",
    "DIV.CRIME",
    "DIV.CRIME",
    "DIV.CHILD_CONCERN",
    "DIV.NAMED_PERSON",
)
