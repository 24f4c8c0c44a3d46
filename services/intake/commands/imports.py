"""A file of concerns, tried or taken in: an account of every row, and of content not a word."""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from services.intake.commands.batch import Batch, Item, Outcome, Waiting
from services.intake.commands.concerns import Accepted, Diverted
from services.intake.commands.vault import Vault
from services.intake.domain.concern_file import CELLS, FileRow
from services.intake.domain.file_times import HOUR_MISSING, NO_TIME, TWO_ENDS
from services.intake.store import Store
from services.intake.store.imports import KeptImport, KeptRow
from shared.contracts.codes import ConcernState
from shared.contracts.envelope import Provenance
from shared.contracts.refusal import Refusal
from shared.web.validation import reason_of
from shared.web.words import joined

AT_ONCE: Final = 1000
LISTED: Final = 20
NOT_VALID: Final = "uppgifterna är inte giltiga / the input is not valid"
AGAIN: Final = "gick inte att spara, sänd filen igen / could not be stored, send the file again"

WORDS: Final[Mapping[str, str]] = {
    CELLS: "annat antal celler än rubriker / other number of cells than heads",
    HOUR_MISSING: "klockslaget saknas, skriv som 2026-04-01 14:00 / "
    "the hour is missing, write it as 2026-04-01 14:00",
    NO_TIME: "går inte säkert att läsa som en tidpunkt, skriv som 2026-04-01 14:00 eller nämn "
    'formen under dates i kartan, som "%d/%m/%Y %H:%M" / cannot be read safely as a time, write '
    'it as 2026-04-01 14:00 or name its form under dates in the map, as "%d/%m/%Y %H:%M"',
    TWO_ENDS: "sluttiden står på två ställen / the end is told twice",
}


class RowFate(StrEnum):
    """What became of a row."""

    TAKEN = "TAKEN"
    ALREADY = "ALREADY"
    QUARANTINED = "QUARANTINED"
    DIVERTED = "DIVERTED"
    REFUSED = "REFUSED"
    UNAVAILABLE = "UNAVAILABLE"


class Imports:
    """Tries and takes in files; keeps what became of their rows."""

    def __init__(self, batch: Batch, store: Store, vault: Vault) -> None:
        self._batch = batch
        self._store = store
        self._vault = vault

    async def account(
        self, rows: Sequence[FileRow], why: Provenance, *, dry_run: bool
    ) -> list[KeptRow]:
        """What became of each row, or with `dry_run` what would.

        A row that says it is one of the agency's concerns is that one, whatever else it says.
        """
        known = await self._batch.already([row.reference for row in rows if row.reference], why)
        new = [row for row in rows if row.reference not in known]
        items = [Item(row.key, row.report) for row in new if row.report]
        outcomes: list[Outcome] = []
        for some in _chunks(items):
            outcomes += await self._batch.take_in(some, why, dry_run=dry_run)
        told = dict(zip((item.key for item in items), outcomes, strict=True))
        return [
            _told(row, outcome) if outcome else refused(row)
            for row in rows
            for outcome in [known.get(row.reference or "") or told.get(row.key)]
        ]

    async def take_in(self, rows: Sequence[FileRow], why: Provenance, key: str) -> str:
        """Take in the rows and keep the account; answers the import's id.

        The same key a second time adds nothing to what is kept.
        """
        kept = await self.account(rows, why, dry_run=False)
        made = KeptImport(
            id=self._vault.id_of("concern-import", why.agency, key),
            agency=why.agency,
            district=why.district,
            role=why.actor_role,
            at=why.time,
            counts=counted(kept),
            rows=kept,
        )
        await self._store.concern_imports.keep(made)
        return made.id

    async def one(self, import_id: str, agency: str, district: str) -> KeptImport | None:
        """An own import, with its rows."""
        return await self._store.concern_imports.one(import_id, agency, district)

    async def latest(self, agency: str, district: str) -> list[KeptImport]:
        """The agency's latest imports."""
        return await self._store.concern_imports.latest(agency, district, most=LISTED)


def counted(rows: Sequence[KeptRow]) -> Mapping[str, int]:
    """How many rows of each fate."""
    counts = Counter(row.outcome for row in rows)
    return {fate.value: counts[fate] for fate in RowFate}


def _chunks(items: Sequence[Item]) -> list[Sequence[Item]]:
    return [items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE)]


def _told(row: FileRow, outcome: Outcome) -> KeptRow:
    match outcome:
        case Accepted():
            return KeptRow(row.number, _fate(outcome), concern_id=outcome.concern_id)
        case Diverted():
            to = outcome.to
            words = f"{to.label.sv} ({to.phone}) / {to.label.en} ({to.phone})"
            return KeptRow(row.number, RowFate.DIVERTED, reason=words)
        case Waiting():
            return KeptRow(row.number, RowFate.UNAVAILABLE, reason=AGAIN)
        case Refusal():
            return KeptRow(row.number, RowFate.REFUSED, reason=f"{outcome.sv} / {outcome.en}")


def _fate(outcome: Accepted) -> RowFate:
    if outcome.replayed:
        return RowFate.ALREADY
    held = outcome.status is ConcernState.QUARANTINED
    return RowFate.QUARANTINED if held else RowFate.TAKEN


def refused(row: FileRow) -> KeptRow:
    """A row that is no report: which columns, and why; never what stands in them."""
    columns = [field for field, _ in row.findings if field not in {"", CELLS}]
    reasons = dict.fromkeys(_reason(kind) for _, kind in row.findings)
    why = joined(reasons) or NOT_VALID
    return KeptRow(row.number, RowFate.REFUSED, reason=why, columns=list(dict.fromkeys(columns)))


def _reason(kind: str) -> str:
    return WORDS.get(kind) or reason_of(kind)
