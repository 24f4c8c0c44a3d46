"""Disposal: only by a decision in force, first only counted, and whole in the end."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from deploy.samlad import cli
from deploy.samlad.retaining import as_table, dispose
from services.intake.commands import disposal
from services.intake.commands.expunging import Expunging
from services.intake.settings import Settings
from shared.store.errors import Unavailable
from tests.intake.conftest import NOW, Intake, know_places, running

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("without_indexes")]

PATH = "/intake/v1/disposals"
TEXT = "Lampan vid trappan är trasig."
HELD = "Ring Anders på 070-123 45 67."
KINDS = {"NARRATIVE", "QUARANTINED", "REJECTED", "WITHDRAWN", "CONTACT", "IMPORT_REPORTS", "AUDIT"}
Json = dict[str, Any]


@pytest.fixture
def decided(tmp_path: Path) -> Path:
    """The file of decisions; empty so far."""
    file = tmp_path / "decisions.toml"
    file.write_text("", "utf-8")
    return file


@pytest.fixture
async def intake(settings_of: Settings, mongo_url: str, decided: Path) -> AsyncIterator[Intake]:
    settings = settings_of.model_copy(update={"retention_file": decided})
    async with running(settings, mongo_url) as service:
        await know_places(service)
        yield service


def decide(file: Path, *kinds: str, days: int = 30, valid_from: str = "2026-01-01") -> None:
    file.write_text(
        "".join(
            f'[[decision]]\nclass = "{kind}"\ndays = {days}\n'
            f'reference = "KUN 2026/{number:05}"\nvalid_from = {valid_from}\n'
            for number, kind in enumerate(kinds)
        ),
        "utf-8",
    )


async def run(
    intake: Intake, body: Json | None = None, *, after: timedelta = timedelta(days=40)
) -> httpx.Response:
    headers = intake.headers("RECORDS") | {"X-Samlad-Now": (NOW + after).isoformat()}
    return await intake.http.post(PATH, json=body or {}, headers=headers)


async def told(intake: Intake, **body: object) -> dict[str, Json]:
    answer = await run(intake, body)
    assert answer.status_code == 200, answer.text
    return {row["kind"]: row for row in answer.json()["rows"]}


async def reported(intake: Intake, **changes: object) -> str:
    concern_id: str = (await intake.report(**({"narrative": TEXT} | changes))).json()["concern_id"]
    return concern_id


async def one_of_each(intake: Intake) -> None:
    """Something due of every kind."""
    registered = await reported(intake)
    await reported(intake, narrative=HELD)
    rejected = await reported(intake, narrative=HELD)
    path = f"/intake/v1/quarantine/{rejected}/reject"
    reason = {"reason": "ABOUT_A_PERSON"}
    assert (await intake.post(path, reason, agency="DISTRICT_COORD")).status_code == 200
    withdrawn = await reported(intake)
    path = f"/intake/v1/concerns/{withdrawn}/withdraw"
    assert (await intake.post(path, {"reason": "SENT_TWICE"})).status_code == 200
    database = intake.mongo[intake.settings.database_name]
    await database["concern_imports"].insert_one(
        {"_id": "i", "district": "KUNGSHOLMEN", "at": NOW, "rows": []}
    )
    contacts = intake.mongo[intake.settings.keys_database_name]["contacts"]
    await contacts.insert_one({"_id": registered, "key": b"k", "sealed": b"s"})


async def everything(intake: Intake) -> Json:
    names = ("concerns", "concern_imports", "audit")
    kept: Json = {name: await intake.all(name) for name in names}
    keys = intake.mongo[intake.settings.keys_database_name]
    for name in ("data_keys", "contacts", "audit_head"):
        kept[name] = await keys[name].find().to_list(None)
    return kept


async def test_without_a_decision_nothing_goes_and_the_report_says_so(intake: Intake) -> None:
    await one_of_each(intake)
    before = await everything(intake)
    rows = await told(intake, dry_run=False)

    assert set(rows) == KINDS
    for row in rows.values():
        assert (row["decision"], row["due"], row["deleted"]) == (None, None, 0)
        assert row["said"] == {"sv": "inget beslut", "en": "no decision"}
    assert await everything(intake) == before


async def test_a_dry_run_counts_and_changes_nothing(intake: Intake, decided: Path) -> None:
    await one_of_each(intake)
    decide(decided, *KINDS)
    before = await everything(intake)
    for body in ({}, {"dry_run": True}):
        rows = await told(intake, **body)
        assert {kind: row["due"] for kind, row in rows.items()} == dict.fromkeys(KINDS, 1)
        assert {row["deleted"] for row in rows.values()} == {0}
    assert await everything(intake) == before


async def test_carried_out_what_is_due_goes_by_its_decision(intake: Intake, decided: Path) -> None:
    await one_of_each(intake)
    decide(decided, *sorted(KINDS))
    rows = await told(intake, dry_run=False)

    assert {row["deleted"] for row in rows.values()} == {1}
    kept = await everything(intake)
    assert (kept["data_keys"], kept["contacts"], kept["concern_imports"]) == ([], [], [])
    assert {each["state"]["status"] for each in kept["concerns"]} == {"REGISTERED", "EXPUNGED"}
    assert all(each["vault"] == {} for each in kept["concerns"])
    references = {kind: f"KUN 2026/{n:05}" for n, kind in enumerate(sorted(KINDS))}
    for each in kept["concerns"]:
        assert each["expunged"]["basis"] == "DISPOSAL_DECISION"
        assert each["expunged"]["reference"] in references.values()
        assert "ConcernNarrativeExpunged" in each["outbox"][-1]["type"]
    runs = {line["subject"]: line for line in kept["audit"] if line["act"] == "DISPOSAL_RUN"}
    assert {subject: line["reference"] for subject, line in runs.items()} == {
        f"DISPOSAL.{kind}": reference for kind, reference in references.items()
    }
    again = await told(intake, dry_run=True)
    assert {kind: row["due"] for kind, row in again.items()} == dict.fromkeys(KINDS, 0)


async def test_what_goes_whole_takes_its_contact_along(intake: Intake, decided: Path) -> None:
    held = await reported(intake, narrative=HELD)
    contacts = intake.mongo[intake.settings.keys_database_name]["contacts"]
    await contacts.insert_one({"_id": held, "key": b"k", "sealed": b"s"})
    decide(decided, "QUARANTINED")
    assert (await told(intake, dry_run=False))["QUARANTINED"]["deleted"] == 1
    assert await contacts.find().to_list(None) == []


async def test_a_decision_on_texts_takes_nothing_else_of_what_stays_registered(
    intake: Intake, decided: Path
) -> None:
    """Without a decision on it nothing is deleted: the contact waits for its own."""
    registered = await reported(intake, external_reference="LIB-7")
    contacts = intake.mongo[intake.settings.keys_database_name]["contacts"]
    await contacts.insert_one({"_id": registered, "key": b"k", "sealed": b"s"})
    decide(decided, "NARRATIVE")
    assert (await told(intake, dry_run=False))["NARRATIVE"]["deleted"] == 1
    [kept] = await intake.all("concerns")
    assert (kept["vault"], kept["state"]["external_reference"]) == ({}, "LIB-7")
    assert len(await contacts.find().to_list(None)) == 1

    ground = {"basis": "DATA_SUBJECT_REQUEST", "reference": "KUN 2026/00999"}
    path = f"/intake/v1/concerns/{registered}/expunge"
    answer = await intake.post(path, ground, agency="RECORDS")
    assert (answer.status_code, answer.headers.get("idempotent-replayed")) == (200, None)
    assert await contacts.find().to_list(None) == []
    assert "external_reference" not in (await intake.all("concerns"))[0]["state"]


async def test_nothing_stays_due_for_ever(intake: Intake, decided: Path) -> None:
    """Its text went by one decision; then it was taken back, which another disposes of."""
    one = await reported(intake)
    decide(decided, "NARRATIVE")
    await told(intake, dry_run=False)
    path = f"/intake/v1/concerns/{one}/withdraw"
    assert (await intake.post(path, {"reason": "SENT_TWICE"})).status_code == 200
    decide(decided, "WITHDRAWN")
    assert (await told(intake, dry_run=False))["WITHDRAWN"]["deleted"] == 1
    assert (await told(intake))["WITHDRAWN"]["due"] == 0


async def test_what_is_not_old_enough_or_not_decided_yet_stays(
    intake: Intake, decided: Path
) -> None:
    await one_of_each(intake)
    decide(decided, *KINDS, days=41)
    rows = await told(intake, dry_run=False)
    assert {row["due"] for row in rows.values()} == {0}
    decide(decided, *KINDS, valid_from="2026-12-24")
    rows = await told(intake, dry_run=False)
    assert {row["decision"] for row in rows.values()} == {None}
    assert len(await intake.keys_of_vault()) == 4


async def test_only_the_kinds_that_were_named_go(intake: Intake, decided: Path) -> None:
    await one_of_each(intake)
    decide(decided, *KINDS)
    rows = await told(intake, dry_run=False, kinds=["NARRATIVE"])
    assert set(rows) == {"NARRATIVE"}
    assert len(await intake.keys_of_vault()) == 3


async def test_a_file_of_decisions_that_cannot_be_read_stops_everything(
    intake: Intake, decided: Path
) -> None:
    await one_of_each(intake)
    decide(decided, "ALL")
    answer = await run(intake, {"dry_run": False})
    assert (answer.status_code, answer.json()["code"]) == (409, "DISPOSAL.DECISIONS_UNREADABLE")
    assert len(await intake.keys_of_vault()) == 4


async def test_broken_off_the_next_run_finishes(
    intake: Intake, decided: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        await reported(intake)
    decide(decided, "NARRATIVE")
    expunge, done = Expunging.expunge, list[str]()

    async def away_after_two(
        this: Expunging,
        concern_id: str,
        *rest: Any,  # noqa: ANN401 - as it is
        **named: Any,  # noqa: ANN401 - as it is
    ) -> Any:  # noqa: ANN401 - as it is
        if len(done) == 2:
            raise Unavailable("AWAY")
        done.append(concern_id)
        return await expunge(this, concern_id, *rest, **named)

    with monkeypatch.context() as broken:
        broken.setattr(Expunging, "expunge", away_after_two)
        assert (await run(intake, {"dry_run": False})).status_code == 503
    assert len(await intake.keys_of_vault()) == 3
    assert (await told(intake, dry_run=False))["NARRATIVE"]["deleted"] == 3
    assert await intake.keys_of_vault() == []


class Officer:
    """The front door as the command has it, asked in this process."""

    def __init__(self, answers: list[Json]) -> None:
        self.answers = answers
        self.asked: list[Json] = []

    def post(self, path: str, **content: Any) -> Json:  # noqa: ANN401 - as it is
        assert path == PATH
        self.asked.append(content["json"])
        return self.answers.pop(0)


async def test_a_long_run_goes_in_bounded_parts_until_nothing_is_left(
    intake: Intake, decided: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disposal, "AT_ONCE", 2)
    for _ in range(5):
        await reported(intake)
    decide(decided, "NARRATIVE")
    answers = [(await run(intake, {"dry_run": False})).json() for _ in range(4)]
    assert [answer["left"] for answer in answers] == [3, 1, 0, 0]

    officer = Officer(answers)
    report = dispose(officer, carry_out=True)
    assert officer.asked == [{"dry_run": False}] * 3
    [row] = [row for row in as_table(report) if row["kind"] == "NARRATIVE"]
    assert (row["due"], row["deleted"]) == (5, 5)
    assert row["decision"] == "KUN 2026/00000: 30 days, from 2026-01-01"
    assert {row["decision"] for row in as_table(report)} >= {"no decision (inget beslut)"}


def test_a_run_that_gets_no_further_ends() -> None:
    stuck = {"left": 7, "rows": [{"kind": "AUDIT", "due": 7, "deleted": 0, "decision": None}]}
    officer = Officer([stuck, stuck])
    assert dispose(officer, carry_out=True)["left"] == 7
    assert len(officer.asked) == 1


@pytest.mark.parametrize(("flags", "dry_run"), [([], True), (["--carry-out"], False)])
def test_the_command_only_counts_unless_it_is_told_to_dispose(
    monkeypatch: pytest.MonkeyPatch, *, flags: list[str], dry_run: bool
) -> None:
    row = {"kind": "AUDIT", "due": None, "deleted": 0, "decision": None}
    officer = Officer([{"left": 0, "rows": [row]}])
    monkeypatch.setattr("deploy.samlad.door.open_door", lambda *_, **__: officer)
    done = CliRunner().invoke(cli.app, ["retention", "run", *flags])
    assert done.exit_code == 0
    assert officer.asked == [{"dry_run": dry_run}]
    assert "no decision (inget beslut)" in done.output


def test_a_dry_run_asks_once() -> None:
    officer = Officer([{"left": 7, "rows": []}])
    dispose(officer, carry_out=False)
    assert officer.asked == [{"dry_run": True}]


@pytest.mark.parametrize("agency", ["FIELD_WORKERS", "DISTRICT_COORD", "DISTRICT_PREVENTION"])
async def test_only_the_records_officer_disposes(
    intake: Intake, decided: Path, agency: str
) -> None:
    await reported(intake)
    decide(decided, *KINDS)
    answer = await intake.post(PATH, {"dry_run": False}, agency=agency)
    assert answer.status_code == 403
    assert len(await intake.keys_of_vault()) == 1


async def test_another_district_keeps_its_own(intake: Intake, decided: Path) -> None:
    concern_id = await reported(intake)
    concerns = intake.mongo[intake.settings.database_name]["concerns"]
    await concerns.update_one({"_id": concern_id}, {"$set": {"district": "SODERMALM"}})
    decide(decided, *KINDS)
    assert (await told(intake, dry_run=False))["NARRATIVE"]["due"] == 0


async def test_what_moved_meanwhile_is_not_taken_by_a_decision_that_does_not_name_it(
    intake: Intake, decided: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    concern_id = await reported(intake, narrative=HELD)
    decide(decided, "QUARANTINED")
    expunge = Expunging.expunge

    async def released_first(
        this: Expunging,
        concern_id: str,
        *rest: Any,  # noqa: ANN401 - as it is
        **named: Any,  # noqa: ANN401 - as it is
    ) -> Any:  # noqa: ANN401 - as it is
        redacted = {"narrative": TEXT}
        path = f"/intake/v1/quarantine/{concern_id}/redact"
        assert (await intake.post(path, redacted, agency="DISTRICT_COORD")).status_code == 200
        return await expunge(this, concern_id, *rest, **named)

    monkeypatch.setattr(Expunging, "expunge", released_first)
    assert (await told(intake, dry_run=False))["QUARANTINED"]["deleted"] == 0
    [standing] = await intake.all("concerns")
    assert (standing["_id"], standing["state"]["status"]) == (concern_id, "REGISTERED")
    assert "narrative" in standing["vault"]
    assert len(await intake.keys_of_vault()) == 1
