import json
import os
import threading
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response
from playwright.async_api import Browser, async_playwright

from deploy.samlad.testing.backing import played
from deploy.samlad.testing.browser import chromium
from shared.contracts.codes import Role
from shared.contracts.district import District
from shared.contracts.ids import AgencyCode
from shared.security.keys import RecordKeyRing
from shared.security.roles import Principal
from shared.telemetry.health import Health
from shared.telemetry.metrics import Metrics
from shared.web.app import ServiceInfo, clock_for, make_app
from shared.web.pages import STATIC, Pages
from shared.web.session import sign_in
from shared.web.settings import ServiceSettings
from shared.web.svg import Bar, MapPoint, bar_chart, outline_map

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WHEN = datetime(2026, 6, 5, 19, 30, tzinfo=UTC)
POINTS = [
    MapPoint(lat=59.3327, lon=18.0323, words="Fridhemsplan", number=14, href="#p1"),
    MapPoint(lat=59.3276, lon=18.0266, words="Rålambshovsparken", number=9, href="#p2"),
    MapPoint(lat=59.3362, lon=18.0130, words="Hornsbergs strand", number=3, href="#p3"),
    MapPoint(lat=59.3275, lon=18.0545, words="Stadshuset", href="#p4"),
]
BARS = [
    Bar("Klotter och skadegörelse", 14),
    Bar("Störande körning med moped eller A-traktor", 9),
    Bar("Bristfällig belysning", 3),
    Bar("Nedskräpning", 0, "färre än 5"),
]
ERRORS = {"place": "Välj en plats", "when": "Ange ungefär när det hände"}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    executable = chromium()
    if executable is None:
        pytest.skip("no Chromium on this machine")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=executable, headless=True, args=list(FLAGS)
        )
        yield launched
        await launched.close()


class TrialSettings(ServiceSettings):
    service = "coordination"


def components_app(folder: Path) -> FastAPI:
    (folder / "secret").write_bytes(bytes(32))
    settings = TrialSettings(secret_file=folder / "secret", demo=True)
    return make_app(
        ServiceInfo(
            name="coordination",
            title_sv="Delar",
            title_en="Parts",
            description_sv="Alla sidors delar på en sida.",
            description_en="The parts of all pages on one page.",
        ),
        settings,
        routers=[_components()],
        clock=clock_for(settings),
        health=Health(),
        metrics=Metrics("coordination"),
        keyring=RecordKeyRing(),
        district=District.load(),
    )


def _components() -> APIRouter:
    router = APIRouter(prefix="/coordination")
    pages = Pages("coordination", Path(__file__).parent)
    outline = json.loads((STATIC / "kungsholmen-schematic.geojson").read_text(encoding="utf-8"))

    @router.get("/parts", include_in_schema=False)
    async def parts(request: Request) -> Response:
        return pages.render(
            request,
            "components.html",
            when=WHEN,
            errors=ERRORS if "errors" in request.query_params else {},
            values={"what": "B", "flags": ["VEHICLE"]},
            points=POINTS,
            map=outline_map(outline, POINTS, "Karta", "Fyra platser på Kungsholmen"),
            bars=bar_chart(BARS, "Kategorier", "Klotter vanligast"),
            place_rows=[[(p.words, p.href), p.number, "Öppen"] for p in POINTS],
            bar_rows=[[bar.words, bar.value] for bar in BARS],
        )

    @router.get("/enter")
    async def enter(request: Request, response: Response) -> str:
        district = request.app.state.site.district.code
        agency = AgencyCode("DISTRICT_COORD")
        who = Principal(district=district, agency=agency, role=Role.COORDINATOR)
        sign_in(request, response, who)
        return "ok"

    return router


@pytest.fixture(scope="session")
def parts_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = components_app(tmp_path_factory.mktemp("parts"))
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def system_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A system that has played some weeks: the one of SAMLAD_TEST_URL, else an own one."""
    given = os.environ.get("SAMLAD_TEST_URL")
    if given:
        yield given.rstrip("/")
        return
    with played(tmp_path_factory.mktemp("played"), os.environ) as told:
        yield told["SAMLAD_TEST_URL"]
