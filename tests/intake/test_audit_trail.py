"""The audit trail in MongoDB: every act stands in its order, and no change to it stays unseen."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import permutations
from pathlib import Path
from typing import Any, cast

import pytest
from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import OperationFailure
from typer.testing import CliRunner

from deploy.samlad import cli
from services.intake.commands.audit import AuditTrail
from services.intake.commands.trail import Act, Line, Purpose
from services.intake.commands.vault import Vault
from services.intake.store import Store
from services.intake.store.audit import AuditLines
from shared.contracts.codes import Role
from shared.contracts.envelope import Provenance
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.security.audit import Head
from shared.security.inspection import Fault, Found
from shared.security.master import MasterKeys
from shared.store.client import connect
from shared.store.errors import Conflict, Unavailable
from shared.telemetry.clock import SystemClock
from tests.intake.conftest import DISTRICT, Intake
from tests.intake.people import signed_in

pytestmark = pytest.mark.stack

MASTER = bytes(range(32))
WHY = Provenance(
    time=datetime(2026, 6, 5, 21, 40, 0, 123456, tzinfo=UTC),
    district=DistrictCode(DISTRICT.code),
    agency=AgencyCode("DISTRICT_COORD"),
    actor_role=Role.COORDINATOR,
    correlation_id="7b0c3f0e-5f0a-5f1e-9a58-0f6b3f1c2d4e",
)
LENGTH = 5
NUMBERS = range(1, LENGTH + 1)
Json = dict[str, Any]


def line(number: int = 1) -> Line:
    return Line(
        act=Act.NARRATIVE_READ, subject=f"C.{number}", why=WHY, purpose=Purpose.TRIAGE, count=number
    )


@asynccontextmanager
async def trail_of(mongo_url: str, name: str, master: bytes = MASTER) -> AsyncIterator[AuditTrail]:
    """The trail as one process has it."""
    client = connect(mongo_url)
    database, keys = client.database(f"{name}_intake"), client.database(f"{name}_vault_keys")
    store = Store(client, database=database, keys=keys)
    yield AuditTrail(store.audit, Vault(MasterKeys.read(master), store, SystemClock()))
    await store.stop()


@pytest.fixture
async def trail(mongo_url: str, database_name: str) -> AsyncIterator[AuditTrail]:
    async with trail_of(mongo_url, database_name) as this:
        yield this


@pytest.fixture
async def written(trail: AuditTrail) -> AuditTrail:
    for number in NUMBERS:
        await trail.note(line(number))
    return trail


class Intruder:
    """Has the database, and not the key."""

    def __init__(self, mongo: AsyncMongoClient[Json], name: str) -> None:
        self.lines = mongo[f"{name}_intake"]["audit"]
        self.heads = mongo[f"{name}_vault_keys"]["audit_head"]

    async def rows(self) -> list[Json]:
        return await self.lines.find().sort("_id", 1).to_list(None)

    async def put(self, rows: list[Json]) -> None:
        await self.lines.delete_many({})
        if rows:
            await self.lines.insert_many(rows)

    async def numbered_anew(self, rows: list[Json]) -> None:
        await self.put([{**row, "_id": place} for place, row in enumerate(rows, 1)])


@pytest.fixture
async def intruder(mongo_url: str, database_name: str) -> AsyncIterator[Intruder]:
    async with AsyncMongoClient[Json](mongo_url, tz_aware=True) as mongo:
        yield Intruder(mongo, database_name)


async def found(trail: AuditTrail, noted: Head | None = None) -> list[Found]:
    return list((await trail.check(noted)).found)


async def test_what_was_noted_stands_in_its_order(written: AuditTrail, intruder: Intruder) -> None:
    report = await written.check()
    assert (report.lines, list(report.found)) == (LENGTH, [])
    assert report.head is not None
    assert report.head.count == LENGTH
    assert [row["subject"] for row in await intruder.rows()] == [f"C.{n}" for n in NUMBERS]
    assert await found(written, report.head) == []


async def test_any_field_of_any_row_changed_removed_or_added_is_found(
    written: AuditTrail, intruder: Intruder
) -> None:
    rows = await intruder.rows()
    tried = 0
    for row in rows:
        fields = [name for name in row if name != "_id"]
        changes = [{"$set": {name: "FORGED"}} for name in [*fields, "reference"]]
        changes += [{"$unset": {name: ""}} for name in fields]
        for change in changes:
            await intruder.lines.update_one({"_id": row["_id"]}, change)
            assert await found(written) == [Found(Fault.CHANGED, row["_id"])], change
            await intruder.lines.replace_one({"_id": row["_id"]}, row)
            tried += 1
    assert tried >= LENGTH * 20
    assert await found(written) == []


async def test_any_row_removed_is_found(written: AuditTrail, intruder: Intruder) -> None:
    rows = await intruder.rows()
    for number in NUMBERS:
        fault = Fault.CUT_OFF if number == LENGTH else Fault.MISSING
        without = [row for row in rows if row["_id"] != number]
        await intruder.put(without)
        assert await found(written) == [Found(fault, number)]
        await intruder.numbered_anew(without)
        assert Found(fault, number) in await found(written)
    await intruder.put(rows)
    assert await found(written) == []


async def test_a_tail_cut_off_anywhere_is_found(written: AuditTrail, intruder: Intruder) -> None:
    rows = await intruder.rows()
    for kept in range(LENGTH):
        await intruder.put(rows[:kept])
        [cut] = await found(written)
        assert (cut.fault, cut.line) == (Fault.CUT_OFF, kept + 1)


async def test_any_two_rows_swapped_are_found(written: AuditTrail, intruder: Intruder) -> None:
    rows = await intruder.rows()
    for first, second in permutations(NUMBERS, 2):
        swapped = {first: second, second: first}
        await intruder.put([{**row, "_id": swapped.get(row["_id"], row["_id"])} for row in rows])
        assert {(each.fault, each.line, each.belongs_at) for each in await found(written)} == {
            (Fault.MOVED, first, second),
            (Fault.MOVED, second, first),
        }


async def test_any_row_put_in_is_found(written: AuditTrail, intruder: Intruder) -> None:
    rows = await intruder.rows()
    for place in range(LENGTH + 1):
        forged = {**rows[0], "subject": "FORGED"}
        await intruder.numbered_anew([*rows[:place], forged, *rows[place:]])
        assert Found(Fault.INSERTED, place + 1) in await found(written)
        await intruder.put([*rows, {**forged, "_id": place + 0.5}, {**forged, "_id": f"{place}"}])
        assert {each.fault for each in await found(written)} == {Fault.INSERTED}


async def test_lines_written_after_a_cut_do_not_cover_it(
    written: AuditTrail, intruder: Intruder
) -> None:
    await intruder.put((await intruder.rows())[:2])
    for number in range(LENGTH):
        await written.note(line(number))
    assert await found(written) == [Found(Fault.MISSING, 3, LENGTH)]


@pytest.mark.parametrize("head", ["changed", "removed"])
async def test_lines_written_after_the_head_was_forged_do_not_mend_it(
    written: AuditTrail, intruder: Intruder, head: str
) -> None:
    await intruder.put((await intruder.rows())[:2])
    if head == "changed":
        await intruder.heads.update_one({}, {"$set": {"count": 2}})
    else:
        await intruder.heads.delete_many({})
    for number in range(LENGTH):
        await written.note(line(number))
    fault = Fault.HEAD_CHANGED if head == "changed" else Fault.HEAD_MISSING
    assert fault in {each.fault for each in await found(written)}


async def test_an_old_copy_put_back_whole_is_found_by_the_head_that_was_noted(
    written: AuditTrail, intruder: Intruder
) -> None:
    rows, head = await intruder.rows(), await intruder.heads.find_one()
    assert head is not None
    for number in range(3):
        await written.note(line(number))
    noted = (await written.check()).head
    await intruder.put(rows)
    await intruder.heads.replace_one({}, head)
    assert await found(written) == []
    assert await found(written, noted) == [Found(Fault.NOT_AS_NOTED, LENGTH + 3)]


async def test_lines_written_with_the_key_of_another_vault_are_told_apart(
    written: AuditTrail, mongo_url: str, database_name: str
) -> None:
    async with trail_of(mongo_url, database_name, bytes(32)) as other:
        await other.note(line())
        assert Fault.HEAD_CHANGED in {each.fault for each in await found(other)}
    assert await found(written) == [Found(Fault.INSERTED, LENGTH + 1)]


async def test_several_processes_write_one_chain(mongo_url: str, database_name: str) -> None:
    each, processes = 40, 4
    async with asyncio.timeout(60), trail_of(mongo_url, database_name) as first:
        await first.note(line(0))
        async with (
            trail_of(mongo_url, database_name) as second,
            trail_of(mongo_url, database_name) as third,
            trail_of(mongo_url, database_name) as fourth,
        ):
            trails = (first, second, third, fourth)
            await asyncio.gather(*(t.note(line(n)) for n in range(each) for t in trails))
        report = await first.check()
    assert (report.lines, list(report.found)) == (1 + each * processes, [])


async def test_one_process_writes_hundreds_of_lines_a_second(written: AuditTrail) -> None:
    many = 400
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(written.note(line(n)) for n in range(many)))
    took = asyncio.get_running_loop().time() - began
    assert (await written.check()).lines == LENGTH + many
    assert took < 4


async def test_the_lines_of_a_thousand_requests_are_written_at_once_or_not_at_all(
    written: AuditTrail, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [line(number) for number in range(1000)]
    await asyncio.gather(written.note(*many), written.note(line()), written.note())
    report = await written.check()
    assert (report.lines, list(report.found)) == (LENGTH + len(many) + 1, [])

    async def away(*_: object, **__: object) -> None:
        raise Unavailable("AWAY")

    monkeypatch.setattr("services.intake.store.audit.AuditLines._move", away)
    with pytest.raises(Unavailable):
        await written.note(*many)
    assert (await written.check()).lines == report.lines


async def test_a_line_is_refused_when_others_are_always_first(
    written: AuditTrail, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def taken(*_: object, **__: object) -> None:
        raise Conflict("LINE_TAKEN")

    monkeypatch.setattr("services.intake.commands.audit.LONGEST_REST_SECONDS", 0)
    with monkeypatch.context() as busy:
        busy.setattr("services.intake.store.audit.AuditLines.add", taken)
        with pytest.raises(Unavailable):
            await written.note(line())
    assert (await written.check()).lines == LENGTH


@pytest.mark.parametrize("code", [24, 112, 246])
async def test_a_line_stands_although_something_was_in_its_way_at_first(
    written: AuditTrail, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """The making of an index holds a lock; another transaction writes the same head."""
    name, tried = "_move", list[int]()
    move = getattr(AuditLines, name)

    async def in_the_way(lines: AuditLines, *given: object) -> None:
        tried.append(code)
        if len(tried) == 1:
            raise OperationFailure("lock", code, {"errorLabels": ["TransientTransactionError"]})
        await move(lines, *given)

    monkeypatch.setattr(AuditLines, name, in_the_way)
    await written.note(line())
    report = await written.check()
    assert len(tried) == 2
    assert (report.lines, list(report.found)) == (LENGTH + 1, [])


async def test_a_caller_who_gave_up_while_waiting_leaves_no_line(written: AuditTrail) -> None:
    first = asyncio.create_task(written.note(line(1)))
    await asyncio.sleep(0)
    gone = asyncio.create_task(written.note(line(2)))
    await asyncio.sleep(0)
    gone.cancel()
    await first
    await written.note(line(3))
    report = await written.check()
    assert (report.lines, list(report.found)) == (LENGTH + 2, [])


# Disposal of the first lines, by a decision


LATER = WHY.time + timedelta(days=400)


async def test_without_its_first_lines_the_chain_is_whole_and_still_shows_every_change(
    written: AuditTrail, intruder: Intruder
) -> None:
    await written.note(line_at(LATER))
    noted = (await written.check()).head
    assert await written.dispose(WHY.time) == LENGTH
    assert await written.dispose(WHY.time) == 0

    [left] = await intruder.rows()
    assert left["_id"] == LENGTH + 1
    await written.note(line_at(LATER))
    assert await found(written, noted) == []
    await intruder.lines.update_one({"_id": LENGTH + 2}, {"$set": {"count": 9}})
    assert await found(written) == [Found(Fault.CHANGED, LENGTH + 2)]
    await intruder.lines.delete_one({"_id": LENGTH + 1})
    assert Found(Fault.MISSING, LENGTH + 1) in await found(written)


async def test_a_chain_of_which_nothing_is_left_goes_on(
    written: AuditTrail, intruder: Intruder
) -> None:
    noted = (await written.check()).head
    assert await written.dispose(LATER) == LENGTH
    assert await intruder.rows() == []
    assert await found(written, noted) == []
    await written.note(line())
    assert [row["_id"] for row in await intruder.rows()] == [LENGTH + 1]
    assert await found(written, noted) == []


async def test_broken_off_after_the_base_the_chain_is_whole_and_the_next_run_finishes(
    written: AuditTrail, intruder: Intruder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> int:
        raise Unavailable("AWAY")

    with monkeypatch.context() as broken:
        broken.setattr("services.intake.store.audit.AuditLines.forget_until", away)
        with pytest.raises(Unavailable):
            await written.dispose(LATER)
    assert len(await intruder.rows()) == LENGTH
    assert await found(written) == []
    assert await written.dispose(WHY.time - timedelta(days=1)) == LENGTH
    assert await found(written) == []


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_line_that_was_changed_is_never_disposed_of(
    written: AuditTrail, intruder: Intruder, number: int
) -> None:
    await intruder.lines.update_one({"_id": number}, {"$set": {"count": 99}})
    assert await written.dispose(LATER) == number - 1
    assert await found(written) == [Found(Fault.CHANGED, number)]


async def test_nobody_without_the_key_makes_a_base(written: AuditTrail, intruder: Intruder) -> None:
    rows, head = await intruder.rows(), await intruder.heads.find_one({"_id": "intake"})
    assert head is not None
    await intruder.put([])
    await intruder.heads.insert_one({**head, "_id": "base"})
    faults = {each.fault for each in await found(written)}
    assert faults == {Fault.BASE_CHANGED, Fault.CUT_OFF}
    assert await written.dispose(LATER) == 0

    await intruder.heads.delete_one({"_id": "base"})
    await intruder.put(rows)
    await written.dispose(WHY.time)
    await intruder.heads.delete_one({"_id": "base"})
    assert {each.fault for each in await found(written)} == {Fault.CUT_OFF}
    await intruder.put([{**rows[0], "count": 9}])
    assert Fault.CHANGED in {each.fault for each in await found(written)}


async def test_lines_disposed_of_while_the_chain_is_gone_through_are_no_fault(
    written: AuditTrail, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything, gone = AuditLines.all, list[int]()

    async def meanwhile(this: AuditLines) -> AsyncIterator[Json]:
        if not gone:
            gone.append(await written.dispose(LATER))
        async for row in everything(this):
            yield row

    monkeypatch.setattr(AuditLines, "all", meanwhile)
    assert await found(written) == []
    assert gone == [LENGTH]


def line_at(moment: datetime) -> Line:
    return replace(line(), why=replace(WHY, time=moment))


# By API and by command


async def test_the_records_officer_reads_the_trail_and_that_is_a_line(intake: Intake) -> None:
    path = "/intake/v1/audit-lines"
    first = (await intake.get(path, agency="RECORDS")).json()
    second = (await intake.get(path, agency="RECORDS")).json()
    third = (await intake.get(f"{path}?subject=C.1", agency="RECORDS")).json()

    assert (first["total"], second["total"], third["total"]) == (0, 1, 0)
    assert second["items"][0]["act"] == "AUDIT_READ"
    assert second["items"][0]["agency"] == "RECORDS"
    assert [row["subject"] for row in await intake.all("audit")] == ["AUDIT", "AUDIT", "C.1"]


async def test_paging_by_the_links_shows_every_line_once(intake: Intake) -> None:
    for _ in range(5):
        await intake.get("/intake/v1/audit-lines", agency="RECORDS")
    seen, path = [], "/intake/v1/audit-lines?limit=2"
    while path:
        answer = await intake.get(path, agency="RECORDS")
        seen += [row["number"] for row in answer.json()["items"]]
        path = answer.links.get("next", {}).get("url", "")
    assert seen == [5, 4, 3, 2, 1]
    assert len(await intake.all("audit")) == 8


class Later(StrEnum):
    """Words of a version that is newer than this one."""

    ACT = "SEALED_TWICE"
    ROLE = "OMBUDSMAN"
    PURPOSE = "SUPERVISION"


async def written_by_a_newer_version(intake: Intake, subject: str) -> None:
    """A line in words this version does not know, well chained."""
    async with trail_of(
        intake.settings.mongo_url,
        intake.settings.database_prefix.removesuffix("_"),
        intake.settings.vault_key_file.read_bytes(),
    ) as trail:
        told = {"act": Later.ACT, "subject": subject, "purpose": Later.PURPOSE}
        why = replace(WHY, actor_role=cast("Role", Later.ROLE))
        await trail.note(Line(why=why, **cast("Any", told)))


async def test_a_line_in_words_of_a_newer_version_is_shown_as_it_is(intake: Intake) -> None:
    await written_by_a_newer_version(intake, "C.1")
    await intake.mongo[intake.settings.database_name]["audit"].update_one(
        {"_id": 1}, {"$set": {"weight": 7}}
    )
    await intake.get("/intake/v1/audit-lines", agency="RECORDS")
    answer = await intake.get("/intake/v1/audit-lines", agency="RECORDS")

    assert answer.status_code == 200
    [reading, strange] = answer.json()["items"]
    assert (reading["act"], reading["known"], reading["further"]) == ("AUDIT_READ", True, {})
    assert (strange["act"], strange["known"]) == ("SEALED_TWICE", False)
    assert (strange["role"], strange["purpose"]) == ("OMBUDSMAN", "SUPERVISION")
    assert strange["further"] == {"weight": "7"}


async def test_an_access_export_shows_such_a_line_too(intake: Intake) -> None:
    one = (await intake.report(narrative="Tre lampor.")).json()["concern_id"]
    await written_by_a_newer_version(intake, one)
    asked = {"concern_id": one, "reference": "KUN 2026/00123"}
    answer = await intake.post("/intake/v1/access-exports", asked, agency="RECORDS")
    page = await signed_in(intake, "RECORDS", Role.RECORDS_OFFICER).send(
        "/intake/access-exports", **asked
    )

    assert (answer.status_code, page.status_code) == (200, 200)
    lines = answer.json()["reports"][0]["audit"]
    assert [(each["act"], each["known"]) for each in lines] == [
        ("SEALED_TWICE", False),
        ("ACCESS_GIVEN", True),
    ]
    assert "SEALED_TWICE (okänt för den här versionen" in page.text


@pytest.mark.parametrize("agency", ["FIELD_WORKERS", "DISTRICT_COORD", "DISTRICT_PREVENTION"])
async def test_nobody_else_reads_the_trail(intake: Intake, agency: str) -> None:
    assert (await intake.get("/intake/v1/audit-lines", agency=agency)).status_code == 403
    assert await intake.all("audit") == []


@pytest.fixture
def system(
    mongo_url: str, database_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MongoClient[Json]]:
    """A trail of some lines in a system that the settings name."""

    async def write() -> None:
        async with trail_of(mongo_url, database_name) as trail:
            for number in NUMBERS:
                await trail.note(line(number))

    (tmp_path / "vault.key").write_bytes(MASTER)
    monkeypatch.setenv("SAMLAD_MONGO_URL", mongo_url)
    monkeypatch.setenv("SAMLAD_DATABASE_PREFIX", f"{database_name}_")
    monkeypatch.setenv("SAMLAD_VAULT_KEY_FILE", str(tmp_path / "vault.key"))
    asyncio.run(write())
    with MongoClient[Json](mongo_url) as mongo:
        yield mongo


def samlad(*arguments: str) -> tuple[int, Any]:
    done = CliRunner().invoke(cli.app, [*arguments, "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_the_command_proves_the_trail_or_says_which_line_is_wrong(
    system: MongoClient[Json], database_name: str
) -> None:
    code, whole = samlad("audit", "verify")
    assert (code, whole["whole"], whole["lines"]) == (0, True, LENGTH)
    assert samlad("audit", "verify", "--noted", whole["head"])[0] == 0

    lines = system[f"{database_name}_intake"]["audit"]
    lines.update_one({"_id": 3}, {"$set": {"agency": "SOMEBODY_ELSE"}})
    code, broken = samlad("audit", "verify")
    assert (code, broken["whole"]) == (1, False)
    assert broken["found"] == [
        {"fault": "CHANGED", "line": 3, "until": None, "belongs_at": None},
    ]


REGISTERED: Json = {"agency": "LIBRARIES", "state": {"status": "REGISTERED", "findings": []}}
FOUND = [{"type": "NAME", "count": 1}]


@pytest.mark.parametrize(
    ("collection", "kept", "code", "words"),
    [
        ("concerns", REGISTERED, 0, "1 concerns are kept"),
        ("concerns", REGISTERED | {"state": {"status": "QUARANTINED", "findings": FOUND}}, 0,
         "1 concerns are kept"),
        ("concerns", REGISTERED | {"state": {"status": "REJECTED", "findings": FOUND}}, 1,
         "1 decisions"),
        ("concerns", REGISTERED | {"state": {"status": "EXPUNGED"}}, 1, "1 decisions"),
        ("concerns", REGISTERED | {"state": {"status": "REGISTERED", "findings": FOUND}}, 1,
         "1 decisions"),
        ("api_keys", {"kind": "AGENCY"}, 1, "1 API keys"),
        ("used_keys", {"diverted": True}, 0, None),
    ],
)  # fmt: skip
def test_an_empty_trail_is_held_against_what_is_kept(
    system: MongoClient[Json],
    database_name: str,
    *,
    collection: str,
    kept: Json,
    code: int,
    words: str | None,
) -> None:
    intake = system[f"{database_name}_intake"]
    intake["audit"].delete_many({})
    system[f"{database_name}_vault_keys"]["audit_head"].delete_many({})
    intake[collection].insert_one({"_id": "1", **kept})
    found, told = samlad("audit", "verify")

    assert (found, told["whole"], told["lines"]) == (code, code == 0, 0)
    assert (words in told["warning"]) if words else told["warning"] is None
    plain = CliRunner().invoke(cli.app, ["audit", "verify"])
    said = plain.stdout + plain.stderr
    assert (plain.exit_code, (words or "the trail is whole") in said) == (code, True)


def test_a_trail_with_lines_is_not_warned_about(
    system: MongoClient[Json], database_name: str
) -> None:
    system[f"{database_name}_intake"]["concerns"].insert_one({"_id": "1", **REGISTERED})
    code, told = samlad("audit", "verify")
    assert (code, told["whole"], told["warning"]) == (0, True, None)


def test_a_trail_disposed_of_whole_still_has_its_head(
    system: MongoClient[Json], mongo_url: str, database_name: str
) -> None:
    async def dispose() -> None:
        async with trail_of(mongo_url, database_name) as trail:
            await trail.dispose(datetime.now(UTC))

    asyncio.run(dispose())
    system[f"{database_name}_intake"]["concerns"].insert_one({"_id": "1", **REGISTERED})
    code, told = samlad("audit", "verify")
    assert (code, told["lines"], told["warning"]) == (0, 0, None)
    system[f"{database_name}_vault_keys"]["audit_head"].delete_one({"_id": "intake"})
    code, told = samlad("audit", "verify")
    assert (code, [each["fault"] for each in told["found"]]) == (1, ["HEAD_MISSING"])


def test_the_command_shows_lines_and_leaves_one(
    system: MongoClient[Json], database_name: str
) -> None:
    code, rows = samlad("audit", "show", "--subject", "C.2")
    assert code == 0
    assert [(row["act"], row["subject"]) for row in rows] == [("NARRATIVE_READ", "C.2")]
    code, rows = samlad("audit", "show", "--since", "2026-06-05")
    assert [row["act"] for row in rows] == ["NARRATIVE_READ"] * LENGTH + ["AUDIT_READ"]
    assert rows[-1]["agency"] == "OPERATOR"
    assert samlad("audit", "verify")[0] == 0


def test_a_key_that_is_none_is_one_sentence(system: MongoClient[Json], tmp_path: Path) -> None:
    (tmp_path / "vault.key").write_bytes(b"short")
    done = CliRunner().invoke(cli.app, ["audit", "verify"])
    assert "must be 32 bytes" in str(done.exception)
