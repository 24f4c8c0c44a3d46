"""`samlad import concerns` against a real intake: a file twice is nothing twice."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from deploy.samlad import cli
from tests.intake.conftest import NOW, Intake, Json

pytestmark = pytest.mark.stack

HEADS = "Kategori,Plats,Platstyp,Datum,Tid,Säkerhet,Upprepning,Allvar,Fritext"
CANARY = "19900101-2385"
ROWS = [
    "ENV.LITTER,PL-HORN,Ute,2026-06-05,22.10,Sett,Upprepat,1,",
    "ENV.LITTER,PL-HORN,Ute,2026-06-05,22.10,Sett,Upprepat,1,",
    f'ENV.LITTER,PL-HORN,Ute,2026-06-05,21:00,Sett,Upprepat,1,"Hej, {CANARY}"',
    "DIV.CRIME,PL-HORN,Ute,2026-06-05,21:00,Sett,Upprepat,1,",
    "ENV.LITTER,PL-HORN,Ute,2020-06-05,21:00,Sett,Upprepat,1,",
]
Call = Callable[..., Coroutine[Any, Any, httpx.Response]]


@pytest.fixture
async def front(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> Intake:
    """The command's HTTP reaches this process's intake."""
    loop = asyncio.get_running_loop()

    def reaching(call: Call) -> Callable[..., httpx.Response]:
        def ask(url: str, **rest: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own arguments
            given = {name: rest[name] for name in ("json", "params") if name in rest}
            headers = rest["headers"] | {"X-Samlad-Now": NOW.isoformat()}
            sent = call(httpx.URL(url).path, headers=headers, **given)
            return asyncio.run_coroutine_threadsafe(sent, loop).result()

        return ask

    monkeypatch.setattr(httpx, "post", reaching(intake.http.post))
    monkeypatch.setattr(httpx, "get", reaching(intake.http.get))
    return intake


async def samlad(intake: Intake, *arguments: str) -> tuple[int, str]:
    key = intake.headers("LIBRARIES")["Authorization"].removeprefix("Bearer ")
    where = ["--url", "http://127.0.0.1:8080", "--key", key]
    done = await asyncio.to_thread(CliRunner().invoke, cli.app, [*arguments, *where])
    return done.exit_code, done.stdout


async def told(intake: Intake, file: Path, *more: str) -> Json:
    _, said = await samlad(intake, "import", "concerns", str(file), "--json", *more)
    assert CANARY not in said
    lines = said.splitlines()  # among them what the service in this process logs
    answer: Json = json.loads("\n".join(lines[lines.index("{") : lines.index("}") + 1]))
    return answer


async def test_a_file_twice_and_extended_is_nothing_twice(front: Intake, tmp_path: Path) -> None:
    file = tmp_path / "lista.csv"
    file.write_text("\n".join([HEADS, *ROWS]), "iso-8859-1")
    tried = await told(front, file, "--dry-run")
    assert await front.all("concerns") == []

    first = await told(front, file)
    again = await told(front, file)
    file.write_text("\r\n".join([HEADS, ROWS[0], *ROWS]), "utf-8-sig")
    longer = await told(front, file)

    outcomes = [one["outcome"] for one in first["rows"]]
    assert outcomes == ["TAKEN", "TAKEN", "QUARANTINED", "DIVERTED", "REFUSED"]
    assert tried["rows"] == first["rows"]
    assert again["counts"] == first["counts"] | {"TAKEN": 0, "QUARANTINED": 0, "ALREADY": 3}
    assert (longer["counts"]["TAKEN"], longer["counts"]["ALREADY"]) == (1, 3)
    kept = [one for one in await front.all("concerns") if one.get("agency") == "LIBRARIES"]
    assert len(kept) == 4
    assert len(await front.all("diversions")) == 1


async def test_what_was_imported_is_exported(front: Intake, tmp_path: Path) -> None:
    file, out = tmp_path / "lista.csv", tmp_path / "ut.geojson"
    file.write_text("\n".join([HEADS, *ROWS]), "utf-8")
    first = await told(front, file)
    code, _ = await samlad(
        front, "export", "concerns", "--format", "geojson", "--out", str(out),
        "--from", "2026-06-05", "--to", "2026-06-05",
    )  # fmt: skip

    assert code == 0
    exported = {one["id"] for one in json.loads(out.read_text("utf-8"))["features"]}
    assert exported == {one["concern_id"] for one in first["rows"] if one["concern_id"]}
    assert CANARY not in out.read_text("utf-8")
