"""Taking in a resident's report: with a reference to follow it by, and perhaps a contact."""

from collections.abc import Mapping

from services.intake.commands.concerns import Accepted, Concerns, Diverted
from services.intake.commands.contacts import Contacts
from services.intake.commands.references import References
from services.intake.domain.contact import Contact
from services.intake.domain.report import ConcernReport
from shared.contracts.envelope import Provenance
from shared.contracts.ids import ConcernId


class Residents:
    """What reporters without an account get and may leave."""

    def __init__(self, concerns: Concerns, references: References, contacts: Contacts) -> None:
        self._concerns = concerns
        self._references = references
        self._contacts = contacts

    @property
    def contact_days(self) -> int:
        """How long a contact is kept at most."""
        return self._contacts.days

    async def report(
        self, said: ConcernReport, key: str, why: Provenance, contact: Contact | None
    ) -> Accepted | Diverted:
        """Take in one report; the contact is kept once the report is in order, before it stands.

        Raises:
            Refused, Unavailable: as `Concerns.report`.
        """

        async def beside(concern_id: ConcernId) -> Mapping[str, str]:
            if contact is not None:
                await self._contacts.keep(concern_id, contact, why.time)
            return self._references.key.stored(concern_id)

        return await self._concerns.report(said, key, why, beside=beside)
