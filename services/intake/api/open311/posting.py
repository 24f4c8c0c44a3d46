"""A form's body as fields: bounded, UTF-8, and no pictures."""

from urllib.parse import parse_qsl

from fastapi import Request

from services.intake.api.open311.errors import faulty
from services.intake.domain.open311.posted import fault

MOST_FIELDS = 100
FORM = "application/x-www-form-urlencoded"
NO_FORM = fault(
    "NO_FORM",
    "Skicka application/x-www-form-urlencoded. Bilder tas inte emot.",
    "Send application/x-www-form-urlencoded. Pictures are not taken in.",
)
UNREADABLE = fault(
    "UNREADABLE",
    "Formuläret går inte att läsa: UTF-8, högst 100 fält.",
    "The form cannot be read: UTF-8, at most 100 fields.",
)


async def fields_of(request: Request) -> list[tuple[str, str]]:
    """Every field in order, as it was sent."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise faulty([NO_FORM])
    try:
        body = (await request.body()).decode()  # many a client escapes no letters
        return parse_qsl(body, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise faulty([UNREADABLE]) from error
