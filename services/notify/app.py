"""The notify service: `build(settings)` is where its objects meet; importing does nothing."""

from pathlib import Path

import uvicorn
from fastapi import FastAPI

from services.notify import api, pages
from services.notify.commands.following import Following
from services.notify.commands.requesting import Requesting
from services.notify.commands.sending import Desk, Sending
from services.notify.commands.smtp import Smtp
from services.notify.commands.upkeep import Upkeep
from services.notify.commands.watching import Watching
from services.notify.handlers import Handlers
from services.notify.settings import Settings
from services.notify.store import Store
from shared.bus.bus import Bus
from shared.contracts.district import District
from shared.store.client import connect
from shared.telemetry import log
from shared.telemetry.clock import SystemClock
from shared.telemetry.health import Health
from shared.telemetry.metrics import Metrics
from shared.web.app import ServiceInfo, clock_for, make_app
from shared.web.pages import Pages

STREAMS_END_SECONDS = 3  # on stop, what has not ended by itself is cut after this
SERVICE = ServiceInfo(
    name="notify",
    title_sv="Samlad utskick",
    title_en="Samlad notify",
    description_sv="Skickar uppdrag och återkoppling, visar läget direkt och äger leveransen.",
    description_en="Sends assignments and feedback, tells what happens live, owns the delivery.",
)


def build(settings: Settings) -> FastAPI:
    """The ASGI app of notify."""
    district, clock = District.load(settings.district_file), clock_for(settings)
    health, metrics, wall = Health(), Metrics(SERVICE.name), SystemClock()
    client = connect(settings.mongo_url)
    database = client.database(settings.database_name)
    store = Store(client, database)
    requesting, watching = Requesting(store, district, wall), Watching(store)
    desk = Desk(
        district=district,
        public_url=settings.public_url,
        sender=settings.mail_from,
        clock=clock,
        wall=wall,
    )
    sending = Sending(store, Smtp(settings.mail_host, settings.mail_port), desk, metrics)
    requesting.on_request = sending.wake
    bus = Bus(
        service=SERVICE.name,
        bootstrap=settings.kafka,
        client=client,
        database=database,
        metrics=metrics,
        health=health,
    )
    Handlers(Following(store), requesting, watching).subscribe(bus)
    bus.publish(store.deliveries)
    upkeep = Upkeep(store)
    health.add("store", store.answers)
    health.add("upkeep", upkeep.done)
    health.add("sending", sending.running)
    outbox = settings.mail_folder if settings.demo else None
    return make_app(
        SERVICE,
        settings,
        routers=(
            api.router(store, watching),
            pages.router(Pages(SERVICE.name, Path(__file__).parent), outbox),
        ),
        parts=(upkeep, bus, sending),
        clock=clock,
        health=health,
        metrics=metrics,
        district=district,
    )


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    log.configure(SERVICE.name, settings.log_level)
    app = build(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STREAMS_END_SECONDS,
    )
    server = uvicorn.Server(config)
    app.state.ending = lambda: server.should_exit  # open live streams would hold up the stop
    server.run()


if __name__ == "__main__":
    main()
