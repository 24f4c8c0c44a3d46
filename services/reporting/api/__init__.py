"""JSON in and out: validate, call, answer."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.reporting.api import concerns, lists, published, reports
from services.reporting.commands.reports import Reports
from services.reporting.store import Store


def routers(store: Store, built: Reports) -> Sequence[APIRouter]:
    """Every JSON route of reporting."""
    return (
        concerns.router(store),
        lists.router(store),
        published.router(store, built),
        reports.router(store, built),
    )
