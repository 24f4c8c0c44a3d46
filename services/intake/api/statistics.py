"""Statistics by API: a publisher's file in, an account of every row out."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from pydantic import BaseModel, Field

from services.intake.api.access import Importer
from services.intake.commands.import_files import Imported, Upload
from services.intake.commands.statistics import Busy, Statistics
from services.intake.domain.readers.reading import More
from services.intake.domain.statistics import MOST_LISTED, fetched_ahead
from shared.contracts.refusal import Refused
from shared.contracts.types import Period, Slug, Uuid
from shared.web.idempotency import IdempotencyKey
from shared.web.problem import Problem
from shared.web.requests import provenance
from shared.web.site import site_of

PATH = "/intake/v1/statistics-imports"
PAGE = "/intake/statistics"  # the same as a page
Source = Literal[
    "auto",
    "bra-sol",
    "bra-p1m",
    "bra-kommun",
    "bra-lagesbild",
    "skolverket-arskurs",
    "skolenkaten",
    "json-stat",
    "scb-deso-regso",
    "polisen-handelser",
    "open311",
    "311-csv",
    "survey",
    "tidy",
]
RETRY = {"retry-after": "5"}
PERIOD = "Period för filer som inte säger den / the period, for files that do not say it"
MAP = "Mappning av kolumner (TOML), för enkäter / which column is what (TOML), for surveys"
REDONE = "Prövad, eller redan inläst / tried only, or taken in before"
EXAMPLES = {
    "exempel": {
        "summary": "Redovisa utan att spara / account without storing",
        "value": {"file": "sol-2025.csv", "source": "bra-sol", "dry_run": True},
    }
}


class SkippedRow(BaseModel):
    """A row that was not taken."""

    row: int = Field(description="Rad eller post i filen / row or item of the file")
    sheet: int | None = Field(default=None, description="Blad, från 1 / sheet, from 1")
    reason: str = Field(description="Orsak / reason")


class ImportAccount(BaseModel):
    """What became of every row; rows = taken + skipped, taken = new + … + older."""

    import_id: Uuid = Field(description="Referens / reference")
    source: Slug = Field(description="Filens slag / the kind of file")
    fetched_on: date | None = Field(default=None, description="Hämtad / fetched")
    dry_run: bool = Field(description="Inget sparat / nothing stored")
    rows: int = Field(description="Lästa rader / rows read")
    taken: int = Field(description="Tagna rader / rows taken")
    new: int = Field(description="Nya / new")
    superseded: int = Field(description="Ersatte äldre / superseded older figures")
    unchanged: int = Field(description="Kända sedan tidigare / known already")
    older: int = Field(description="Äldre än det som gäller / older than what stands")
    skipped_total: int = Field(description="Överhoppade / skipped")
    skipped: list[SkippedRow] = Field(
        description=f"De första {MOST_LISTED} överhoppade med orsak / the first skipped, with why"
    )

    @classmethod
    def of(cls, done: Imported) -> "ImportAccount":
        """The account of an import."""
        summed = done.account
        return cls(
            import_id=done.import_id,
            source=done.source,
            fetched_on=done.fetched_on,
            dry_run=done.dry_run,
            rows=summed.rows,
            taken=summed.taken,
            new=summed.new,
            superseded=summed.superseded,
            unchanged=summed.unchanged,
            older=summed.older,
            skipped_total=summed.rows - summed.taken,
            skipped=[
                SkippedRow(row=place.row, sheet=place.sheet or None, reason=why)
                for place, why in summed.skipped[:MOST_LISTED]
            ],
        )


def router(statistics: Statistics) -> APIRouter:
    """The route for files."""
    routes = APIRouter(tags=["statistik / statistics"])

    @routes.post(
        PATH,
        status_code=201,
        responses={200: {"model": ImportAccount, "description": REDONE}},
        response_model_exclude_none=True,
        summary="Läs in statistik / import statistics",
        openapi_extra={"requestBody": {"content": {"multipart/form-data": {"examples": EXAMPLES}}}},
    )
    async def take_in(  # noqa: PLR0913, PLR0917 - the parts of the form, and who sends it
        request: Request,
        response: Response,
        who: Importer,
        key: IdempotencyKey,
        file: Annotated[UploadFile, File(description="Filen / the file, at most 5 MiB")],
        source: Annotated[Source, Form(description="Filens slag / the kind of file")],
        dry_run: Annotated[bool, Form(description="Bara redovisa / only account")] = False,  # noqa: FBT002 - a form field
        fetched_on: Annotated[date | None, Form(description="Hämtad / fetched")] = None,
        period: Annotated[Period | None, Form(description=PERIOD)] = None,
        mapping: Annotated[UploadFile | None, File(alias="map", description=MAP)] = None,
    ) -> ImportAccount:
        """Läs in en fil och redovisa varje rad. / Import a file and account for every row.

        En fil som inte är vad den säger avvisas hel, med rad eller cell i klartext; samma fil en
        gång till ändrar inget, om den inte hämtats senare och dess siffror har ersatts; nyare
        siffror ersätter äldre (efter hämtningsdag, där den sägs), preliminära aldrig slutliga.
        `auto` känner igen slaget på innehållet. Högst 100 000 rader, en fil i taget: annars 503,
        försök igen. / A file that is not what it says is refused whole, naming the row or cell; the
        same file again changes nothing, unless it was fetched later and its figures were replaced;
        what was fetched earlier never replaces what was fetched later. `auto` knows the kind by the
        content. At most 100,000 rows, one file at a time: else 503, try again.
        """
        if ahead := fetched_ahead(fetched_on, site_of(request).clock.now()):
            raise Refused(ahead)
        more = More(period, await mapping.read() if mapping else None)
        upload = Upload(source, await file.read(), more, fetched_on)
        why = provenance(request, who)
        try:
            done = await statistics.take_in(upload, why, key=key, dry_run=dry_run)
        except Busy as error:
            words = "En annan inläsning pågår", "Another import is under way"
            raise Problem(503, "import-running", words, headers=RETRY) from error
        if done.replayed:
            response.headers["idempotent-replayed"] = "true"
        if done.replayed or dry_run:
            response.status_code = 200
        return ImportAccount.of(done)

    return routes
