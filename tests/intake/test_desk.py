"""An agency's desk: its own reports and what became of them, its keys, and the SSPF form."""

import re
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.codes import Role
from shared.security.keys import digest
from tests.intake.conftest import DISTRICT, NOW, Intake, concern
from tests.intake.people import Person, signed_in

pytestmark = pytest.mark.stack

OUTCOME: dict[str, Any] = {
    "month": "2026-05",
    "level": "GROUP",
    "band": "1-4",
    "functions": ["SCHOOL", "POLICE"],
    "themes": ["EVENING_GATHERINGS"],
    "school_area": "SA-WEST",
    "no_personal_data": "yes",
}


def librarian(intake: Intake) -> Person:
    return signed_in(intake, "LIBRARIES", Role.ACTION_OWNER)


def sspf(intake: Intake) -> Person:
    return signed_in(intake, "DISTRICT_PREVENTION", Role.SSPF_COORDINATOR)


async def reported(intake: Intake, **changes: object) -> str:
    sent = await intake.post("/intake/v1/concerns", concern(**changes), agency="LIBRARIES")
    concern_id: str = sent.json()["concern_id"]
    return concern_id


async def decided(intake: Intake, concern_id: str, **row: object) -> None:
    """What the projection of coordination's events would have written."""
    rows = intake.mongo[intake.settings.database_name]["cases"]
    await rows.insert_one({"_id": concern_id, "seq": 1, "moved_at": NOW, **row})


async def test_the_desk_of_nobody_is_the_report_form(intake: Intake) -> None:
    answer = await intake.http.get("/intake/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/intake/report")
    keys = await intake.http.get("/intake/keys", headers={"Accept": "text/html"})
    assert (keys.status_code, keys.headers["location"][:21]) == (303, "/coordination/sign-in")


async def test_the_desk_shows_own_reports_with_what_became_of_them(intake: Intake) -> None:
    new = await reported(intake)
    checked = await reported(intake, narrative="Ring 070-174 06 05.")
    answered = await reported(intake, category="ENV.LITTER")
    await decided(intake, answered, triage="LINKED", feedback={"code": "MEASURE_DONE"})
    await intake.report()  # another agency's

    page = (await librarian(intake).get("/intake/")).text
    assert set(re.findall(r"/intake/concerns/([0-9a-f-]{36})", page)) == {
        new,
        checked,
        answered,
    }
    for words in ("Mottagen", "Granskas", "Avslutad", DISTRICT.label("MEASURE_DONE").sv):
        assert words in page
    assert "070" not in page


async def test_one_report_tells_what_was_found_and_never_the_text(intake: Intake) -> None:
    checked = await reported(intake, narrative="Ring 070-174 06 05.")
    page = (await librarian(intake).get(f"/intake/concerns/{checked}")).text
    assert "telefonnummer" in page
    assert "070" not in page


async def test_others_reports_are_not_found(intake: Intake) -> None:
    theirs = await reported(intake)
    stranger = signed_in(intake, "FIELD_WORKERS", Role.ACTION_OWNER)
    there = await stranger.get(f"/intake/concerns/{theirs}")
    nowhere = await stranger.get(f"/intake/concerns/{uuid4()}")
    assert (there.status_code, nowhere.status_code) == (404, 404)


async def test_a_key_is_shown_once_on_the_page(intake: Intake) -> None:
    owner, order = librarian(intake), str(uuid4())
    fields = {"label": "felanmalan", "kind": "test", "days": "90", "idempotency_key": order}
    made = await owner.send("/intake/keys", **fields)
    found = re.search(r"sml_test_[A-Za-z0-9_-]{43}", made.text)
    assert found is not None
    assert [one["_id"] for one in await intake.all("api_keys")] == [digest(found.group())]
    assert made.headers["cache-control"] == "no-store"
    for again in (await owner.get("/intake/keys"), await owner.send("/intake/keys", **fields)):
        assert "felanmalan" in again.text
        assert "sml_test_" not in again.text
    assert len(await intake.all("api_keys")) == 1


