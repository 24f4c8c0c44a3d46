"""The quarantine desk and the readings: who sees a text, never before it is written down."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from deploy.samlad.demo.client import FrontDoor
from deploy.samlad.demo.coordinator import COORDINATOR, Coordinator
from services.intake.commands.audit import AuditTrail
from services.intake.commands.trail import Line
from shared.contracts.codes import Role
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.security.roles import Principal
from shared.security.session import SessionSeal, opened
from shared.store.errors import Unavailable, WriteUncertain
from shared.store.stream import Stream
from tests.intake.conftest import DISTRICT, NOW, Intake, Json, concern

pytestmark = pytest.mark.stack

CONCERNS, PATH = "/intake/v1/concerns", "/intake/v1/quarantine"
CANARY = "19900101-2385"
HELD = f"Mannen {CANARY} står vid trappan."
DESK, REVIEW, TRIAGE = "DISTRICT_COORD", {"purpose": "QUARANTINE_REVIEW"}, {"purpose": "TRIAGE"}
ALARM, ABOUT = {"reason": "FALSE_ALARM"}, {"reason": "ABOUT_A_PERSON"}
MASKED = {"narrative": "Någon står vid trappan."}


async def post(
    intake: Intake, path: str, body: Json, *, agency: str = DESK, read: int | None = None
) -> httpx.Response:
    headers = intake.headers(agency)
    if read is not None:
        headers["If-Match"] = f'"{read}"'
    return await intake.http.post(path, json=body, headers=headers)


async def held(intake: Intake, key: str = "k", **changes: object) -> str:
    answer = await intake.report(key, **({"narrative": HELD} | changes))
    assert answer.json()["status"] == "QUARANTINED"
    return str(answer.json()["concern_id"])


async def lines(intake: Intake) -> list[tuple[str, str, str | None]]:
    rows = sorted(await intake.all("audit"), key=lambda row: row["_id"])
    return [(row["act"], row["subject"], row.get("purpose")) for row in rows]


async def told(intake: Intake) -> list[tuple[str, Json]]:
    [kept] = await intake.all("concerns")
    return [(one["type"].split(".")[-2], json.loads(one["data"])) for one in kept["outbox"]]


async def test_the_list_shows_what_waits_oldest_first_and_never_a_text(intake: Intake) -> None:
    younger = await held(intake, "b", category="ORD.FIGHT")
    await intake.report("c", narrative="Helt ofarligt.")
    headers = intake.headers("LIBRARIES", "a")
    headers["X-Samlad-Now"] = (NOW - timedelta(days=3, hours=2)).isoformat()
    body = {"category": "ENV.LITTER", "place_id": "PL-HORN", "place_type": "OUTDOOR"}
    body |= {"observed_from": "2026-06-01T22:10:00+02:00", "certainty": "SEEN"}
    body |= {"recurrence": "FIRST", "severity": 1, "narrative": HELD}  # type: ignore[dict-item]
    older = (await intake.http.post(CONCERNS, json=body, headers=headers)).json()["concern_id"]

    answer = await intake.get(PATH, agency=DESK)
    items = answer.json()["items"]
    assert [one["concern_id"] for one in items] == [older, younger]
    assert [one["age_days"] for one in items] == [3, 0]
    assert items[0] == {
        "concern_id": older,
        "category": "ENV.LITTER",
        "findings": [{"type": "PERSONAL_NUMBER", "count": 1}],
        "source_agency": "LIBRARIES",
        "registered_at": "2026-06-02T19:40:00Z",
        "age_days": 3,
        "version": 1,
    }
    assert CANARY not in answer.text
    assert await lines(intake) == []


async def test_only_the_desk_sees_it_and_only_its_own_district(intake: Intake) -> None:
    one = await held(intake)
    ways = [(f"{PATH}/{one}/readings", REVIEW), (f"{PATH}/{one}/release", ALARM)]
    ways += [(f"{PATH}/{one}/redact", MASKED), (f"{PATH}/{one}/reject", ABOUT)]
    for agency in ("FIELD_WORKERS", "LIBRARIES", "DISTRICT_PREVENTION", "ELSEWHERE"):
        assert (await intake.get(PATH, agency=agency)).status_code == 403
        for path, body in ways:
            answer = await post(intake, path, body, agency=agency)
            assert answer.status_code == 403
            assert CANARY not in answer.text
    assert (await intake.get(PATH, agency="RECORDS")).json()["total"] == 1
    assert await lines(intake) == []


async def test_looking_shows_where_the_findings_are_after_it_was_written_down(
    intake: Intake,
) -> None:
    one = await held(intake, external_reference="D-17")
    answer = await post(intake, f"{PATH}/{one}/readings", REVIEW)

    assert answer.headers["cache-control"] == "no-store"
    texts = {text["field"]: text for text in answer.json()["texts"]}
    assert texts["external_reference"] == {
        "field": "external_reference",
        "text": "D-17",
        "findings": [],
    }
    said = texts["narrative"]
    numbers = [span for span in said["findings"] if span["type"] == "PERSONAL_NUMBER"]
    assert [said["text"][span["start"] : span["end"]] for span in numbers] == [CANARY]
    assert await lines(intake) == [("QUARANTINE_READ", one, "QUARANTINE_REVIEW")]


async def test_without_a_line_nobody_is_shown_anything(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, clean = await held(intake), await intake.report("c", narrative="Tre lampor.")

    async def away(_trail: AuditTrail, _line: Line) -> None:
        raise Unavailable("AWAY")

    monkeypatch.setattr(AuditTrail, "note", away)
    before = await intake.all("concerns")
    for path, body in (
        (f"{PATH}/{one}/readings", REVIEW),
        (f"{PATH}/{one}/release", ALARM),
        (f"{PATH}/{one}/redact", MASKED),
        (f"{PATH}/{one}/reject", ABOUT),
        (f"{clean.json()['links']['self']}/narrative-readings", TRIAGE),
    ):
        answer = await post(intake, path, body)
        assert answer.status_code == 503
        assert CANARY not in answer.text
        assert "lampor" not in answer.text
    assert await intake.all("concerns") == before


async def test_a_released_concern_is_registered_as_it_was_reported(intake: Intake) -> None:
    one = await held(intake, external_reference="D-17")
    answer = await post(intake, f"{PATH}/{one}/release", ALARM, read=1)
    again = await post(intake, f"{PATH}/{one}/release", ALARM, read=1)

    assert (answer.status_code, answer.json()["status"]) == (200, "REGISTERED")
    assert (again.json(), again.headers["idempotent-replayed"]) == (answer.json(), "true")
    names = [name for name, _ in await told(intake)]
    assert names == ["ConcernQuarantined", "ConcernReleased", "ConcernRegistered"]
    [_, (_, released), (_, registered)] = await told(intake)
    assert (released["redacted"], released["reason"]) == (False, "FALSE_ALARM")
    assert released["findings"] == [{"type": "PERSONAL_NUMBER", "count": 1}]
    assert registered["has_narrative"] is True
    assert (await intake.get(f"{CONCERNS}/{one}")).json()["external_reference"] == "D-17"
    assert (await intake.get(PATH, agency=DESK)).json()["total"] == 0
    assert await lines(intake) == [("QUARANTINE_RELEASED", one, None)]


@pytest.mark.parametrize("narrative", ["Tre lampor.", None])
async def test_a_finding_in_the_own_reference_is_counted_and_shown_like_one_in_a_text(
    intake: Intake, narrative: str | None
) -> None:
    one = await held(intake, narrative=narrative, external_reference=f"D {CANARY}")
    [waiting] = (await intake.get(PATH, agency=DESK)).json()["items"]
    assert waiting["findings"] == [{"type": "PERSONAL_NUMBER", "count": 1}]
    texts = (await post(intake, f"{PATH}/{one}/readings", REVIEW)).json()["texts"]
    [spans] = [text["findings"] for text in texts if text["field"] == "external_reference"]
    assert [(span["type"], span["start"]) for span in spans] == [("PERSONAL_NUMBER", 2)]


async def test_a_release_never_lets_an_own_reference_with_a_finding_out_of_the_vault(
    intake: Intake,
) -> None:
    """It stays sealed: nothing shows it, a subject is told of it, and expunging destroys it."""
    one = await held(intake, narrative="Tre lampor.", external_reference=f"D {CANARY}")
    assert (await post(intake, f"{PATH}/{one}/release", ALARM)).json()["status"] == "REGISTERED"

    database = intake.mongo[intake.settings.database_name]
    whole = [await intake.all(name) for name in await database.list_collection_names()]
    shown = [str(whole), (await intake.get(f"{CONCERNS}/{one}")).text]
    shown += [(await intake.get(f"{CONCERNS}?format=csv")).text]
    shown += [(await post(intake, f"{CONCERNS}/{one}/narrative-readings", TRIAGE)).text]
    assert not any(CANARY in each for each in shown)
    assert (await intake.get(f"{CONCERNS}/{one}")).json()["external_reference"] is None

    asked = {"concern_id": one, "reference": "KUN 2026/00123"}
    given = await post(intake, "/intake/v1/access-exports", asked, agency="RECORDS")
    assert given.json()["reports"][0]["texts"]["external_reference"] == f"D {CANARY}"
    ground = {"basis": "DATA_SUBJECT_REQUEST", "reference": "KUN 2026/00123"}
    await post(intake, f"{CONCERNS}/{one}/expunge", ground, agency="RECORDS")
    assert (await intake.all("concerns"))[0]["vault"] == {}


@pytest.mark.parametrize(("way", "body"), [("release", ALARM), ("redact", MASKED)])
async def test_a_link_to_the_senders_own_case_is_no_finding_at_the_desk_either(
    intake: Intake, way: str, body: Json
) -> None:
    link = "https://www.fixamingata.se/report/4711"
    one = await held(intake, external_reference=link)
    await post(intake, f"{PATH}/{one}/{way}", body)
    assert (await intake.get(f"{CONCERNS}/{one}")).json()["external_reference"] == link


async def test_a_new_own_reference_takes_the_place_of_the_one_that_stayed_sealed(
    intake: Intake,
) -> None:
    one = await held(intake, external_reference=f"D {CANARY}", narrative="Tre lampor.")
    await post(intake, f"{PATH}/{one}/release", ALARM)
    fixed = concern(external_reference="D-18")
    answer = await post(intake, f"{CONCERNS}/{one}/correct", fixed, agency="FIELD_WORKERS")
    assert answer.status_code == 200, answer.text
    [kept] = await intake.all("concerns")
    assert (set(kept["vault"]), kept["state"]["external_reference"]) == ({"narrative"}, "D-18")


async def test_a_redacted_concern_keeps_the_new_text_and_nothing_of_the_old(
    intake: Intake,
) -> None:
    one = await held(intake, external_reference=f"D {CANARY}")
    answer = await post(intake, f"{PATH}/{one}/redact", MASKED)

    assert answer.json()["status"] == "REGISTERED"
    [_, (name, released), (_, registered)] = await told(intake)
    assert (name, released["redacted"], registered["has_narrative"]) == (
        "ConcernReleased",
        True,
        True,
    )
    reading = await post(intake, f"{CONCERNS}/{one}/narrative-readings", TRIAGE)
    assert reading.json()["narrative"] == MASKED["narrative"]
    [kept] = await intake.all("concerns")
    assert set(kept["vault"]) == {"narrative"}
    assert "external_reference" not in (await intake.get(f"{CONCERNS}/{one}")).json()["concern"]
    assert (await intake.get(f"{CONCERNS}/{one}")).json()["external_reference"] is None


async def test_a_redaction_may_take_the_text_away_whole(intake: Intake) -> None:
    one = await held(intake)
    await post(intake, f"{PATH}/{one}/redact", {"narrative": None})

    assert (await told(intake))[-1][1]["has_narrative"] is False
    [kept] = await intake.all("concerns")
    assert kept["vault"] == {}


async def test_a_redaction_that_left_a_number_is_refused(intake: Intake) -> None:
    one = await held(intake)
    answer = await post(intake, f"{PATH}/{one}/redact", {"narrative": f"Han, {CANARY}."})

    assert (answer.status_code, answer.json()["code"]) == (422, "CONCERN.PERSONAL_DATA")
    assert CANARY not in answer.text
    assert [name for name, _ in await told(intake)] == ["ConcernQuarantined"]
    assert await lines(intake) == []


@pytest.mark.parametrize("hidden", ["\x1b[2J", "\x08", "\uffff"], ids=ascii)
async def test_a_redaction_with_hidden_characters_is_refused_and_not_told_back(
    intake: Intake, hidden: str
) -> None:
    one = await held(intake)
    answer = await post(intake, f"{PATH}/{one}/redact", {"narrative": f"Tre{hidden} lampor."})

    assert answer.status_code == 422
    [wrong] = answer.json()["invalid-parameters"]
    assert wrong["property"] == "narrative"
    assert "control characters" in wrong["reason"]
    assert "lampor" not in answer.text
    assert [name for name, _ in await told(intake)] == ["ConcernQuarantined"]


async def test_a_rejected_concern_tells_why_and_is_never_registered(intake: Intake) -> None:
    one = await held(intake)
    answer = await post(intake, f"{PATH}/{one}/reject", ABOUT)
    late = await post(intake, f"{PATH}/{one}/release", ALARM)

    assert answer.json()["status"] == "REJECTED"
    assert (late.status_code, late.json()["code"]) == (409, "CONCERN.NOT_IN_QUARANTINE")
    assert [name for name, _ in await told(intake)] == ["ConcernQuarantined", "ConcernRejected"]
    assert (await intake.get(f"{CONCERNS}/{one}")).json()["reason"] == "ABOUT_A_PERSON"
    assert (await post(intake, f"{PATH}/{one}/readings", REVIEW)).status_code == 409
    assert await lines(intake) == [("QUARANTINE_REJECTED", one, None)]


async def test_what_was_withdrawn_meanwhile_is_stale_at_the_desk(intake: Intake) -> None:
    one = await held(intake)
    twice = {"reason": "SENT_TWICE"}
    await post(intake, f"{CONCERNS}/{one}/withdraw", twice, agency="FIELD_WORKERS")
    stale = await post(intake, f"{PATH}/{one}/release", ALARM, read=1)
    unread = await post(intake, f"{PATH}/{one}/release", ALARM)

    assert (stale.status_code, unread.status_code) == (412, 409)
    assert await lines(intake) == []


async def test_what_the_district_does_not_have_is_not_found(intake: Intake) -> None:
    one = await held(intake)
    await intake.report("d", ongoing_danger=True)
    diverted = next(row for row in await intake.all("concerns") if row["_id"] != one)["_id"]
    await intake.mongo[intake.settings.database_name]["concerns"].update_one(
        {"_id": one}, {"$set": {"district": "SODERMALM"}}
    )
    for unknown in (one, diverted, "00000000-0000-0000-0000-000000000000"):
        for path, body in (("readings", REVIEW), ("release", ALARM), ("reject", ABOUT)):
            assert (await post(intake, f"{PATH}/{unknown}/{path}", body)).status_code == 404
        reading = await post(intake, f"{CONCERNS}/{unknown}/narrative-readings", TRIAGE)
        assert reading.status_code == 404
    assert (await intake.get(PATH, agency=DESK)).json()["total"] == 0
    assert await lines(intake) == []


async def test_two_at_the_desk_decide_once(intake: Intake) -> None:
    one = await held(intake)
    answers = await asyncio.gather(
        post(intake, f"{PATH}/{one}/release", ALARM),
        post(intake, f"{PATH}/{one}/reject", ABOUT),
        post(intake, f"{PATH}/{one}/redact", MASKED),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    ends = [name for name, _ in await told(intake) if name != "ConcernRegistered"]
    assert len(ends) == 2


async def test_a_decision_that_may_have_been_stored_is_answered_by_its_repeat(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await held(intake)
    append = Stream.append

    async def uncertain(stream: Stream, *args: Any, **named: Any) -> int:  # noqa: ANN401 - passed on
        await append(stream, *args, **named)
        raise WriteUncertain("NO_ANSWER")

    monkeypatch.setattr(Stream, "append", uncertain)
    unsure = await post(intake, f"{PATH}/{one}/redact", MASKED, read=1)
    monkeypatch.undo()
    again = await post(intake, f"{PATH}/{one}/redact", MASKED, read=1)

    assert (unsure.status_code, again.status_code) == (503, 200)
    assert (again.json()["status"], again.headers["idempotent-replayed"]) == ("REGISTERED", "true")
    assert [name for name, _ in await told(intake)].count("ConcernRegistered") == 1


async def test_release_and_redaction_ask_for_what_they_need(intake: Intake) -> None:
    one = await held(intake)
    for path, body in (
        ("release", {}),
        ("release", {"reason": "BECAUSE"}),
        ("redact", {}),
        ("redact", {"narrative": "x" * 501}),
        ("reject", {"reason": "FALSE_ALARM"}),
        ("readings", {}),
        ("readings", TRIAGE),
    ):
        assert (await post(intake, f"{PATH}/{one}/{path}", body)).status_code == 422, (path, body)
    assert [name for name, _ in await told(intake)] == ["ConcernQuarantined"]


async def test_a_narrative_is_read_by_its_agency_and_the_coordinator_for_a_purpose(
    intake: Intake,
) -> None:
    answer = await intake.report("k", narrative="Tre lampor.")
    one, path = answer.json()["concern_id"], f"{answer.json()['links']['self']}/narrative-readings"
    follow_up = {"purpose": "OWN_FOLLOW_UP"}

    own = await post(intake, path, follow_up, agency="FIELD_WORKERS")
    desk = await post(intake, path, TRIAGE)
    other = await post(intake, path, TRIAGE, agency="LIBRARIES")
    records = await post(intake, path, TRIAGE, agency="RECORDS")
    nothing = await post(intake, path, {"purpose": "CURIOSITY"})

    assert own.json() == {
        "concern_id": one,
        "purpose": "OWN_FOLLOW_UP",
        "narrative": "Tre lampor.",
    }
    assert own.headers["cache-control"] == desk.headers["cache-control"] == "no-store"
    assert desk.json()["narrative"] == "Tre lampor."
    assert [other.status_code, records.status_code, nothing.status_code] == [404, 403, 422]
    assert await lines(intake) == [
        ("NARRATIVE_READ", one, "OWN_FOLLOW_UP"),
        ("NARRATIVE_READ", one, "TRIAGE"),
    ]


async def test_what_has_not_passed_is_read_at_the_desk_alone(intake: Intake) -> None:
    one = await held(intake)
    path = f"{CONCERNS}/{one}/narrative-readings"
    refused = await post(intake, path, TRIAGE)
    own = await post(intake, path, {"purpose": "OWN_FOLLOW_UP"}, agency="FIELD_WORKERS")

    assert (refused.status_code, refused.json()["code"]) == (409, "CONCERN.NOT_PASSED")
    assert own.json()["narrative"] == HELD
    twice = {"reason": "SENT_TWICE"}
    await post(intake, f"{CONCERNS}/{one}/withdraw", twice, agency="FIELD_WORKERS")
    assert (await post(intake, path, TRIAGE)).json()["code"] == "CONCERN.NOT_PASSED"


async def test_where_there_is_no_text_there_is_nothing_to_read(intake: Intake) -> None:
    without = (await intake.report("a")).json()["links"]["self"]
    lost = (await intake.report("b", narrative="Tre lampor.")).json()["links"]["self"]
    await intake.mongo[intake.settings.keys_database_name]["data_keys"].delete_many({})
    for address in (without, lost):
        answer = await post(intake, f"{address}/narrative-readings", TRIAGE)
        assert (answer.status_code, answer.json()["code"]) == (404, "CONCERN.NO_NARRATIVE")


async def test_the_canary_stands_in_the_readings_and_nowhere_else(
    intake: Intake, capsys: pytest.CaptureFixture[str]
) -> None:
    one, clean = await held(intake, "a"), "Ofarligt men hemligt."
    two = await held(intake, "b")
    other = (await intake.report("c", narrative=clean)).json()["concern_id"]
    answers = [
        await intake.get(PATH, agency=DESK),
        await intake.get(f"{CONCERNS}/{one}"),
        await post(intake, f"{PATH}/{one}/redact", {"narrative": HELD}),
        await post(intake, f"{PATH}/{one}/release", ALARM),
        await post(intake, f"{PATH}/{two}/reject", ABOUT),
        await post(intake, f"{CONCERNS}/{two}/narrative-readings", TRIAGE),
        await intake.get(f"{CONCERNS}/{one}"),
        await intake.get(CONCERNS),
    ]
    read = await post(intake, f"{CONCERNS}/{other}/narrative-readings", TRIAGE)
    assert read.json()["narrative"] == clean

    database = intake.mongo[intake.settings.database_name]
    whole = [await intake.all(name) for name in await database.list_collection_names()]
    everywhere = [answer.text for answer in answers] + [str(whole), capsys.readouterr().out]
    everywhere.append((await intake.http.get("/intake/metrics")).text)
    for text in everywhere:
        assert CANARY not in text
        assert clean not in text


async def test_the_demos_coordinator_reads_and_rejects_what_waited_longest(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    await held(intake, "a")
    await held(intake, "b")
    key = intake.headers(DESK)["Authorization"].removeprefix("Bearer ")
    async with FrontDoor("http://127.0.0.1", {COORDINATOR: key}) as door:
        monkeypatch.setattr(door, "_http", intake.http)
        demos = Coordinator(door, NOW, pace=1.0)
        waiting = (await intake.get(PATH, agency=DESK)).json()["items"]
        await demos.look_at_quarantine()
        monkeypatch.undo()

    gone = waiting[0]["concern_id"]
    assert (await intake.get(PATH, agency=DESK)).json()["items"] == waiting[1:]
    assert await lines(intake) == [
        ("QUARANTINE_READ", gone, "QUARANTINE_REVIEW"),
        ("QUARANTINE_REJECTED", gone, None),
    ]


def session(intake: Intake, agency: str, role: Role) -> tuple[dict[str, str], str]:
    who = Principal(district=DistrictCode(DISTRICT.code), agency=AgencyCode(agency), role=role)
    fresh = opened(who, intake.app.state.site.wall_now())
    seal = SessionSeal(intake.settings.secret_file.read_bytes())
    return {"Cookie": f"samlad_session={seal.seal(fresh)}"}, fresh.csrf


async def test_a_person_reads_a_narrative_on_a_page_that_asks_what_for(intake: Intake) -> None:
    one = (await intake.report("k", narrative="Tre <b>lampor</b>.")).json()["concern_id"]
    address = f"/intake/concerns/{one}/narrative"
    headers, csrf = session(intake, DESK, Role.COORDINATOR)
    asked = await intake.http.get(address, headers=headers)
    unsaid = await intake.http.post(address, data={"csrf": csrf}, headers=headers)
    form = {"csrf": csrf, "purpose": "TRIAGE"}
    shown = await intake.http.post(address, data=form, headers=headers)

    assert asked.status_code == 200
    assert "lampor" not in asked.text + unsaid.text
    assert (unsaid.status_code, shown.status_code) == (422, 200)
    assert "Tre &lt;b&gt;lampor&lt;/b&gt;." in shown.text
    assert {page.headers["cache-control"] for page in (asked, unsaid, shown)} == {"no-store"}
    assert await lines(intake) == [("NARRATIVE_READ", one, "TRIAGE")]


async def test_the_page_is_for_those_who_may_read(intake: Intake) -> None:
    one = (await intake.report("k", narrative="Tre lampor.")).json()["concern_id"]
    address = f"/intake/concerns/{one}/narrative"
    nobody = await intake.http.get(address)
    assert (nobody.status_code, nobody.headers["location"]) == (
        303,
        f"/coordination/sign-in?next={address}",
    )
    assert (await intake.http.post(address, data={"purpose": "TRIAGE"})).status_code == 401
    for agency, role, status in (
        ("LIBRARIES", Role.REPORTER, 404),
        ("COUNCIL", Role.COUNCIL_SECRETARY, 403),
    ):
        headers, csrf = session(intake, agency, role)
        form = {"csrf": csrf, "purpose": "TRIAGE"}
        assert (await intake.http.get(address, headers=headers)).status_code == status
        answer = await intake.http.post(address, data=form, headers=headers)
        assert answer.status_code == status
        assert "lampor" not in answer.text
    assert await lines(intake) == []
