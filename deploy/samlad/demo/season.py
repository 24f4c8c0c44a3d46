"""The season as a plan: which concerns are reported when, by whom, from a seed.

Pure: the same arguments give the same plan. What coordinators and owners do about the concerns is
not planned here but decided while playing (`coordinator.py`, `owners.py`), from what the APIs
show them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from deploy.samlad.demo.patterns import (
    CLUSTER,
    CLUSTER_FACTOR,
    CLUSTER_PLACE,
    DIVERSIONS,
    HELPED_FACTOR,
    MONTHS,
    PATTERNS,
    Pattern,
)

STOCKHOLM: Final = ZoneInfo("Europe/Stockholm")
FIRST_MONDAY: Final = date.fromisocalendar(2026, 18, 1)
SEASON_WEEKS: Final = 26

#: Where the story's steps stand in the season, as shares of the weeks played: the cluster lies in
#: weeks 22 to 26 and the follow-up in week 32 of the full season of weeks 18 to 43.
CLUSTER_SHARE: Final = (4 / 26, 9 / 26)
FOLLOW_UP_SHARE: Final = 14 / 26

NARRATIVES: Final = (
    "Syntetiskt exempel: återkommande problem på kvällstid, flera har påpekat samma sak.",
    "Syntetiskt exempel: samma iakttagelse som förra veckan, något värre nu.",
    "Syntetiskt exempel: sett vid genomgång av platsen, bilder finns hos oss.",
)


@dataclass(frozen=True, slots=True)
class Submission:
    """One report at the door: when, by which agency, with which key and body.

    `canary` is the personal data hidden in the narrative, empty where there is none.
    """

    at: datetime
    agency: str
    key: str
    body: dict[str, object]
    canary: str = ""


def monday(week: int) -> date:
    """The Monday of the season's week, counted from 0."""
    return FIRST_MONDAY + timedelta(weeks=week)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of day in Stockholm, as UTC."""
    return datetime.combine(day, time(hour, minute), STOCKHOLM).astimezone(UTC)


def week_of_season(*, week: int, weeks: int, seed: int) -> list[Submission]:
    """Everything reported in one week of a season of `weeks`, in the order it is reported."""
    rng = Random(f"{seed}/{weeks}/{week}")  # noqa: S311 - synthetic data, not secrets
    count = rng.randint(35, 60)
    drawn = rng.choices(PATTERNS, [_weight(p, week, weeks) for p in PATTERNS], k=count)
    found = [_submission(rng, pattern, week=week, number=n) for n, pattern in enumerate(drawn)]
    found.extend(_diverted(rng, week, count))
    return sorted(found, key=lambda submission: (submission.at, submission.key))


def in_cluster(week: int, weeks: int) -> bool:
    """Whether the story's cluster at Hornsbergs strand lies in this week."""
    first, last = (share * weeks for share in CLUSTER_SHARE)
    return int(first) <= week < max(last, int(first) + 1)


def _weight(pattern: Pattern, week: int, weeks: int) -> float:
    month = monday(week).month
    weight = pattern.weight * MONTHS[pattern.months][month - 1]
    if pattern.place == CLUSTER_PLACE and pattern.category in CLUSTER:
        weight *= _cluster_factor(week, weeks)
    return weight


def _cluster_factor(week: int, weeks: int) -> float:
    """The cluster swells, and its measures help when it is over."""
    if in_cluster(week, weeks):
        return CLUSTER_FACTOR
    return HELPED_FACTOR if week >= CLUSTER_SHARE[1] * weeks else 1.0


def _submission(rng: Random, pattern: Pattern, *, week: int, number: int) -> Submission:
    days = [pattern.weekend if day >= 4 else 1.0 for day in range(7)]  # noqa: PLR2004 - Friday on
    day = monday(week) + timedelta(days=rng.choices(range(7), days)[0])
    seen = local(day, rng.choice(pattern.hours))
    reported = min(seen + timedelta(minutes=rng.randint(61, 600)), local(monday(week + 1), 0))
    canary = _canary(rng, sure=week == 0 and number == 0)
    return Submission(
        at=max(reported, seen + timedelta(minutes=1)),
        agency=rng.choice(pattern.agencies),
        key=f"season-{week:02}-{number:03}-{rng.getrandbits(32):08x}",
        body=_body(rng, pattern, seen, canary),
        canary=canary,
    )


def _body(rng: Random, pattern: Pattern, seen: datetime, canary: str) -> dict[str, object]:
    body: dict[str, object] = {
        "category": pattern.category,
        "place_type": "OUTDOOR",
        "observed_from": seen.isoformat(),
        "certainty": rng.choices(("SEEN", "ASSESSED", "TOLD"), (7, 2, 1))[0],
        "recurrence": rng.choices(("FIRST", "REPEATED", "ONGOING"), (4, 5, 1))[0],
        "severity": rng.choices((0, 1, 2, 3), (1, 4, 4, 1))[0],
        "wants_feedback": rng.random() < 0.5,  # noqa: PLR2004 - every second reporter
        "synthetic": True,
    }
    if pattern.place is None:
        body["place_unknown"] = True
    else:
        body["place_id"] = pattern.place
    if canary:
        body["narrative"] = f"Syntetiskt exempel: kontakt {canary} gäller platsen."
    elif rng.random() < 0.4:  # noqa: PLR2004 - two in five write something
        body["narrative"] = rng.choice(NARRATIVES)
    return body


def _diverted(rng: Random, week: int, count: int) -> Iterator[Submission]:
    for number in range(round(count * rng.uniform(0.06, 0.09))):
        day = monday(week) + timedelta(days=rng.randrange(7))
        seen = local(day, rng.randint(8, 22))
        yield Submission(
            at=seen + timedelta(minutes=5),
            agency=rng.choice(("GUARDS", "LIBRARIES", "EDUCATION", "HOUSING_COOPS")),
            key=f"season-{week:02}-d{number:02}-{rng.getrandbits(32):08x}",
            body={
                "category": rng.choice(DIVERSIONS),
                "place_unknown": True,
                "place_type": "OUTDOOR",
                "observed_from": seen.isoformat(),
                "certainty": "SEEN",
                "recurrence": "FIRST",
                "severity": 3,
                "synthetic": True,
            },
        )


def _canary(rng: Random, *, sure: bool) -> str:
    if sure:  # the story's second thread happens in every season
        return personal_number(rng)
    if rng.random() > 0.04:  # noqa: PLR2004 - 3 to 5 per cent are quarantined
        return ""
    kind = rng.choice(("number", "number", "phone", "mail"))
    if kind == "phone":
        return f"070-17406{rng.randint(5, 99):02}"  # a series reserved for fiction
    if kind == "mail":
        return f"kanarie.{rng.getrandbits(24):06x}@example.org"
    return personal_number(rng)


def personal_number(rng: Random) -> str:
    """A test personal number (YYYYMMDD-NNNN) that belongs to nobody and never will.

    The Swedish Tax Agency's published test numbers of the 1990s carry birth numbers 238 and 239.
    """
    born = date(1990, 1, 1) + timedelta(days=rng.randrange(3650))
    serial = rng.choice(("238", "239"))
    digits = born.strftime("%y%m%d") + serial
    doubled = (int(d) * (2 if n % 2 == 0 else 1) for n, d in enumerate(digits))
    check = -sum(d // 10 + d % 10 for d in doubled) % 10
    return f"{born:%Y%m%d}-{serial}{check}"
