"""The coordination service: `build(settings)` is where its objects meet; importing does nothing."""

from collections.abc import Sequence
from pathlib import Path

import uvicorn
from fastapi import APIRouter, FastAPI

from services.coordination import api, pages
from services.coordination.commands import Commands, commands_of
from services.coordination.commands.upkeep import Upkeep
from services.coordination.domain.assignment import Patience
from services.coordination.domain.signals import Likeness
from services.coordination.handlers import Handlers
from services.coordination.settings import Settings
from services.coordination.store import Store
from services.coordination.store.board import Boards
from services.coordination.store.triage_list import TriageList
from shared.bus.bus import Bus
from shared.contracts.district import District
from shared.store.client import connect
from shared.telemetry import log
from shared.telemetry.health import Health
from shared.telemetry.metrics import Metrics
from shared.web.app import GRACE_SECONDS, ServiceInfo, clock_for, make_app
from shared.web.pages import Pages

SERVICE = ServiceInfo(
    name="coordination",
    title_sv="Samlad samordning",
    title_en="Samlad coordination",
    description_sv="EST: bedömning, problem, uppdrag, uppföljning och lägesbild.",
    description_en="EST: triage, problems, assignments, follow-up and the situation picture.",
)


def build(settings: Settings) -> FastAPI:
    """The ASGI app of coordination."""
    district, clock = District.load(settings.district_file), clock_for(settings)
    health, metrics = Health(), Metrics(SERVICE.name)
    client = connect(settings.mongo_url)
    store = Store(client, client.database(settings.database_name))
    commands = commands_of(store, district)
    every = None if settings.demo else settings.reminder_seconds
    upkeep = Upkeep(store, commands.reminders, clock, every=every)
    bus = Bus(
        service=SERVICE.name,
        bootstrap=settings.kafka,
        client=client,
        database=client.database(settings.database_name),
        metrics=metrics,
        health=health,
    )
    Handlers(store, commands.consequences).subscribe(bus)
    bus.publish(*store.streams)
    health.add("store", store.answers)
    health.add("upkeep", upkeep.running)
    return make_app(
        SERVICE,
        settings,
        routers=_routers(commands, store, district),
        parts=(upkeep, bus),
        clock=clock,
        health=health,
        metrics=metrics,
        district=district,
        on_tick=(commands.reminders.remind,),
    )


def _routers(commands: Commands, store: Store, district: District) -> Sequence[APIRouter]:
    waiting = TriageList(store, Likeness.of(district))
    boards = Boards(store, waiting, Patience.of(district))
    own = Pages(SERVICE.name, Path(__file__).parent)
    return (*api.routers(commands, store, waiting), *pages.routers(own, boards, store))


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    log.configure(SERVICE.name, settings.log_level)
    uvicorn.run(
        build(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


if __name__ == "__main__":
    main()
