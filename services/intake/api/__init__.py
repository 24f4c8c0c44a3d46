"""JSON in and out: validate, call, answer."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.intake.api import audit, concerns, lookups, records, sspf, statistics
from services.intake.commands.audit import AuditTrail
from services.intake.commands.concerns import Concerns
from services.intake.commands.records import Records
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


def routers(
    store: Store,
    *,
    on_concerns: Concerns,
    on_sspf: Sspf,
    on_statistics: Statistics,
    trail: AuditTrail,
    on_records: Records,
) -> Sequence[APIRouter]:
    """Every JSON route of intake."""
    return (
        concerns.router(on_concerns, store),
        sspf.router(on_sspf),
        statistics.router(on_statistics),
        lookups.router(store),
        audit.router(trail),
        records.router(on_records),
    )
