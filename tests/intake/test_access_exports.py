"""Subject access: everything that is kept about a report, by its reference, with a line each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
import pytest

from services.intake.commands import giving_access
from services.intake.commands.references import References
from services.intake.commands.vault import Vault
from services.intake.store import Store
from shared.contracts.codes import Role
from shared.contracts.ids import AgencyCode, ConcernId, DistrictCode
from shared.security.roles import Principal, Via
from shared.security.session import Session, SessionSeal, opened
from shared.security.vault import VaultCipher
from shared.store.client import connect
from shared.store.errors import Unavailable
from shared.telemetry.clock import SystemClock
from tests.intake.conftest import DISTRICT, NOW, Intake

pytestmark = pytest.mark.stack

PATH = "/intake/v1/access-exports"
PAGE = "/intake/access-exports"
TEXT = "Lampan vid trappan är <trasig> sedan en vecka."
DIARY = "KUN 2026/00123"
NOBODYS = "7b0c3f0e-5f0a-5f1e-9a58-0f6b3f1c2d4e"


async def give(intake: Intake, **named: str) -> httpx.Response:
    return await intake.post(PATH, {"reference": DIARY} | named, agency="RECORDS")


async def reported(intake: Intake, **changes: object) -> str:
    concern_id: str = (await intake.report(**({"narrative": TEXT} | changes))).json()["concern_id"]
    return concern_id


async def test_the_account_holds_everything_that_is_kept(intake: Intake) -> None:
    concern_id = await reported(intake, external_reference="FW-17", severity=2)
    await intake.mongo[intake.settings.database_name]["cases"].insert_one({
        "_id": concern_id, "seq": 1, "triage": "OUT_OF_SCOPE", "moved_at": NOW,
    })  # fmt: skip

    answer = await give(intake, concern_id=concern_id)

    assert answer.status_code == 200
    told = answer.json()
    [report] = told["reports"]
    assert (told["reference"], report["concern_id"]) == (DIARY, concern_id)
    assert report["status"] == "REGISTERED"
    assert report["agency"] == "FIELD_WORKERS"
    assert report["texts"] == {"narrative": TEXT}
    assert report["external_reference"] == "FW-17"
    assert report["became"]["state"] == "OUT_OF_SCOPE"
    assert [each["name"] for each in report["events"]] == ["ConcernRegistered"]
    own = (await intake.get(f"/intake/v1/concerns/{concern_id}")).json()["concern"]
    assert {name: report["coded"][name] for name in own} == own
    assert [(line["act"], line["reference"]) for line in report["audit"]] == [
        ("ACCESS_GIVEN", DIARY)
    ]
    [line] = await intake.all("audit")
    assert (line["subject"], line["purpose"]) == (concern_id, "SUBJECT_ACCESS")


async def test_nothing_stored_about_the_report_is_left_out(intake: Intake) -> None:
    concern_id = await reported(intake, external_reference="FW-17")
    [document] = await intake.all("concerns")
    [report] = (await give(intake, concern_id=concern_id)).json()["reports"]
    told = {"_id", "v", "seqs", "outbox", "vault", "state", "agency", "registered_at"}
    hashes, everybodys = {"digest", "receipt"}, {"district"}
    assert set(document) - told - hashes - everybodys == set(report["further"])
    assert set(document["vault"]) == set(report["texts"])


async def test_whatever_else_stands_on_the_report_is_told_under_its_name(intake: Intake) -> None:
    concern_id = await reported(intake)
    concerns = intake.mongo[intake.settings.database_name]["concerns"]
    await concerns.update_one({"_id": concern_id}, {"$set": {"of_tomorrow": ["a", 1]}})
    [report] = (await give(intake, concern_id=concern_id)).json()["reports"]
    assert report["further"]["of_tomorrow"] == "['a', 1]"


async def test_a_quarantined_text_is_given_too_and_its_findings(intake: Intake) -> None:
    concern_id = await reported(
        intake, narrative="Ring Anders på 070-123 45 67.", external_reference="FW-18"
    )
    [report] = (await give(intake, concern_id=concern_id)).json()["reports"]
    assert report["status"] == "QUARANTINED"
    assert report["texts"]["external_reference"] == "FW-18"
    assert "070-123 45 67" in report["texts"]["narrative"]
    assert {"type": "PHONE", "count": 1} in report["findings"]


async def test_what_was_destroyed_is_told_as_destroyed(intake: Intake) -> None:
    concern_id = await reported(intake)
    ground = {"basis": "SCREENING_MISS", "reference": "KUN 2026/7"}
    await intake.post(f"/intake/v1/concerns/{concern_id}/expunge", ground, agency="RECORDS")
    [report] = (await give(intake, concern_id=concern_id)).json()["reports"]
    assert report["texts"] == {}
    assert report["destroyed"]["basis"] == "SCREENING_MISS"
    assert report["destroyed"]["reference"] == "KUN 2026/7"
    assert [each["name"] for each in report["events"]][-1] == "ConcernNarrativeExpunged"


async def test_a_text_whose_key_is_gone_is_named_as_unreadable(intake: Intake) -> None:
    concern_id = await reported(intake)
    await intake.mongo[intake.settings.keys_database_name]["data_keys"].delete_many({})
    [report] = (await give(intake, concern_id=concern_id)).json()["reports"]
    assert (report["texts"], report["unreadable"]) == ({}, ["narrative"])


async def test_an_agencys_own_number_finds_its_reports_and_nobody_elses(intake: Intake) -> None:
    first = await reported(intake, external_reference="17")
    second = await reported(intake, external_reference="17")
    body = {"category": "ENV.LITTER", "place_id": "PL-HORN", "place_type": "OUTDOOR"}
    body |= {"observed_from": "2026-06-05T20:00:00Z", "certainty": "SEEN", "recurrence": "FIRST"}
    other = body | {"severity": 1, "external_reference": "17"}
    assert (await intake.post("/intake/v1/concerns", other, agency="LIBRARIES")).status_code == 202

    answer = await give(intake, agency="FIELD_WORKERS", external_reference="17")
    assert {report["concern_id"] for report in answer.json()["reports"]} == {first, second}
    assert len(await intake.all("audit")) == 2


async def test_an_event_and_a_ground_of_a_newer_version_are_told_as_they_stand(
    intake: Intake,
) -> None:
    concern_id = await reported(intake)
    ground = {"basis": "SCREENING_MISS", "reference": "KUN 2026/7"}
    await intake.post(f"/intake/v1/concerns/{concern_id}/expunge", ground, agency="RECORDS")
    later = "se.samlad.intake.concerns.ConcernForgotten.v2"
    await intake.mongo[intake.settings.database_name]["concerns"].update_one(
        {"_id": concern_id},
        {"$set": {
            "outbox.1.type": later, "outbox.1.data": '{"why":"LAW"}', "expunged.basis": "LAW",
        }},
    )  # fmt: skip
    answer = await give(intake, concern_id=concern_id)

    assert answer.status_code == 200
    [report] = answer.json()["reports"]
    told = [(each["name"], each["data"]) for each in report["events"]]
    assert told[1] == ("ConcernForgotten", {"why": "LAW"})
    assert report["destroyed"]["basis"] == "LAW"
    page, headers = signed_in(intake)
    form = {"csrf": page.csrf, "reference": DIARY, "concern_id": concern_id}
    shown = await intake.http.post(PAGE, data=form, headers=headers)
    assert shown.status_code == 200
    assert "ConcernForgotten" in shown.text


async def test_more_reports_under_a_number_than_are_given_at_once_are_told_and_not_left_out(
    intake: Intake,
) -> None:
    one = await reported(intake, external_reference="17")
    concerns = intake.mongo[intake.settings.database_name]["concerns"]
    kept = await concerns.find_one({"_id": one})
    assert kept is not None
    await concerns.insert_many([kept | {"_id": str(uuid4())} for _ in range(49)])
    numbered = {"agency": "FIELD_WORKERS", "external_reference": "17"}
    whole = await give(intake, **numbered)
    assert (whole.status_code, len(whole.json()["reports"])) == (200, 50)
    await concerns.insert_one(kept | {"_id": str(uuid4())})
    refused = await give(intake, **numbered)
    assert (refused.status_code, refused.json()["code"]) == (409, "ACCESS.TOO_MANY")
    assert len(await intake.all("audit")) == 50


async def test_how_many_lines_there_are_is_told_where_not_all_are_given(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    concern_id = await reported(intake)
    monkeypatch.setattr(giving_access, "MOST_LINES", 2)
    for _ in range(3):
        [report] = (await give(intake, concern_id=concern_id)).json()["reports"]
    assert (len(report["audit"]), report["audit_lines"]) == (2, 3)


async def test_a_receipts_reference_finds_its_report_and_the_contact_is_told(
    intake: Intake,
) -> None:
    async with opened_store(intake) as store:
        vault = Vault(intake.settings.vault_keys(), store, SystemClock())
        key = References(vault).key
        concern_id = await reported(intake)
        concerns = intake.mongo[intake.settings.database_name]["concerns"]
        await concerns.update_one({"_id": concern_id}, {"$set": key.stored(ConcernId(concern_id))})
        kept = intake.mongo[intake.settings.keys_database_name]["contacts"]
        made = VaultCipher(vault.keys).new_key(f"{concern_id}/contact")
        sealed = made.seal("contact", "anna@example.org")
        await kept.insert_one({"_id": concern_id, "key": made.wrapped, "sealed": sealed})
        receipt = key.of(concern_id).lower().replace("-", " ")

    [report] = (await give(intake, receipt=receipt)).json()["reports"]
    assert (report["concern_id"], report["contact"]) == (concern_id, "anna@example.org")
    assert (await give(intake, receipt="00000-00000")).status_code == 404


@asynccontextmanager
async def opened_store(intake: Intake) -> AsyncIterator[Store]:
    client = connect(intake.settings.mongo_url)
    yield Store(
        client,
        database=client.database(intake.settings.database_name),
        keys=client.database(intake.settings.keys_database_name),
    )
    await client.close()


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"concern_id": NOBODYS, "receipt": "7K3QP-M9X2A"},
        {"agency": "FIELD_WORKERS"},
        {"external_reference": "17"},
        {"concern_id": "anna"},
        {"person": "Anna Andersson"},
        {"concern_id": NOBODYS, "reference": "utan nummer"},
    ],
)
async def test_only_one_proper_reference_is_taken_and_no_person(
    intake: Intake, named: dict[str, str]
) -> None:
    answer = await give(intake, **named)
    assert answer.status_code == 422
    assert "Anna" not in answer.text


async def test_what_is_not_there_is_not_found_and_leaves_no_line(intake: Intake) -> None:
    assert (await give(intake, concern_id=NOBODYS)).status_code == 404
    assert await intake.all("audit") == []


@pytest.mark.parametrize("agency", ["FIELD_WORKERS", "DISTRICT_COORD", "DISTRICT_PREVENTION"])
async def test_only_the_records_officer_gives_access(intake: Intake, agency: str) -> None:
    named = {"reference": DIARY, "concern_id": await reported(intake)}
    assert (await intake.post(PATH, named, agency=agency)).status_code == 403
    assert await intake.all("audit") == []


async def test_without_its_line_nothing_is_given(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("AWAY")

    concern_id = await reported(intake)
    monkeypatch.setattr("services.intake.commands.audit.AuditTrail.note", away)
    answer = await give(intake, concern_id=concern_id)
    assert answer.status_code == 503
    assert "trappan" not in answer.text


# As a page


def signed_in(intake: Intake, role: Role = Role.RECORDS_OFFICER) -> tuple[Session, dict[str, str]]:
    who = Principal(
        district=DistrictCode(DISTRICT.code),
        agency=AgencyCode("DISTRICT_COORD"),
        role=role,
        via=Via.SESSION,
    )
    session = opened(who, intake.app.state.site.wall_now())
    seal = SessionSeal(intake.settings.secret_file.read_bytes())
    cookie = {"Cookie": f"samlad_session={seal.seal(session)}", "X-Samlad-Now": NOW.isoformat()}
    return session, cookie


async def test_the_page_shows_the_same_to_be_printed(intake: Intake) -> None:
    concern_id = await reported(intake, external_reference="FW-17")
    session, cookie = signed_in(intake)
    empty = await intake.http.get(PAGE, headers=cookie)
    form = {"csrf": session.csrf, "reference": DIARY, "concern_id": concern_id}
    page = await intake.http.post(PAGE, data=form, headers=cookie)

    assert "personer går inte att söka" in empty.text
    assert (empty.status_code, page.status_code) == (200, 200)
    assert "Lampan vid trappan är &lt;trasig&gt; sedan en vecka." in page.text
    assert all(words in page.text for words in (concern_id, DIARY, "FW-17", "ACCESS_GIVEN"))
    assert "Registerutdrag gavs" in page.text
    assert "Rapporten registrerades" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert len(await intake.all("audit")) == 1


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"reference": "x"}, "diarienummer"),
        ({"concern_id": "x"}, "36 tecken"),
        ({}, "Ange ett av"),
        ({"reference": ""}, "diarienummer"),
        ({"reference": ""}, "Ange ett av"),
        ({"concern_id": NOBODYS}, "Ingenting finns"),
    ],
)
async def test_the_page_says_what_is_wrong(
    intake: Intake, named: dict[str, str], words: str
) -> None:
    session, cookie = signed_in(intake)
    form = {"csrf": session.csrf, "reference": DIARY} | named
    page = await intake.http.post(PAGE, data=form, headers=cookie)
    assert page.status_code == 422
    assert words in page.text


async def test_the_page_is_for_the_records_officer_alone(intake: Intake) -> None:
    _, coordinator = signed_in(intake, Role.COORDINATOR)
    assert (await intake.http.get(PAGE, headers=coordinator)).status_code == 403
    nobody = await intake.http.get(PAGE)
    assert (nobody.status_code, nobody.headers["location"]) == (
        303,
        "/coordination/sign-in?next=/intake/access-exports",
    )
