"""HTML in and out: what a person sees of intake."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.intake.commands.every import Commands
from services.intake.pages import (
    access_export,
    api_keys,
    audit,
    desk,
    expunge,
    follow,
    imports,
    narrative,
    own,
    quarantine,
    receipt,
    report,
    sspf,
    sspf_outcomes,
    statistics,
)
from services.intake.store import Store
from shared.web.pages import Pages


def routers(pages: Pages, store: Store, do: Commands) -> Sequence[APIRouter]:
    """Every page of intake."""
    receipts = receipt.Receipts(pages, store, do.references)
    return (
        report.router(pages, store, do.concerns, do.residents, receipts),
        receipt.router(receipts),
        follow.router(pages, store, do.references),
        desk.router(pages, store),
        narrative.router(pages, do.readings),
        own.router(pages, store, do.own),
        quarantine.router(pages, do.quarantine, store),
        api_keys.router(pages, do.keys),
        sspf.router(pages, do.sspf, store),
        sspf_outcomes.router(pages, do.sspf, store),
        imports.router(pages, do.imports),
        statistics.router(pages, do.statistics),
        access_export.router(pages, do.records.access, store),
        expunge.router(pages, do.records.expunging),
        audit.router(pages, do.trail),
    )
