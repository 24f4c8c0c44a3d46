"""Rules of Digg's REST API profile that only a service with something stored can show."""

from datetime import datetime

import pytest

from tests.intake.conftest import Intake

pytestmark = pytest.mark.stack
PATH = "/intake/v1/concerns"


async def test_dot_01_any_zone_is_taken_in_and_utc_given_back(intake: Intake) -> None:
    seen = set()
    for zone in ("20:00:00Z", "22:00:00+02:00", "10:30:00-09:30"):
        made = await intake.report(observed_from=f"2026-06-05T{zone}")
        assert made.status_code == 202, made.text
        kept = (await intake.get(made.json()["links"]["self"])).json()["concern"]
        seen.add(kept["observed_from"])
    assert seen == {"2026-06-05T20:00:00Z"}


async def test_dot_04_times_are_given_as_an_offset_from_utc(intake: Intake) -> None:
    made = await intake.report()
    kept = (await intake.get(made.json()["links"]["self"])).json()["concern"]
    for name in ("observed_from", "registered_at"):
        assert kept[name].endswith("Z")
        assert datetime.fromisoformat(kept[name]).utcoffset() is not None


async def test_arq_06_reading_twice_is_reading_once(intake: Intake) -> None:
    made = await intake.report()
    before = await intake.all("concerns")
    for path in (PATH, made.json()["links"]["self"], "/intake/v1/places"):
        first, again = await intake.get(path), await intake.get(path)
        assert (first.status_code, first.content) == (200, again.content)
        head = await intake.http.head(path, headers=intake.headers("FIELD_WORKERS"))
        assert head.status_code == 200
    assert await intake.all("concerns") == before


async def test_hyp_02_reading_changes_nothing(intake: Intake) -> None:
    made = await intake.report(narrative="Tre lampor.")
    before = await intake.all("concerns"), await intake.keys_of_vault()
    await intake.get(made.json()["links"]["self"])
    assert (await intake.all("concerns"), await intake.keys_of_vault()) == before


async def test_arp_02_answers_are_those_http_has_for_it(intake: Intake) -> None:
    assert (await intake.report("k")).status_code == 202
    assert (await intake.report("k", severity=3)).status_code == 422
    assert (await intake.get(PATH)).status_code == 200
    gone = await intake.get(f"{PATH}/7b0c3f0e-5f0a-5f1e-9a58-0f6b3f1c2d4e")
    assert gone.status_code == 404
    assert (await intake.get("/intake/v1/sspf-attestations")).status_code == 405


async def test_fns_12_links_keep_what_else_was_asked(intake: Intake) -> None:
    answer = await intake.get("/intake/v1/places?limit=2&prioritised=false")
    links = [part for part in answer.headers["link"].split(", ") if part]
    assert links
    assert all("prioritised=false" in link for link in links)
    assert 'rel="next"' in answer.headers["link"]


async def test_fns_14_a_page_beyond_the_last_is_empty(intake: Intake) -> None:
    await intake.report()
    answer = await intake.get(f"{PATH}?page=99")
    assert (answer.status_code, answer.json()["items"]) == (200, [])
    assert answer.json()["total"] == 1
