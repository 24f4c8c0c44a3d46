"""An agency's own concerns as a file: CSV, XLSX or GeoJSON."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from services.intake.domain.concern import Concern
from services.intake.domain.geography import KnownPlace
from services.intake.domain.own_concerns import (
    HEADS,
    MOST_EXPORTED,
    NAME,
    Kept,
    Wanted,
    position_of,
    values_of,
)
from services.intake.store import Store
from shared.contracts.district import District
from shared.security.roles import Principal
from shared.web import exports
from shared.web.answered_headers import named
from shared.web.exports import MEDIA_TYPES, Format, Table
from shared.web.problem import Problem
from shared.web.site import site_of

ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Egna rapporter / own concerns",
        **named("Content-Disposition"),
        "content": {
            MEDIA_TYPES[Format.CSV].split(";", 1)[0]: {"schema": {"type": "string"}},
            MEDIA_TYPES[Format.XLSX]: {"schema": {"type": "string", "format": "binary"}},
            MEDIA_TYPES[Format.GEOJSON]: {"schema": {"type": "object"}},
        },
    }
}


async def _form(
    request: Request,
    asked: Annotated[
        Format | None,
        Query(
            alias="format",
            description=(
                "Som fil, annars efter `Accept` / as a file, else by `Accept`; "
                f"alla som passar, högst {MOST_EXPORTED} / all that match, at most so many"
            ),
        ),
    ] = None,
) -> Format:
    return exports.asked_for(asked, request.headers.get("accept"))


Form = Annotated[Format, Depends(_form)]


async def as_file(
    request: Request, store: Store, who: Principal, wanted: Wanted, form: Format
) -> Response:
    """All own concerns that match, as a file; refused when they are more than a file holds."""
    found = await store.own.all(who.agency, who.district, wanted, most=MOST_EXPORTED)
    if len(found) > MOST_EXPORTED:
        raise Problem(
            422,
            "export-too-large",
            ("Fler rapporter än en fil rymmer", "More concerns than a file holds"),
            detail=f"Högst {MOST_EXPORTED}: begränsa tiden. / At most {MOST_EXPORTED}: narrow it.",
        )
    kept = [Kept(one.id, Concern.model_validate(one.state)) for one in found]
    places = await store.places.known()
    written = await asyncio.to_thread(_written, form, kept, site_of(request).district, places)
    return exports.download(written, form, NAME)


def _written(
    form: Format, kept: Sequence[Kept], district: District, places: Mapping[str, KnownPlace]
) -> bytes:
    rows = (values_of(one, district, places) for one in kept)
    if form is Format.GEOJSON:
        return exports.geojson_of(
            exports.feature(one.concern_id, position_of(one, places), _plain(row))
            for one, row in zip(kept, rows, strict=True)
        )
    table = Table(NAME.capitalize(), list(HEADS.values()), (list(row.values()) for row in rows))
    return exports.csv_of(table) if form is Format.CSV else exports.xlsx_of(table)


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    """The properties of a feature: its position stands in its geometry, times are RFC 3339."""
    return {
        name: value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
        for name, value in row.items()
        if name not in {"lat", "lon"}
    }
