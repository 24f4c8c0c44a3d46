"""An agency's desk: its own reports and what became of them, its keys, and the SSPF form."""

import html
import re
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.codes import Role
from shared.security.keys import digest
from tests.intake.conftest import DISTRICT, NOW, Intake, concern
from tests.intake.forms import problems_of
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
    assert "070-174" not in page


async def test_one_report_tells_what_was_found_and_never_the_text(intake: Intake) -> None:
    checked = await reported(intake, narrative="Ring 070-174 06 05.")
    page = (await librarian(intake).get(f"/intake/concerns/{checked}")).text
    assert "telefonnummer" in page
    assert "070-174" not in page


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
    assert (ended.status_code, ended.headers["location"]) == (303, "/intake/keys?done=revoke")
    assert "Nyckeln är spärrad" in (await owner.get("/intake/keys?done=revoke")).text
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


async def test_a_missing_statement_is_told_with_everything_else_that_is_missing(
    intake: Intake,
) -> None:
    answer = await sspf(intake).send("/intake/sspf")
    wrong = set(re.findall(r'<li><a href="#(\w+)"', answer.text))
    assert wrong == {"month", "level", "band", "functions", "no_personal_data"}
    who = re.search(r"<legend>Vilka var med\?.*</legend>", answer.text)
    assert who is not None
    assert "frivilligt" not in who[0]


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


# What one may do at the desk, by role


async def test_a_records_officer_has_a_desk_without_reports(intake: Intake) -> None:
    await intake.report()
    page = await signed_in(intake, "RECORDS", Role.RECORDS_OFFICER).get("/intake/")
    assert page.status_code == 200
    assert 'href="/intake/quarantine"' in page.text
    assert "/intake/concerns/" not in page.text
    assert problems_of(page.text) == []


async def test_who_may_do_nothing_here_is_led_to_the_report_form(intake: Intake) -> None:
    secretary = signed_in(intake, "DISTRICT_COORD", Role.COUNCIL_SECRETARY)
    stranger = signed_in(intake, "RECORDS", Role.RECORDS_OFFICER, "SODERMALM")
    for person in (secretary, stranger):
        answer = await person.get("/intake/")
        assert (answer.status_code, answer.headers["location"]) == (303, "/intake/report")


async def test_the_quarantine_is_no_way_for_who_may_not(intake: Intake) -> None:
    assert "/intake/quarantine" not in (await librarian(intake).get("/intake/")).text


# An agency's own report: read it, take it back, set it right

CANARY = "Tre lampor vid kanariefågeln är släckta."
FORM = {
    "category": "ENV.LIGHTING",
    "place_id": "PL-HORN",
    "place_type": "OUTDOOR",
    "date": "2026-06-05",
    "hour": "22",
    "certainty": "SEEN",
    "recurrence": "REPEATED",
    "severity": "1",
}


async def state_of(intake: Intake, concern_id: str) -> dict[str, Any]:
    [state] = [one["state"] for one in await intake.all("concerns") if one["_id"] == concern_id]
    found: dict[str, Any] = state
    return found


async def test_ones_own_report_leads_to_what_one_may_do_with_it(intake: Intake) -> None:
    told, checked = await reported(intake, narrative=CANARY), await reported(intake, severity=2)
    await librarian(intake).send(
        f"/intake/concerns/{checked}/withdraw", version=1, reason="NOT_SO", sure="yes"
    )
    for one, ways in ((told, {"narrative", "correct", "withdraw"}), (checked, set())):
        page = (await librarian(intake).get(f"/intake/concerns/{one}")).text
        assert set(re.findall(rf'href="/intake/concerns/{one}/(\w+)"', page)) == ways
        assert CANARY not in page
        assert problems_of(page) == []


async def test_what_is_checked_may_be_taken_back_and_not_corrected(intake: Intake) -> None:
    checked, owner = await reported(intake, narrative="Ring 070-174 06 05."), librarian(intake)
    page = (await owner.get(f"/intake/concerns/{checked}")).text
    assert "/withdraw" in page
    assert "/correct" not in page
    refused = await owner.get(f"/intake/concerns/{checked}/correct")
    assert refused.status_code == 409
    assert "Bara en registrerad rapport kan rättas" in refused.text


