"""A disposal run as it is ordered and told."""

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from services.intake.commands.disposal import Row
from services.intake.domain.disposal import NO_DECISION, Kind
from services.intake.domain.report import Closed


class DisposalOrder(Closed):
    """Only count, or carry out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"dry_run": True}]})

    dry_run: StrictBool = Field(default=True, description="Bara räkna / only count")
    kinds: tuple[Kind, ...] | None = Field(
        default=None, max_length=len(Kind), description="Bara dessa slag / only these kinds"
    )


class InForce(BaseModel):
    """A decision in force."""

    reference: str = Field(description="Diarienummer / number in the registry")
    days: int = Field(description="Dagar efter att det kom in / days after it came in")
    valid_from: date = Field(description="Gäller från / valid from")


class DisposedKind(BaseModel):
    """What became of one kind."""

    kind: Kind = Field(description="Slag / kind")
    decision: InForce | None = Field(description="Gällande beslut / decision in force")
    due: int | None = Field(description="Att gallra; null utan beslut / due; null undecided")
    deleted: int = Field(description="Gallrat nu / disposed of now")
    said: dict[str, str] = Field(description="I ord / in words")

    @classmethod
    def of(cls, row: Row) -> "DisposedKind":
        """The row as it is told."""
        if row.decision is None:
            return cls(kind=row.kind, decision=None, due=None, deleted=0, said=NO_DECISION)
        told = InForce(**row.decision.model_dump(exclude={"kind"}))
        said = {
            "sv": f"{row.due} att gallra, {row.deleted} gallrade",
            "en": f"{row.due} due, {row.deleted} disposed of",
        }
        return cls(kind=row.kind, decision=told, due=row.due, deleted=row.deleted, said=said)


class DisposalReport(BaseModel):
    """What became of every kind."""

    dry_run: bool = Field(description="Inget gallrat / nothing disposed of")
    rows: list[DisposedKind] = Field(description="Per slag / by kind")
    left: int = Field(description="Kvar att gallra / still due")

    @classmethod
    def of(cls, rows: Sequence[Row], *, dry_run: bool) -> "DisposalReport":
        """The report of a run."""
        left = sum(row.due - row.deleted for row in rows)
        return cls(dry_run=dry_run, rows=[DisposedKind.of(row) for row in rows], left=max(0, left))
