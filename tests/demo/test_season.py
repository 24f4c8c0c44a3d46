"""The season is the same for the same seed, visibly synthetic, and in the district's own codes."""

from collections import Counter
from datetime import UTC
from random import Random

import pytest
from personnummer import personnummer

from deploy.samlad.demo.coordinator import COORDINATOR
from deploy.samlad.demo.measures import BY_CATEGORY, CAUSES, OTHERWISE, STORY, causes_of
from deploy.samlad.demo.patterns import DIVERSIONS, PATTERNS
from deploy.samlad.demo.season import in_cluster, monday, personal_number, week_of_season
from shared.contracts.district import District

FULL = [week_of_season(week=week, weeks=26, seed=7) for week in range(26)]


def test_the_same_seed_gives_the_same_season() -> None:
    assert week_of_season(week=3, weeks=26, seed=7) == FULL[3]
    assert week_of_season(week=3, weeks=26, seed=8) != FULL[3]


def test_every_report_says_that_it_is_synthetic() -> None:
    for submission in (one for week in FULL for one in week):
        assert submission.body["synthetic"] is True
        narrative = submission.body.get("narrative")
        assert narrative is None or str(narrative).startswith("Syntetiskt exempel:")


def test_keys_are_unique_over_the_season() -> None:
    keys = [one.key for week in FULL for one in week]
    assert len(keys) == len(set(keys))


def test_a_week_brings_35_to_60_concerns_besides_the_diverted() -> None:
    for week in FULL:
        kept = [one for one in week if one.body["category"] not in DIVERSIONS]
        assert 35 <= len(kept) <= 60


def test_between_three_and_five_per_cent_carry_personal_data() -> None:
    kept = [one for week in FULL for one in week]
    assert 0.025 <= sum(bool(one.canary) for one in kept) / len(kept) <= 0.06


@pytest.mark.parametrize("weeks", [4, 8, 26])
def test_every_season_has_the_cluster_and_a_quarantined_number(weeks: int) -> None:
    assert any(in_cluster(week, weeks) for week in range(weeks))
    first = week_of_season(week=0, weeks=weeks, seed=1)
    assert any(one.canary[:2] == "19" for one in first)


def test_the_cluster_lies_in_weeks_22_to_26_of_the_full_season() -> None:
    weeks = [monday(week).isocalendar().week for week in range(26) if in_cluster(week, 26)]
    assert weeks == [22, 23, 24, 25, 26]


def test_hornsbergs_strand_leads_in_summer_and_not_in_late_autumn() -> None:
    june, october = (Counter(one.body.get("place_id") for one in FULL[w]) for w in (6, 24))
    assert june.most_common(1)[0][0] == "PL-HORN"
    assert october["PL-HORN"] < june["PL-HORN"] / 2


def test_nothing_is_reported_before_it_was_seen() -> None:
    for submission in (one for week in FULL for one in week):
        assert submission.at.tzinfo is UTC
        assert submission.at.isoformat() > str(submission.body["observed_from"])


def test_test_personal_numbers_are_valid_ones_that_belong_to_nobody() -> None:
    rng = Random(1)  # noqa: S311 - not a secret
    for number in (personal_number(rng) for _ in range(200)):
        assert personnummer.valid(number)
        assert number[9:12] in {"238", "239"}


def test_all_codes_are_the_districts() -> None:
    district = District.load()
    places = {place.id for place in district.places}
    assert {p.category for p in PATTERNS} <= district.categories.keys()
    assert {p.place for p in PATTERNS if p.place} <= places
    assert {agency for p in PATTERNS for agency in p.agencies} <= district.agencies.keys()
    assert set(DIVERSIONS) <= district.diversions.keys()
    measures = {m for group in (*BY_CATEGORY.values(), OTHERWISE) for m in group}
    assert measures | {plan.measure for plan in STORY} <= district.measures.keys()
    assert {plan.owner for plan in STORY} | {COORDINATOR.agency} <= district.agencies.keys()
    found = [*CAUSES, *(cause for code in district.categories for cause in causes_of(code))]
    assert {cause["code"] for cause in found} <= district.causes.keys()
    assert {cause["could_act"] for cause in found} <= district.agencies.keys()