async def test_a_report_is_taken_back_for_a_reason_by_who_is_sure(intake: Intake) -> None:
    one, owner = await reported(intake), librarian(intake)
    path = f"/intake/concerns/{one}/withdraw"
    for fields, wrong in (
        ({}, {"reason", "sure"}),
        ({"reason": "SENT_TWICE"}, {"sure"}),
        ({"reason": "<script>", "sure": "yes"}, {"reason"}),
    ):
        answer = await owner.send(path, version=1, **fields)
        assert answer.status_code == 422
        assert set(re.findall(r'<li><a href="#(\w+)"', answer.text)) == wrong
        assert "<script>" not in answer.text
        assert problems_of(answer.text) == []
    assert (await state_of(intake, one))["status"] == "REGISTERED"

    assert problems_of((await owner.get(path)).text) == []
    done = await owner.send(path, version=1, reason="SENT_TWICE", sure="yes")
    assert (done.status_code, done.headers["location"]) == (
        303,
        f"/intake/concerns/{one}?done=withdraw",
    )
    kept = await state_of(intake, one)
    assert (kept["status"], kept["reason"]) == ("WITHDRAWN", "SENT_TWICE")
    assert "Återtagen" in (await owner.get(done.headers["location"])).text
    assert (await owner.get(path)).status_code == 409


async def test_a_report_is_set_right_in_a_form_that_has_what_is_kept(intake: Intake) -> None:
    changes: dict[str, Any] = {
        "narrative": CANARY,
        "flags": ["DRUGS"],
        "measures_taken": ["CLEANED"],
    }
    changes |= {"external_reference": "D-17", "wants_feedback": True, "group_band": "3-5"}
    one, owner = await reported(intake, **changes), librarian(intake)
    path, before = f"/intake/concerns/{one}/correct", await state_of(intake, one)
    page = (await owner.get(path)).text
    for chosen in ("ENV.LIGHTING", "PL-HORN", "22"):
        assert f'<option value="{chosen}" selected>' in page
    for ticked in ("OUTDOOR", "SEEN", "REPEATED", "1", "DRUGS"):
        assert f'value="{ticked}" checked' in page
    assert 'value="2026-06-05"' in page
    assert CANARY not in page
    assert problems_of(page) == []

    done = await owner.send(path, version=1, **(FORM | {"severity": "3", "flags": ["DRUGS"]}))
    assert done.status_code == 303, done.text
    after = await state_of(intake, one)
    assert after["registered"] == before["registered"] | {"severity": 3}
    assert after["external_reference"] == "D-17"
    assert "Rättningen är sparad" in (await owner.get(done.headers["location"])).text
    read = f"/intake/v1/concerns/{one}/narrative-readings"
    told = await intake.post(read, {"purpose": "OWN_FOLLOW_UP"}, agency="LIBRARIES")
    assert told.json()["narrative"] == CANARY


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (59.32453, 17.98766),  # the middle of its cell lies outside the district
        (59.32952, 18.02954),  # the middle of its cell lies near a known place, the point did not
    ],
)
async def test_a_report_about_people_is_set_right_where_it_was(
    intake: Intake, lat: float, lon: float
) -> None:
    where = {"place_id": None, "point": {"lat": lat, "lon": lon}}
    one, owner = await reported(intake, category="ORD.FIGHT", **where), librarian(intake)
    before = (await state_of(intake, one))["registered"]
    fields = FORM | {"category": "ORD.FIGHT", "place_id": "POINT", "severity": "3"}
    done = await owner.send(f"/intake/concerns/{one}/correct", version=1, **fields)
    assert done.status_code == 303, problems_of(done.text)
    assert (await state_of(intake, one))["registered"] == before | {"severity": 3}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": ""}, "category"),
        ({"category": "NO.SUCH"}, "category"),
        ({"place_id": ""}, "place_id"),
        ({"place_id": "PL-NONE"}, "place_id"),
        ({"place_id": "POINT", "lat": "59.33", "lon": "18.02"}, "place_id"),
        ({"date": ""}, "date"),
        ({"date": "2026-06-09"}, "date"),
        ({"severity": "9"}, "severity"),
        ({"narrative": "x" * 501}, "narrative"),
        ({"narrative": "<b>Ring</b> 070-174 06 05"}, "narrative"),
    ],
)
async def test_a_wrong_correction_says_where_and_changes_nothing(
    intake: Intake, changes: dict[str, str], field: str
) -> None:
    one = await reported(intake)
    path, before = f"/intake/concerns/{one}/correct", await state_of(intake, one)
    answer = await librarian(intake).send(path, version=1, **(FORM | changes))
    assert answer.status_code == 422
    assert f'<li><a href="#{field}">' in answer.text
    assert problems_of(answer.text) == []
    assert html.escape(changes.get("narrative", "")) in answer.text
    assert "<b>Ring" not in answer.text
    assert await state_of(intake, one) == before


