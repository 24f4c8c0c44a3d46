"""HTML in and out: what a person sees of intake."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.intake.commands.concerns import Concerns
from services.intake.commands.references import References
from services.intake.commands.residents import Residents
from services.intake.pages import follow, receipt, report
from services.intake.pages.follow import Cases, NoCases
from services.intake.store import Store
from shared.web.pages import Pages


def routers(
    pages: Pages,
    *,
    on_concerns: Concerns,
    store: Store,
    on_residents: Residents,
    references: References,
    cases: Cases | None = None,
) -> Sequence[APIRouter]:
    """Every page of intake."""
    receipts = receipt.Receipts(pages, store, references)
    return (
        report.router(pages, store, on_concerns, on_residents, receipts),
        receipt.router(receipts),
        follow.router(pages, store, references, cases or NoCases()),
    )
