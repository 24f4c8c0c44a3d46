"""Reading how to reach a resident: the coordinator alone, to give the answer, and never unseen."""

from typing import Final

from services.intake.commands.changing import NOT_FOUND
from services.intake.commands.contacts import Contacts
from services.intake.commands.trail import Act, Line, Purpose, Trail
from services.intake.domain.contact import Contact
from services.intake.domain.life import OVER
from services.intake.store import Store
from shared.contracts.envelope import Provenance
from shared.contracts.refusal import Refusal, Refused

NO_CONTACT: Final = Refusal(
    "CONCERN.NO_CONTACT",
    "Ingen kontakt lämnades, eller så är den raderad.",
    "No contact was left, or it has been destroyed.",
    404,
)


class Reaching:
    """Opens a contact for the one purpose it was left for."""

    def __init__(self, store: Store, contacts: Contacts, trail: Trail) -> None:
        self._store = store
        self._contacts = contacts
        self._trail = trail

    async def read(self, concern_id: str, why: Provenance) -> Contact:
        """The contact.

        Raises:
            Refused: there is no such concern in the district, no contact, or it is over.
            Unavailable: the line could not be written, so nothing is shown.
        """
        standing = await self._store.quarantined.any(concern_id, why.district)
        if standing is None:
            raise Refused(NOT_FOUND)
        if standing.state["status"] in OVER:
            raise Refused(NO_CONTACT)
        line = Line(act=Act.CONTACT_READ, subject=concern_id, why=why, purpose=Purpose.FEEDBACK)
        await self._trail.note(line)
        contact = await self._contacts.read(concern_id)
        if contact is None:
            raise Refused(NO_CONTACT)
        return contact
