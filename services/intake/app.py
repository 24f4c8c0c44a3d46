"""The intake service: `build(settings)` is where its objects meet; importing does nothing."""

from pathlib import Path

import uvicorn
from fastapi import FastAPI

from services.intake import api, handlers, pages
from services.intake.api import concerns, open311
from services.intake.commands.api_keys import AgencyKeys
from services.intake.commands.audit import AuditTrail
from services.intake.commands.batch import Batch
from services.intake.commands.changing import Changing
from services.intake.commands.concerns import Concerns, Here
from services.intake.commands.contacts import Contacts
from services.intake.commands.every import Commands
from services.intake.commands.imports import Imports
from services.intake.commands.open311 import ServiceRequests
from services.intake.commands.own import OwnConcerns
from services.intake.commands.quarantine import Quarantine
from services.intake.commands.reaching import Reaching
from services.intake.commands.readings import Readings
from services.intake.commands.records import Records
from services.intake.commands.references import References
from services.intake.commands.residents import Residents
from services.intake.commands.screening import Screening, read_names
from services.intake.commands.sspf import Sspf
from services.intake.commands.statistics import Statistics
from services.intake.commands.upkeep import Upkeep
from services.intake.commands.vault import Vault
from services.intake.domain.geography import Outline
from services.intake.settings import Settings
from services.intake.store import Store
from shared.bus.bus import Bus
from shared.contracts.district import District
from shared.store.client import connect
from shared.telemetry import log
from shared.telemetry.clock import SystemClock
from shared.telemetry.health import Health
from shared.telemetry.metrics import Metrics
from shared.web.app import GRACE_SECONDS, clock_for, keyring_for, make_app
from shared.web.pages import STATIC, Pages

MAP = "kungsholmen-schematic.geojson"


def build(settings: Settings) -> FastAPI:
    """The ASGI app of intake."""
    district, clock = District.load(settings.district_file), clock_for(settings)
    health, metrics = Health(), Metrics(api.SERVICE.name)
    client = connect(settings.mongo_url)
    database = client.database(settings.database_name)
    keys = client.database(settings.keys_database_name)
    store = Store(client, database=database, keys=keys)
    vault = Vault(settings.vault_keys(), store, SystemClock())
    outline = Outline.read((STATIC / MAP).read_text("utf-8"))
    here = Here(district, outline, rehearsal=settings.demo or district.synthetic)
    do = _commands(settings, here, store, vault)
    upkeep = Upkeep(store, vault, do.contacts, clock)
    bus = Bus(
        service=api.SERVICE.name,
        bootstrap=settings.kafka,
        client=client,
        database=database,
        metrics=metrics,
        health=health,
    )
    handlers.subscribe(bus, do.contacts)
    bus.publish(*store.streams)
    health.add("store", upkeep.check)
    health.add("upkeep", upkeep.running)
    look = Pages(api.SERVICE.name, Path(__file__).parent)
    app = make_app(
        api.SERVICE,
        settings,
        routers=(
            *api.routers(store, do, outline),
            open311.router(do.service_requests, store, public=settings.open311_public),
            *pages.routers(look, store, do),
        ),
        parts=(upkeep, do.keys, bus),
        keyring=do.keys,
        clock=clock,
        health=health,
        metrics=metrics,
        district=district,
        on_tick=(upkeep.sweep,),
        lanes=(concerns.lane(do.concerns),),
    )
    app.add_middleware(open311.GeoReportLayer)
    return app


def _commands(settings: Settings, here: Here, store: Store, vault: Vault) -> Commands:
    """What intake can do, each with what it works with."""
    trail, references = AuditTrail(store.audit, vault), References(vault)
    wall, others = SystemClock(), keyring_for(settings)
    screen = Screening(here.district, store.places, read_names(settings.known_names_file))
    found = screen.kinds_found
    concerns = Concerns(store, vault, screen=found, here=here)
    batch, changing = Batch(concerns, store.own), Changing(store, vault, trail)
    contacts = Contacts(vault, store, wall, days=settings.contact_days)
    return Commands(
        concerns=concerns,
        batch=batch,
        imports=Imports(batch, store, vault),
        residents=Residents(concerns, references, contacts),
        references=references,
        contacts=contacts,
        reaching=Reaching(store, contacts, trail),
        own=OwnConcerns(store, changing, screen=found, here=here),
        readings=Readings(store, vault, trail),
        quarantine=Quarantine(store, vault, trail, screen=found, look=screen.look),
        sspf=Sspf(store, vault, here.district),
        statistics=Statistics(store, vault, screen.kinds_in_labels, screen.kinds_by_hand),
        keys=AgencyKeys(store, others, vault, district=here.district, trail=trail, wall=wall),
        trail=trail,
        service_requests=ServiceRequests(concerns, store, vault, trail),
        records=Records.of(store, vault, trail, contacts=contacts, decisions=settings.decisions),
    )


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    log.configure(api.SERVICE.name, settings.log_level)
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
