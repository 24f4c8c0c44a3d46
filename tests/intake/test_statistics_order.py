"""Files of several days: what was fetched later stands, whichever came in first."""

from hashlib import sha256

import httpx
import pytest

from services.intake.commands.figures import Figures
from shared.contracts.statistics import StatisticObserved
from shared.store.errors import Unavailable
from tests.intake.conftest import Intake, Json

pytestmark = pytest.mark.stack

HEADER = "indicator;geography;period;value;unit"


def table(**values: int) -> bytes:
    rows = [f"Test brott;{place};2024;{value};antal" for place, value in values.items()]
    return "\n".join([HEADER, *rows, ""]).encode()


async def send(intake: Intake, content: bytes, day: str = "", **form: str) -> httpx.Response:
    return await intake.http.post(
        "/intake/v1/statistics-imports",
        files={"file": ("t.csv", content, "text/csv")},
        data={"source": "tidy"} | ({"fetched_on": day} if day else {}) | form,
        headers=intake.headers("DISTRICT_COORD", sha256(content).hexdigest()),
    )


def account(answer: httpx.Response) -> Json:
    counted = ("fetched_on", "taken", "new", "superseded", "unchanged", "older")
    return {name: answer.json()[name] for name in counted if answer.json().get(name)}


async def standing(intake: Intake) -> dict[str, tuple[float, str | None]]:
    return {
        one["state"]["geography"]: (one["state"]["value"], one["state"]["fetched_on"])
        for one in await intake.all("statistics")
    }


async def told(intake: Intake, place: str) -> list[StatisticObserved]:
    [found] = [one for one in await intake.all("statistics") if one["state"]["geography"] == place]
    return [StatisticObserved.model_validate_json(entry["data"]) for entry in found["outbox"]]


T0, T1, T2 = table(Stockholm=8), table(Stockholm=10, Solna=4), table(Stockholm=12, Solna=3)


async def test_a_figure_fetched_earlier_is_kept_and_supersedes_nothing(intake: Intake) -> None:
    await send(intake, T1, "2026-05-01")
    await send(intake, T2, "2026-05-04")
    tried = await send(intake, T0, "2025-01-01", dry_run="true")
    late = await send(intake, T0, "2025-01-01")

    assert account(late) == {"fetched_on": "2025-01-01", "taken": 1, "older": 1} == account(tried)
    assert (await standing(intake))["stockholm"] == (12, "2026-05-04")
    kept = await told(intake, "stockholm")
    assert [(one.value, one.older) for one in kept] == [(10, False), (12, False), (8, True)]
    assert kept[-1].import_id == late.json()["import_id"]

    again = await send(intake, T0 + b"\n", "2025-01-01")
    assert account(again) == {"fetched_on": "2025-01-01", "taken": 1, "unchanged": 1}
    assert len(await told(intake, "stockholm")) == 3


async def test_a_figure_that_came_before_in_another_file_is_not_kept_twice(
    intake: Intake,
) -> None:
    await send(intake, T1, "2026-05-01")
    await send(intake, T2, "2026-05-04")
    again = await send(intake, T1 + b"\n", "2026-05-01")

    assert account(again) == {"fetched_on": "2026-05-01", "taken": 2, "unchanged": 2}
    assert len(await told(intake, "stockholm")) == 2


async def test_a_file_fetched_again_puts_its_figures_right_and_says_what_it_did(
    intake: Intake,
) -> None:
    first = await send(intake, T2, "2026-05-04")
    await send(intake, T0, "2026-05-05")
    assert (await standing(intake))["stockholm"] == (8, "2026-05-05")

    asked = {"fetched_on": "2026-05-10", "taken": 2, "superseded": 1, "unchanged": 1}
    assert account(await send(intake, T2, "2026-05-10", dry_run="true")) == asked
    right = await send(intake, T2, "2026-05-10")
    assert (right.status_code, account(right)) == (201, asked)
    assert right.json()["import_id"] != first.json()["import_id"]
    assert (await standing(intake))["stockholm"] == (12, "2026-05-10")

    repeated = await send(intake, T2, "2026-05-10")
    assert (repeated.status_code, repeated.json()) == (200, right.json())
    assert (await send(intake, T2, "2026-05-04")).json() == first.json()
    assert (await send(intake, T2)).json() == first.json()
    assert len(await told(intake, "stockholm")) == 3


async def test_a_file_fetched_again_that_changes_nothing_answers_as_before(intake: Intake) -> None:
    first = await send(intake, T2, "2026-05-04")
    again = await send(intake, T2, "2026-05-10")

    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert len(await intake.all("imports")) == 1
    assert len(await told(intake, "stockholm")) == 1
    between = await send(intake, T1, "2026-05-07")
    assert account(between)["older"] == 2
    assert (await standing(intake))["stockholm"] == (12, "2026-05-04")


async def test_a_dry_run_of_a_file_fetched_again_remembers_nothing(intake: Intake) -> None:
    await send(intake, T2, "2026-05-04")
    await send(intake, T2, "2026-05-10", dry_run="true")
    assert account(await send(intake, T1, "2026-05-07"))["superseded"] == 2


async def test_without_a_day_files_count_as_they_come(intake: Intake) -> None:
    await send(intake, T1, "2026-05-04")
    assert account(await send(intake, T2))["superseded"] == 2
    assert account(await send(intake, T0, "2026-05-01"))["older"] == 1
    assert await standing(intake) == {"stockholm": (12, None), "solna": (3, None)}


async def test_a_file_fetched_again_and_broken_off_is_sent_again_and_ends_whole(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(intake, T2, "2026-05-04")
    await send(intake, T1, "2026-05-05")
    take = Figures.take

    async def breaks_off(figures: Figures, *args: object, **named: object) -> object:
        await take(figures, *args, **named)  # type: ignore[arg-type]
        raise Unavailable("AWAY")

    with monkeypatch.context() as broken:
        broken.setattr(Figures, "take", breaks_off)
        assert (await send(intake, T2, "2026-05-10")).status_code == 503
    ended = await send(intake, T2, "2026-05-10")

    assert (ended.status_code, account(ended)["unchanged"]) == (201, 2)
    assert await standing(intake) == {
        "stockholm": (12, "2026-05-10"), "solna": (3, "2026-05-10"),
    }  # fmt: skip
    assert {one["_id"] for one in await intake.all("imports")} >= {ended.json()["import_id"]}
