"""JSON in and out: validate, call, answer."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.intake.api import (
    api_keys,
    audit,
    batch,
    changes,
    concerns,
    contacts,
    lookups,
    quarantine,
    readings,
    records,
    sspf,
    statistics,
)
from services.intake.commands.every import Commands
from services.intake.domain.geography import Outline
from services.intake.store import Store
from shared.web.json_guard import BATCH
from shared.web.site import ServiceInfo

SERVICE = ServiceInfo(
    name="intake",
    title_sv="Samlad intag",
    title_en="Samlad intake",
    description_sv="Tar emot rapporter, SSPF-utfall och statistik, granskar dem och bär valvet.",
    description_en="Takes in concerns, SSPF outcomes and statistics; keeps the vault.",
    limits=dict.fromkeys((statistics.PATH, statistics.PAGE, batch.PATH, batch.PAGE), BATCH),
    open_forms=frozenset({"/intake/report", "/intake/follow"}),
)


def routers(store: Store, do: Commands, outline: Outline) -> Sequence[APIRouter]:
    """Every JSON route of intake."""
    return (
        batch.router(do.batch),
        concerns.router(do.concerns, store),
        changes.router(do.own),
        readings.router(do.readings),
        contacts.router(do.reaching),
        quarantine.router(do.quarantine, store),
        sspf.router(do.sspf, store),
        statistics.router(do.statistics),
        lookups.router(store, outline),
        api_keys.router(do.keys),
        audit.router(do.trail),
        records.router(do.records),
    )
