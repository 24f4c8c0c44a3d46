"""Importing Brå's database files by API: every row accounted for, nothing twice, nothing half."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.intake.commands import statistics
from services.intake.commands.statistics import Statistics
from services.intake.domain.pace import SLICE
from services.intake.domain.readers import bra_sol
from shared.store.errors import Unavailable
from shared.store.group_commit import GroupCommit
from tests.intake.conftest import Intake, Json
from tests.support.real import REAL

pytestmark = pytest.mark.stack

PATH = "/intake/v1/statistics-imports"
HEADER = "Region;Brott;År;Period;Antal;/100 000 inv"
SOL = REAL / "bra/sol-databasfil"


def file(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows, ""]).encode("iso-8859-1")


async def send(intake: Intake, content: bytes, *, key: str = "", **form: str) -> httpx.Response:
    return await intake.http.post(
        PATH,
        files={"file": ("databasfil.txt", content, "text/plain")},
        data={"source": "bra-sol"} | form,
        headers=intake.headers("DISTRICT_COORD", key or str(uuid4())),
    )


def account(answer: httpx.Response) -> Json:
    counted = {"rows", "taken", "new", "superseded", "unchanged", "older", "skipped_total"}
    return {name: value for name, value in answer.json().items() if name in counted and value}


async def test_every_row_is_accounted_for(intake: Intake) -> None:
    rows = ["Heby kommun;Bilbrott;2015;Jan;89;657;", "Heby kommun;Bilbrott;2015;Jan;0;0;"]
    answer = await send(intake, file(*rows, "Ale kommun;Bilbrott;2015;Jan;..;..;"))

    assert answer.status_code == 201
    assert account(answer) == {"rows": 3, "taken": 2, "new": 2, "skipped_total": 1}
    assert answer.json()["skipped"] == [{"row": 3, "reason": "ZERO_DUPLICATE"}]
    kept = {(one["state"]["geography"], one["state"]["unit"]): one["state"]["value"]
            for one in await intake.all("statistics")}  # fmt: skip
    assert kept == {
        ("heby-kommun", "antal"): 89,
        ("heby-kommun", "per-100000-inv"): 657,
        ("ale-kommun", "antal"): None,
        ("ale-kommun", "per-100000-inv"): None,
    }
    [imported] = await intake.all("imports")
    assert [entry["type"].rsplit(".", 2)[1] for entry in imported["outbox"]] == [
        "StatisticsImported"
    ]
    labels = {one["_id"]: one["label"] for one in await intake.all("labels")}
    assert labels["heby-kommun"] == "Heby kommun"


async def test_the_same_file_again_changes_nothing(intake: Intake) -> None:
    content = file("Ale kommun;Bilbrott;2015;Jan;1;1;")
    first = await send(intake, content, key="a")
    again = await send(intake, content, key="b")
    other = await send(intake, content + b"\n\n", key="c")
    reused = await send(intake, content + b"\n", key="a")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert account(other) == {"rows": 1, "taken": 1, "unchanged": 1}
    assert reused.json()["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert all(len(one["outbox"]) == 1 for one in await intake.all("statistics"))


async def test_newer_and_definitive_figures_supersede_and_both_are_kept(intake: Intake) -> None:
    await send(intake, file("Ale kommun;Bilbrott;2016 prel.;Jan;1;1;"))
    newer = await send(intake, file("Ale kommun;Bilbrott;2016 prel.;Jan;2;1;"))
    final = await send(intake, file("Ale kommun;Bilbrott;2016;Jan;3;1;"))
    late = await send(intake, file("Ale kommun;Bilbrott;2016 prel.;Jan;9;1;"))

    assert account(newer) == account(final) == {"rows": 1, "taken": 1, "superseded": 1}
    assert account(late) == {"rows": 1, "skipped_total": 1}
    assert late.json()["skipped"] == [{"row": 2, "reason": "PRELIMINARY_AFTER_DEFINITIVE"}]
    counts = [one for one in await intake.all("statistics") if one["state"]["unit"] == "antal"]
    assert [(one["state"]["value"], one["state"]["preliminary"]) for one in counts] == [(3, False)]
    assert [entry["seq"] for entry in counts[0]["outbox"]] == [1, 2, 3]


async def test_a_dry_run_tells_the_same_and_stores_nothing(intake: Intake) -> None:
    content = file("Ale kommun;Bilbrott;2015;Jan;1;1;")
    dry = await send(intake, content, key="k", dry_run="true")

    assert (dry.status_code, dry.json()["dry_run"]) == (200, True)
    for collection in ("statistics", "imports", "labels", "used_keys"):
        assert await intake.all(collection) == []
    assert account(await send(intake, content, key="k")) == account(dry)


async def test_a_broken_off_import_is_sent_again_and_ends_whole(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = file(*(f"Ort {n} kommun;Bilbrott;2015;Jan;{n};1;" for n in range(30)))
    written = 0
    insert = GroupCommit.insert

    async def breaks_off(group: GroupCommit, document: Json) -> None:
        nonlocal written
        written += 1
        if written > 20:
            raise Unavailable("AWAY")
        await insert(group, document)

    with monkeypatch.context() as broken:
        broken.setattr(GroupCommit, "insert", breaks_off)
        assert (await send(intake, content, key="k")).status_code == 503
    assert len(await intake.all("statistics")) == 20
    assert await intake.all("imports") == []

    again = await send(intake, content, key="k")
    assert again.status_code == 201
    assert account(again)["taken"] == 30
    figures = await intake.all("statistics")
    assert (len(figures), {one["v"] for one in figures}) == (60, {1})


async def test_the_same_figures_sent_at_the_same_moment_stand_once(intake: Intake) -> None:
    rows = [f"Ort {n} kommun;Bilbrott;2015;Jan;{n};1;" for n in range(50)]
    same = file(*rows)
    overlapping = file(*rows, "Ale kommun;Bilbrott;2015;Jan;1;1;")
    answers = await asyncio.gather(*(send(intake, one) for one in (same, same, overlapping)))

    assert {answer.status_code for answer in answers} <= {200, 201}
    kept = await intake.all("statistics")
    assert (len(kept), {len(one["outbox"]) for one in kept}) == (102, {1})
    assert len(await intake.all("imports")) == 2
    assert sum(account(answer).get("new", 0) for answer in answers[::2]) >= 1


async def test_a_file_that_is_not_what_it_says_is_refused_whole(intake: Intake) -> None:
    good = "Ale kommun;Bilbrott;2015;Jan;1;1;"
    cases = [
        (file(good, "Ale kommun;Rån;2015;Jan;x;1;"), 422, "Rad 3"),
        (file(good, "Anna 19900101-2385;Rån;2015;Jan;1;1;"), 422, "Rad 3"),
        (b"not a table", 422, "Rad 1"),
        (b"", 422, "Rad 1"),
        (b"x" * (5 * 1024 * 1024 + 1), 413, ""),
    ]
    for content, status, words in cases:
        answer = await send(intake, content)
        assert answer.status_code == status
        assert words in answer.json()["detail"]
        assert "19900101" not in answer.text
    assert (await send(intake, file(good), source="scb")).status_code == 422
    assert await intake.all("used_keys") == []
    assert await intake.all("statistics") == []
    assert await intake.all("imports") == []


async def test_a_reporter_may_not_import(intake: Intake) -> None:
    answer = await intake.http.post(
        PATH,
        files={"file": ("x.txt", file())},
        data={"source": "bra-sol"},
        headers=intake.headers("FIELD_WORKERS", "k"),
    )
    assert answer.status_code == 403


@pytest.mark.real
async def test_the_real_files_go_in_whole(intake: Intake) -> None:
    monthly = await send(intake, (SOL / "DatabasfilMar2015.txt").read_bytes())
    annual = await send(intake, (SOL / "sol_dbfil_ar_2024-2025.txt").read_bytes())

    assert account(monthly) == {"rows": 2910, "taken": 2900, "new": 2900, "skipped_total": 10}
    assert account(annual) == {"rows": 19, "taken": 17, "new": 17, "skipped_total": 2}
    assert len(await intake.all("statistics")) == 2 * 2917


async def test_a_file_with_too_many_rows_is_refused_before_it_is_read(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bra_sol, "_rows", None)
    answer = await send(intake, b"a;b;2015;Jan;1;1\n" * 100_002)

    assert (answer.status_code, answer.json()["code"]) == (422, "STATISTICS.TOO_MANY_ROWS")
    assert "100000" in answer.json()["detail"]


async def test_one_import_at_a_time_and_the_next_is_told_to_come_again(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics, "TURN_SECONDS", 0.05)
    under_way, end = asyncio.Event(), asyncio.Event()
    take = Statistics._take  # noqa: SLF001 - held still in the middle of an import

    async def held(self: Statistics, *args: Any, **named: Any) -> Any:  # noqa: ANN401 - passed on
        under_way.set()
        await end.wait()
        return await take(self, *args, **named)

    monkeypatch.setattr(Statistics, "_take", held)
    first = asyncio.create_task(send(intake, file("Ale kommun;Bilbrott;2015;Jan;1;1;")))
    await under_way.wait()
    second = await send(intake, file("Ale kommun;Bilbrott;2015;Feb;1;1;"))
    assert (second.status_code, second.headers["retry-after"]) == (503, "5")
    assert second.json()["code"] == "import-running"
    end.set()
    assert (await first).status_code == 201
    assert (await send(intake, file("Ale kommun;Bilbrott;2015;Feb;1;1;"))).status_code == 201


async def test_reading_a_long_file_rests_again_and_again() -> None:
    rests: list[None] = []
    rows = [f"Ort {n} kommun;Bilbrott;2015;Jan;{n};1;" for n in range(1000)]
    bra_sol.read(file(*rows), lambda: rests.append(None))

    assert len(rests) >= 3 * 1000 // SLICE
