"""What the records officer can do, in one place."""

from dataclasses import dataclass
from typing import Self

from services.intake.commands.audit import AuditTrail
from services.intake.commands.contacts import Contacts
from services.intake.commands.disposal import Decisions, Disposal
from services.intake.commands.expunging import Expunging
from services.intake.commands.giving_access import GivingAccess
from services.intake.commands.references import References
from services.intake.commands.vault import Vault
from services.intake.store import Store


@dataclass(frozen=True, slots=True)
class Records:
    """The commands of the records officer."""

    expunging: Expunging
    access: GivingAccess
    disposal: Disposal

    @classmethod
    def of(
        cls,
        store: Store,
        vault: Vault,
        trail: AuditTrail,
        *,
        contacts: Contacts,
        decisions: Decisions,
    ) -> Self:
        """The commands on this store."""
        expunging = Expunging(store, vault, trail)
        access = GivingAccess(store, vault, trail, references=References(vault), contacts=contacts)
        return cls(expunging, access, Disposal(store, trail, expunging, decisions))
