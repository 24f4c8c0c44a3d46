"""Statistics by API: a publisher's file in, an account of every row out."""

from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from pydantic import BaseModel, Field

from services.intake.api.access import Importer
from services.intake.commands.statistics import Busy, Imported, Statistics, Upload
from services.intake.domain.statistics import MOST_LISTED
from shared.contracts.types import Uuid
from shared.web.idempotency import IdempotencyKey
from shared.web.problem import Problem
from shared.web.requests import provenance

PATH = "/intake/v1/statistics-imports"
RETRY = {"retry-after": "5"}
EXAMPLES = {
    "exempel": {
        "summary": "Redovisa utan att spara / account without storing",
        "value": {"file": "sol-2025.csv", "source": "bra-sol", "dry_run": True},
    }
}


class SkippedRow(BaseModel):
    """A row that was not taken."""

    row: int = Field(description="Radnummer i filen / line number in the file")
    reason: str = Field(description="Orsak / reason")


class ImportAccount(BaseModel):
    """What became of every row; rows = taken + skipped, taken = new + superseded + unchanged."""

    import_id: Uuid = Field(description="Referens / reference")
    dry_run: bool = Field(description="Inget sparat / nothing stored")
    rows: int = Field(description="Lästa rader / rows read")
    taken: int = Field(description="Tagna rader / rows taken")
    new: int = Field(description="Nya / new")
    superseded: int = Field(description="Ersatte äldre / superseded older figures")
    unchanged: int = Field(description="Kända sedan tidigare / known already")
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
            dry_run=done.dry_run,
            rows=summed.rows,
            taken=summed.taken,
            new=summed.new,
            superseded=summed.superseded,
            unchanged=summed.unchanged,
            skipped_total=summed.rows - summed.taken,
            skipped=[SkippedRow(row=row, reason=why) for row, why in summed.skipped[:MOST_LISTED]],
        )


def router(statistics: Statistics) -> APIRouter:
    """The route for files."""
    routes = APIRouter(tags=["statistik / statistics"])

    @routes.post(
        PATH,
        status_code=201,
        summary="Läs in statistik / import statistics",
        openapi_extra={"requestBody": {"content": {"multipart/form-data": {"examples": EXAMPLES}}}},
    )
    async def take_in(  # noqa: PLR0913, PLR0917 - the parts of the form, and who sends it
        request: Request,
        response: Response,
        key: IdempotencyKey,
        who: Importer,
        file: Annotated[UploadFile, File(description="Filen / the file, at most 5 MiB")],
        source: Annotated[Literal["bra-sol"], Form(description="Brå SOL databasfil")],
        dry_run: Annotated[bool, Form(description="Bara redovisa / only account")] = False,  # noqa: FBT002 - a form field
    ) -> ImportAccount:
        """Läs in en fil och redovisa varje rad. / Import a file and account for every row.

        En fil som inte är vad den säger avvisas hel, med raden i klartext; samma fil en gång till
        ändrar inget; nyare siffror ersätter äldre, preliminära aldrig slutliga. Högst 100 000
        rader, en fil i taget: annars 503, försök igen. / A file that is not what it says is
        refused whole, naming the row; the same file again changes nothing. At most 100,000 rows,
        one file at a time: else 503, try again.
        """
        upload = Upload(source, await file.read())
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