async def test_a_key_is_revoked_on_the_page(intake: Intake) -> None:
    owner = librarian(intake)
    await owner.send("/intake/keys", label="a", kind="test", days="90")
    [kept] = await intake.all("api_keys")
    ended = await owner.send(f"/intake/keys/{kept['_id'][:12]}/revoke")
    assert (ended.status_code, ended.headers["location"]) == (303, "/intake/keys")
    assert "Spärrad" in (await owner.get("/intake/keys")).text


@pytest.mark.parametrize(
    ("field", "value"), [("label", "<script>"), ("label", ""), ("days", "0"), ("kind", "gold")]
)
async def test_a_wrong_order_says_where(intake: Intake, field: str, value: str) -> None:
    fields = {"label": "system", "kind": "test", "days": "90"} | {field: value}
    answer = await librarian(intake).send("/intake/keys", **fields)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "<script>" not in answer.text
    assert await intake.all("api_keys") == []


async def test_a_form_without_its_token_makes_nothing(intake: Intake) -> None:
    answer = await librarian(intake).send("/intake/keys", label="a", kind="test", csrf="wrong")
    assert answer.status_code == 403
    assert await intake.all("api_keys") == []


async def test_the_sspf_form_has_no_field_to_write_in(intake: Intake) -> None:
    page = (await sspf(intake).get("/intake/sspf")).text
    form = page[page.index("<main") : page.index("</main>")]
    kinds = set(re.findall(r"<input[^>]*type=\"(\w+)\"", form))
    assert kinds == {"hidden", "radio", "checkbox"}
    assert "<textarea" not in form


async def test_an_outcome_is_recorded_by_the_form(intake: Intake) -> None:
    commitment = {"code_1": "EVENING_PRESENCE", "owner_function_1": "LEISURE"}
    fields = OUTCOME | commitment | {"due_month_1": "2026-08"}
    done = await sspf(intake).send("/intake/sspf", **fields)
    assert done.status_code == 303, done.text
    [kept] = await intake.all("sspf_outcomes")
    assert kept["state"]["functions"] == ["SCHOOL", "POLICE"]
    assert kept["state"]["commitments"][0]["due_month"] == "2026-08"
    assert kept["_id"] in done.headers["location"]
    assert kept["_id"] in (await sspf(intake).get(done.headers["location"])).text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"level": "INDIVIDUAL_COUNT_ONLY"}, "level"),
        ({"no_personal_data": ""}, "no_personal_data"),
        ({"month": "2026-07"}, "month"),
        ({"month": ""}, "month"),
        ({"functions": []}, "functions"),
        ({"code_1": "EVENING_PRESENCE"}, "commitments"),
    ],
)
async def test_a_broken_rule_is_named_at_its_field(
    intake: Intake, changes: dict[str, Any], field: str
) -> None:
    answer = await sspf(intake).send("/intake/sspf", **(OUTCOME | changes))
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    assert await intake.all("sspf_outcomes") == []


async def test_a_term_is_attested_by_the_form(intake: Intake) -> None:
    done = await sspf(intake).send("/intake/sspf/attest", term="2026-VT", unique_band="5-9")
    assert done.status_code == 303, done.text
    [kept] = await intake.all("sspf_terms")
    assert (kept["state"]["term"], kept["state"]["unique_band"]) == ("2026-VT", "5-9")


async def test_only_the_sspf_coordinator_sees_the_form(intake: Intake) -> None:
    assert (await librarian(intake).get("/intake/sspf")).status_code == 403
    assert (await librarian(intake).send("/intake/sspf", **OUTCOME)).status_code == 403
    assert "/intake/sspf" not in (await librarian(intake).get("/intake/")).text
    assert "/intake/sspf" in (await sspf(intake).get("/intake/")).text
