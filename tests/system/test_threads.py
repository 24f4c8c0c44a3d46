"""Threads beside the main one, through the front door: statistics, SSPF, bad input."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from deploy.samlad.cli import app
from deploy.samlad.demo.client import Actor, Json
from deploy.samlad.demo.summary import COORDINATOR
from tests.support.running import System
from tests.support.waiting import eventually

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]

SSPF = Actor("DISTRICT_PREVENTION", "SSPF_COORDINATOR")
GUARDS = Actor("GUARDS", "REPORTER")
CONCERNS = "/intake/v1/concerns"
SYNTHETIC = (
    "Region;Brott;År;Period;Antal;/100 000 inv\n"
    "Exempelby kommun;Totalt antal brott;2025;Mar;120;600;\n"
    "Exempelby kommun;Våldsbrott ;2025;Mar;..;..;\n"
    "Exempelby kommun;Totalt antal brott;2025;Mar;120;600;\n"
    "Provstad kommun;Totalt antal brott;2025 prel.;Mar;0;0;\n"
)


async def test_statistics_go_from_the_command_line_to_reportings_indicators(
    system: System, tmp_path: Path
) -> None:
    file = tmp_path / "DatabasfilMar2025.txt"
    file.write_bytes(SYNTHETIC.encode("iso-8859-1"))
    said = await asyncio.to_thread(
        CliRunner().invoke,
        app,
        ["import", "bra-sol", str(file), "--json", "--data", str(system.folder)],
    )
    assert said.exit_code == 0, said.output
    account = json.loads(said.stdout)
    assert (account["rows"], account["taken"], account["skipped_total"]) == (4, 3, 1)
    async with system.door() as door:

        async def all_shown() -> list[Json]:
            items = await door.every("/reporting/v1/indicators", COORDINATOR)
            ours = [item for item in items if item["period"].startswith("2025-03")]
            return ours if len(ours) == 6 else []

        shown = await eventually(all_shown, within=30)
    assert sorted(item["value"] for item in shown if item["value"] is not None) == [0, 0, 120, 600]
    assert all(item["suppressed"] for item in shown if item["value"] is None)
    assert {item["preliminary"] for item in shown if "provstad" in item["geography"]} == {True}


async def test_an_sspf_term_is_withheld_until_it_is_attested(system: System) -> None:
    now = datetime(2026, 5, 20, 12, tzinfo=UTC)
    outcome: Json = {"month": "2026-05", "term": "2026-VT", "school_area": "SA-WEST"}
    outcome |= {"level": "GROUP", "functions": ["SCHOOL", "POLICE"], "band": "1-4"}
    outcome |= {"themes": ["SCHOOL_ABSENCE"], "no_personal_data": True}
    async with system.door() as door:
        for number in range(3):
            path, key = "/intake/v1/sspf-outcomes", f"meeting-{number}"
            await door.post(path, SSPF, outcome, now=now, key=key)

        async def term(status: str) -> Json | None:
            terms = await door.get("/reporting/v1/sspf", COORDINATOR)
            found = [one for one in terms["items"] if one["status"] == status]
            return found[0] if found else None

        withheld = await eventually(lambda: term("WITHHELD"), within=20)
        assert withheld is not None
        assert (withheld["meetings"], withheld["unique_band"]) == (None, None)
        body = {"term": "2026-VT", "unique_band": "5-9"}
        await door.post("/intake/v1/sspf-attestations", SSPF, body, now=now, key="attest")
        released = await eventually(lambda: term("RELEASED"), within=20)
        assert released is not None
        assert (released["meetings"], released["unique_band"]) == (3, "5-9")


BAD: dict[str, tuple[str, str, dict[str, object]]] = {
    "unknown field": ("POST", CONCERNS, {"json": {"categori": "ENV.LITTER"}}),
    "65 KiB": ("POST", CONCERNS, {"content": b'{"a":"' + b"x" * 66_560 + b'"}'}),
    "not JSON": ("POST", CONCERNS, {"content": b"{"}),
    "a list": ("POST", CONCERNS, {"json": [1]}),
    "not UTF-8": ("POST", CONCERNS, {"content": b'{"category":"\xff"}'}),
    "wrong type": ("POST", CONCERNS, {"json": {"category": 7, "severity": "many"}}),
    "deep": ("POST", CONCERNS, {"content": b"[" * 40 + b"]" * 40}),
    "unknown path": ("GET", "/intake/v1/nothing", {}),
    "unknown service": ("GET", "/nothing", {}),
    "wrong method": ("DELETE", CONCERNS, {}),
    "no such concern": ("GET", f"{CONCERNS}/2c1f6a5e-3b0d-5c55-8a4b-7d2f9e0c4a10", {}),
    "no such page": ("GET", f"{CONCERNS}?limit=100000", {}),
    "wrong role": ("GET", "/coordination/v1/triage", {}),
}


@pytest.mark.parametrize("case", BAD)
async def test_bad_input_is_a_problem_and_leaves_nothing(system: System, case: str) -> None:
    method, path, content = BAD[case]
    async with system.door() as door:
        before = await door.get(CONCERNS, GUARDS, limit=1)
        headers = {"Authorization": f"Bearer {door.key_of(GUARDS)}", "Idempotency-Key": case}
        headers["Content-Type"] = "application/json"
        async with httpx.AsyncClient(base_url=system.state.front, trust_env=False) as http:
            answer = await http.request(method, path, headers=headers, **content)  # type: ignore[arg-type]
        after = await door.get(CONCERNS, GUARDS, limit=1)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    assert after["total"] == before["total"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer sml_test_" + "x" * 43}, 401),
        ({"Authorization": "Basic eDp5"}, 401),
    ],
)
async def test_without_a_key_of_ours_nobody_gets_in(
    system: System, headers: dict[str, str], status: int
) -> None:
    async with httpx.AsyncClient(base_url=system.state.front, trust_env=False) as http:
        answer = await http.post(CONCERNS, json={}, headers={"Idempotency-Key": "k", **headers})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
