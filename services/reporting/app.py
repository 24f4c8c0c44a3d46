"""The reporting service: `build(settings)` is where its objects meet; importing does nothing."""

from pathlib import Path

import uvicorn
from fastapi import FastAPI

from services.reporting import api, handlers, pages
from services.reporting.commands.reports import Reports
from services.reporting.commands.upkeep import Upkeep
from services.reporting.settings import Settings
from services.reporting.store import Store
from shared.bus.bus import Bus
from shared.contracts.district import District
from shared.store.client import connect
from shared.store.stream import Stream
from shared.telemetry import log
from shared.telemetry.health import Health
from shared.telemetry.metrics import Metrics
from shared.web.app import GRACE_SECONDS, ServiceInfo, clock_for, make_app
from shared.web.pages import Pages

SERVICE = ServiceInfo(
    name="reporting",
    title_sv="Samlad rapportering",
    title_en="Samlad reporting",
    description_sv="Läsmodeller, veckans lägesbild med röjandeskydd, effekter och statistik.",
    description_en="Read models, the week's disclosure-controlled picture, effects, statistics.",
)


def build(settings: Settings) -> FastAPI:
    """The ASGI app of reporting."""
    district, clock = District.load(settings.district_file), clock_for(settings)
    health, metrics = Health(), Metrics(SERVICE.name)
    client = connect(settings.mongo_url)
    database = client.database(settings.database_name)
    store = Store(client, database)
    stream = Stream(store.reports, source="/reporting")
    synthetic = settings.demo or district.synthetic
    reports = Reports(store, stream, district=district, synthetic=synthetic)
    upkeep = Upkeep(store, stream, reports, district=district, clock=clock, demo=settings.demo)
    bus = Bus(
        service=SERVICE.name,
        bootstrap=settings.kafka,
        client=client,
        database=database,
        metrics=metrics,
        health=health,
    )
    handlers.subscribe(bus)
    bus.publish(stream)
    health.add("store", store.answers)
    health.add("upkeep", upkeep.status)
    return make_app(
        SERVICE,
        settings,
        routers=(
            *api.routers(store, reports),
            pages.router(Pages(SERVICE.name, Path(__file__).parent), store, reports),
        ),
        parts=(upkeep, bus),
        clock=clock,
        health=health,
        metrics=metrics,
        district=district,
        on_tick=(upkeep.publish_finished,),
    )


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
