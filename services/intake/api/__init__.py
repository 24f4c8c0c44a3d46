"""JSON in and out: validate, call, answer."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.intake.api import (
    audit,
    changes,
    concerns,
    lookups,
    quarantine,
    readings,
    sspf,
    statistics,
)
from services.intake.commands.audit import AuditTrail
from services.intake.commands.concerns import Concerns
from services.intake.commands.own import OwnConcerns
from services.intake.commands.quarantine import Quarantine
from services.intake.commands.readings import Readings
from services.intake.commands.sspf import Sspf
from services.intake.commands.statistics import Statistics
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
)


def routers(  # noqa: PLR0913 - each command set by its name
    store: Store,
    *,
    on_concerns: Concerns,
    on_own: OwnConcerns,
    on_readings: Readings,
    on_quarantine: Quarantine,
    on_sspf: Sspf,
    on_statistics: Statistics,
    trail: AuditTrail,
) -> Sequence[APIRouter]:
    """Every JSON route of intake."""
    return (
        concerns.router(on_concerns, store),
        changes.router(on_own),
        readings.router(on_readings),
        quarantine.router(on_quarantine, store),
        sspf.router(on_sspf, store),
        statistics.router(on_statistics),
        lookups.router(store),
        audit.router(trail),
    )
