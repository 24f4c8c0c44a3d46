"""Giving somebody what is kept about a report: found by its reference alone, never by a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from services.intake.commands.audit import AuditTrail
from services.intake.commands.changing import NOT_FOUND
from services.intake.commands.contacts import Contacts
from services.intake.commands.references import References
from services.intake.commands.trail import Act, Line, Purpose
from services.intake.commands.vault import Vault
from services.intake.store import Store
from services.intake.store.audit import Asked
from services.intake.store.cases import Case
from services.intake.store.data_keys import GENERATION, TEXTS
from services.intake.store.erasures import MOST
from shared.contracts.envelope import Provenance
from shared.contracts.refusal import Refusal, Refused
from shared.store.client import Document
from shared.store.entries import Pending
from shared.store.stream import Loaded

MOST_LINES: Final = 1_000
TOLD: Final = frozenset({"agency", "registered_at", TEXTS, "expunged"})
TOO_MANY: Final = Refusal(
    "ACCESS.TOO_MANY",
    f"Fler än {MOST} rapporter har det ärendenumret. Ange varje rapports id.",
    f"More than {MOST} reports carry that number. Name each report by its id.",
)
INNER: Final = frozenset({"digest", "last_command", "receipt", GENERATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The reports that are asked for, by one of these; `reference` is the request's own number.

    Attributes:
        agency: whose own number `external_reference` is: two agencies may use the same.
        receipt: as it stands on the receipt.
    """

    reference: str
    concern_id: str | None = None
    agency: str | None = None
    external_reference: str | None = None
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that is kept about one report; no text for a field whose key was destroyed."""

    kept: Loaded
    texts: Mapping[str, str]
    contact: str | None
    case: Case | None
    events: Sequence[Pending]
    lines: Sequence[Document]
    lines_in_all: int

    @property
    def further(self) -> dict[str, str]:
        """Whatever else stands on the report: all but keyed hashes, and a key's name."""
        told = {name: value for name, value in self.kept.extra.items() if name not in TOLD | INNER}
        return {name: str(value) for name, value in sorted(told.items())}


class GivingAccess:
    """The command."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        trail: AuditTrail,
        *,
        references: References,
        contacts: Contacts,
    ) -> None:
        self._store = store
        self._vault = vault
        self._trail = trail
        self._references = references
        self._contacts = contacts

    async def give(self, wanted: Wanted, why: Provenance) -> list[Account]:
        """The account of each report found; a line per report stands before it is opened.

        Raises:
            Refused: nothing is kept under this reference, or more than is given at once.
        """
        found = await self._found(wanted, why.district)
        if not found:
            raise Refused(NOT_FOUND)
        return [await self._account(each, wanted.reference, why) for each in found]

    async def _found(self, wanted: Wanted, district: str) -> Sequence[Loaded]:
        erasures = self._store.erasures
        if wanted.concern_id is not None:
            one = await self._store.quarantined.any(wanted.concern_id, district)
            return [] if one is None else [one]
        if wanted.receipt is not None:
            digest = self._references.key.digest(wanted.receipt)
            return await erasures.by_receipt(digest, district)
        found = await erasures.by_own_number(
            str(wanted.agency), str(wanted.external_reference), district
        )
        if len(found) > MOST:
            raise Refused(TOO_MANY)
        return found

    async def _account(self, kept: Loaded, reference: str, why: Provenance) -> Account:
        await self._trail.note(
            Line(
                act=Act.ACCESS_GIVEN,
                subject=kept.id,
                why=why,
                purpose=Purpose.SUBJECT_ACCESS,
                reference=reference,
            )
        )
        kept, texts = await self._opened(kept)
        contact = await self._contacts.read(kept.id)
        cases = await self._store.cases.of([kept.id])
        lines, in_all = await self._store.audit.some(Asked(why.district, kept.id), limit=MOST_LINES)
        return Account(
            kept=kept,
            texts=texts,
            contact=contact.value if contact else None,
            case=cases.get(kept.id),
            events=await self._store.concerns.entries_of([kept.id]),
            lines=lines[::-1],
            lines_in_all=in_all,
        )

    async def _opened(self, kept: Loaded) -> tuple[Loaded, Mapping[str, str]]:
        """Its texts; where not all open, of the report read again: it may just have changed."""
        texts = await self._vault.open(kept)
        if texts.keys() != (kept.extra.get(TEXTS) or {}).keys():
            kept = await self._store.concerns.load(kept.id) or kept
            texts = await self._vault.open(kept)
        return kept, texts