async def test_personal_data_in_a_correction_is_named_in_words(intake: Intake) -> None:
    one, owner = await reported(intake), librarian(intake)
    text = "Ring 070-174 06 05"
    fields = FORM | {"narrative": text}
    answer = await owner.send(f"/intake/concerns/{one}/correct", version=1, **fields)
    assert answer.status_code == 422
    assert "telefonnummer" in answer.text
    assert "PHONE" not in answer.text
    assert text in answer.text


async def test_a_key_is_revoked_in_two_steps_without_scripts(intake: Intake) -> None:
    owner = librarian(intake)
    await owner.send("/intake/keys", label="a", kind="test", days="90")
    page = (await owner.get("/intake/keys")).text
    step = re.search(r"<details>.*?</details>", page, re.DOTALL)
    assert step is not None
    assert "/revoke" in step[0]
    assert "går inte att ångra" in step[0]


async def test_what_belongs_elsewhere_is_turned_there_and_the_report_stays(intake: Intake) -> None:
    one, owner = await reported(intake), librarian(intake)
    fields = FORM | {"category": "DIV.CRIME"}
    answer = await owner.send(f"/intake/concerns/{one}/correct", version=1, **fields)
    assert answer.status_code == 422
    assert "114 14" in answer.text
    assert (await state_of(intake, one))["registered"]["category"] == "ENV.LIGHTING"


async def test_a_form_of_an_older_version_changes_nothing(intake: Intake) -> None:
    one, owner = await reported(intake), librarian(intake)
    path = f"/intake/concerns/{one}"
    await owner.send(f"{path}/correct", version=1, **(FORM | {"severity": "3"}))
    late = [
        await owner.send(f"{path}/correct", version=1, **(FORM | {"severity": "0"})),
        await owner.send(f"{path}/withdraw", version=1, reason="NOT_SO", sure="yes"),
    ]
    assert [answer.status_code for answer in late] == [412, 412]
    assert all(f'href="{path}"' in answer.text for answer in late)
    kept = await state_of(intake, one)
    assert (kept["status"], kept["registered"]["severity"]) == ("REGISTERED", 3)
    unsaid = [
        await owner.send(f"{path}/correct", **FORM),
        await owner.send(f"{path}/withdraw", reason="NOT_SO", sure="yes"),
    ]
    assert [answer.status_code for answer in unsaid] == [400, 400]


async def test_only_the_agency_that_reported_changes_it(intake: Intake) -> None:
    one = await reported(intake)
    others = (
        (signed_in(intake, "FIELD_WORKERS", Role.ACTION_OWNER), 404),
        (signed_in(intake, "DISTRICT_COORD", Role.COORDINATOR), 404),
        (signed_in(intake, "RECORDS", Role.RECORDS_OFFICER), 403),
        (signed_in(intake, "LIBRARIES", Role.ACTION_OWNER, "SODERMALM"), 403),
    )
    fields = {"correct": FORM, "withdraw": {"reason": "NOT_SO", "sure": "yes"}}
    for way, sent in fields.items():
        path = f"/intake/concerns/{one}/{way}"
        for person, status in others:
            assert (await person.get(path)).status_code == status
            assert (await person.send(path, version=1, **sent)).status_code == status
        nobody = await intake.http.get(path, headers={"Accept": "text/html"})
        assert nobody.headers["location"] == f"/coordination/sign-in?next={path}"
        stray = await librarian(intake).send(path, version=1, csrf="wrong", **sent)
        assert stray.status_code == 403
    assert (await state_of(intake, one))["status"] == "REGISTERED"
