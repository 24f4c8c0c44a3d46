"""What the columns of a file are called in the file itself, by the field each is for. Pure."""

from collections.abc import Mapping
from typing import Final

from services.intake.domain.csv_text import lines_of
from services.intake.domain.file_map import FileMap
from services.intake.domain.own_concerns import HEADS

# What a field is called where the file has no column for it.
NAMES: Final[Mapping[str, str]] = {
    **HEADS,
    "place_unknown": "Platsen är okänd",
    "narrative": "Fritext",
    "ongoing_danger": "Pågående fara",
    "point": "Latitud, Longitud",
}
# Fields that are told in columns of other fields.
_TOLD_IN: Final[Mapping[str, tuple[str, ...]]] = {
    "observed_from": ("date", "time"),
    "observed_to": ("time",),
    "point": ("lat", "lon"),
    "point.lat": ("lat",),
    "point.lon": ("lon",),
}


def heads_of(content: bytes, by: FileMap | None = None) -> Mapping[str, str]:
    """The head of each field, as the file writes it; else its usual name.

    Raises:
        Refused: the first line cannot be read.
    """
    by = by or FileMap()
    line = next(lines_of(content, by.delimiter), None)
    found = {by.field_of(head): " ".join(head.split()) for head in line.cells} if line else {}
    told = {field: head for field, head in found.items() if field}
    for field, columns in _TOLD_IN.items():
        heads = [told[column] for column in columns if column in told]
        if heads and field not in told:
            told[field] = ", ".join(heads)
    return {**NAMES, **told}
