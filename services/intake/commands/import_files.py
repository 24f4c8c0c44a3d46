"""Files on their way in: as they are sent, read, kept and answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Self

from services.intake.domain.readers.reading import NO_MORE, More, Place, Reading
from services.intake.domain.statistics import MOST_LISTED, Account, Observation, Sheet, imported
from shared.contracts.codes import StatisticCaution
from shared.contracts.statistics import StatisticsImported
from shared.store.client import Document
from shared.store.stream import Loaded


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent, whose form it is said to have, and what was said beside it."""

    source: str
    content: bytes
    more: More = NO_MORE
    fetched_on: date | None = None

    @property
    def sha256(self) -> str:
        """Of the file as it was sent."""
        return sha256(self.content).hexdigest()

    @property
    def about(self) -> str:
        """What tells imports apart: the file, and what changes its reading."""
        said = [f"period {self.more.period}"] if self.more.period else []
        said += [f"map {sha256(self.more.mapping).hexdigest()}"] if self.more.mapping else []
        return "|".join([self.source, self.sha256, *said])

    @property
    def about_again(self) -> str:
        """As `about`, for a file that was taken in before and is fetched again on another day."""
        return f"{self.about}|fetched {self.fetched_on}"


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file, read and checked from the first row to the last."""

    upload: Upload
    reading: Reading
    observations: Sequence[Observation]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to; `replayed` when this very file was taken in before.

    `caution` is what its figures are always shown with; a key of codes has none. `at` is when it
    was taken in; of imports before that was kept it is not known.
    """

    import_id: str
    account: Account
    source: str
    fetched_on: date | None
    replayed: bool
    dry_run: bool = False
    caution: StatisticCaution | None = None
    period: tuple[str, str] | None = None
    at: datetime | None = None

    @classmethod
    def now(cls, identity: str, file: ReadFile, summed: Account, *, dry_run: bool = False) -> Self:
        """Of a file that was just taken in, or would have been."""
        reading = file.reading
        return cls(
            identity,
            summed,
            reading.source,
            file.upload.fetched_on,
            replayed=False,
            dry_run=dry_run,
            caution=reading.caution if reading.figures else None,
            period=reading.period if reading.figures else None,
        )

    @classmethod
    def standing(cls, known: Loaded, *, dry_run: bool = False) -> Self:
        """Of a file that was taken in before: the day it was fetched is what was said then."""
        state = known.state
        caution = state.get("caution")
        return cls(
            known.id,
            account_of(state),
            state["source"],
            fetched_of(state),
            replayed=True,
            dry_run=dry_run,
            caution=StatisticCaution(caution) if caution else None,
            period=(state["period_from"], state["period_to"]) if caution else None,
            at=known.extra.get("imported_at"),
        )


def fetched_of(state: Document) -> date | None:
    """The day a file that was taken in was fetched, if that was said."""
    said = state.get("fetched_on")
    return date.fromisoformat(said) if said else None


def document_of(file: ReadFile, summed: Account) -> tuple[list[StatisticsImported], Document]:
    """What an import publishes (a key of codes: nothing), and the import as it is kept."""
    upload, reading = file.upload, file.reading
    kept: Document = {
        "source": reading.source,
        "content_sha256": upload.sha256,
        "fetched_on": upload.fetched_on.isoformat() if upload.fetched_on else None,
        "rows": summed.rows,
        "taken": summed.taken,
        "new": summed.new,
        "superseded": summed.superseded,
        "unchanged": summed.unchanged,
        "older": summed.older,
        "skipped_rows": [
            [place.row, reason, place.sheet] for place, reason in summed.skipped[:MOST_LISTED]
        ],
        "sheets": [[one.number, one.taken, one.skipped] for one in summed.sheets],
    }
    if not reading.figures:
        return [], kept
    event = imported(reading, summed, upload.sha256, upload.fetched_on)
    return [event], event.model_dump(mode="json") | kept


def account_of(state: Document) -> Account:
    """The account as it was kept; the first rows that were skipped, where they were read."""
    return Account(
        rows=state["rows"],
        taken=state["taken"],
        new=state["new"],
        superseded=state["superseded"],
        unchanged=state["unchanged"],
        older=state.get("older", 0),
        skipped=tuple(
            (Place(sheet[0] if sheet else 0, row), reason)
            for row, reason, *sheet in state.get("skipped_rows", ())
        ),
        sheets=tuple(Sheet(*one) for one in state.get("sheets", ())),
    )
