"""JSON in and out: validate, call, answer."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.intake.api import (
    api_keys,
    audit,
    changes,
    concerns,
    lookups,
    quarantine,
    readings,
    records,
    sspf,
    statistics,
)
from services.intake.commands.every import Commands
from services.intake.store import Store
from shared.web.json_guard import BATCH
from shared.web.site import ServiceInfo

SERVICE = ServiceInfo(
    name="intake",
    title_sv="Samlad intag",
    title_en="Samlad intake",
    description_sv="Tar emot rapporter, SSPF-utfall och statistik, granskar dem och bär valvet.",
    description_en="Takes in concerns, SSPF outcomes and statistics; keeps the vault.",
    limits={statistics.PATH: BATCH},
    open_forms=frozenset({"/intake/report"}),
)


def routers(store: Store, do: Commands) -> Sequence[APIRouter]:
    """Every JSON route of intake."""
    return (
        concerns.router(do.concerns, store),
        changes.router(do.own),
        readings.router(do.readings),
        quarantine.router(do.quarantine, store),
        sspf.router(do.sspf, store),
        statistics.router(do.statistics),
        lookups.router(store),
        api_keys.router(do.keys),
        audit.router(do.trail),
        records.router(do.records),
    )
