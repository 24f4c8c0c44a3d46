"""The lines of the audit trail in words: what was done, why, and about what."""

from collections.abc import Mapping
from typing import Final

from services.intake.commands.audit import EVERYTHING
from services.intake.commands.rotation import SUBJECT as VAULT
from services.intake.commands.trail import Act, Purpose
from services.intake.domain.disposal import Kind
from shared.contracts.district import Text

ACTS: Final[Mapping[str, Text]] = {
    Act.NARRATIVE_READ: Text(sv="Fritexten lästes", en="The narrative was read"),
    Act.QUARANTINE_READ: Text(
        sv="Texten lästes vid granskningen", en="The text was read at the quarantine desk"
    ),
    Act.QUARANTINE_RELEASED: Text(
        sv="Beslut: texten släpptes som den är", en="Decision: the text was released as it is"
    ),
    Act.QUARANTINE_REDACTED: Text(
        sv="Beslut: texten maskades", en="Decision: the text was redacted"
    ),
    Act.QUARANTINE_REJECTED: Text(
        sv="Beslut: rapporten avvisades", en="Decision: the report was rejected"
    ),
    Act.CONTACT_READ: Text(sv="Kontaktuppgiften lästes", en="The contact was read"),
    Act.CONTACT_FORGOTTEN: Text(sv="Kontaktuppgiften förstördes", en="The contact was destroyed"),
    Act.NARRATIVE_EXPUNGED: Text(sv="Texten förstördes", en="The text was destroyed"),
    Act.ACCESS_GIVEN: Text(sv="Registerutdrag gavs", en="A subject access was given"),
    Act.DISPOSAL_RUN: Text(sv="Gallring enligt beslut", en="Disposal by a decision"),
    Act.VAULT_ROTATED: Text(sv="Valvets huvudnyckel byttes", en="The vault's master key changed"),
    Act.KEY_ISSUED: Text(sv="En nyckel gjordes", en="A key was made"),
    Act.KEY_REVOKED: Text(sv="En nyckel spärrades", en="A key was revoked"),
    Act.AUDIT_READ: Text(sv="Spårloggen lästes", en="The audit trail was read"),
}
PURPOSES: Final[Mapping[str, Text]] = {
    Purpose.TRIAGE: Text(sv="för att bedöma rapporten", en="to judge the report"),
    Purpose.OWN_FOLLOW_UP: Text(
        sv="för att följa upp det myndigheten rapporterade", en="to follow up an own report"
    ),
    Purpose.QUARANTINE_REVIEW: Text(sv="för att granska texten", en="to review the text"),
    Purpose.FEEDBACK: Text(sv="för att svara den som rapporterade", en="to answer who reported"),
    Purpose.SUBJECT_ACCESS: Text(sv="för ett registerutdrag", en="for a subject access"),
    Purpose.OPEN311_READ_BACK: Text(
        sv="för att ge tillbaka det till den app som sände det", en="to give it back to its app"
    ),
}
SUBJECTS: Final[Mapping[str, Text]] = {
    EVERYTHING: Text(sv="Spårloggen", en="The audit trail"),
    VAULT: Text(sv="Valvet", en="The vault"),
    Kind.NARRATIVE: Text(sv="Registrerade rapporters texter", en="Texts of registered reports"),
    Kind.QUARANTINED: Text(sv="Rapporter i karantän", en="Reports in quarantine"),
    Kind.REJECTED: Text(sv="Avvisade rapporter", en="Rejected reports"),
    Kind.WITHDRAWN: Text(sv="Återtagna rapporter", en="Withdrawn reports"),
    Kind.CONTACT: Text(sv="Kontakter för svar", en="Contacts for answers"),
    Kind.IMPORT_REPORTS: Text(sv="Utfall av inlästa filer", en="Accounts of imported files"),
}
UNKNOWN: Final = "okänt för den här versionen / unknown to this version"


def both(text: Text) -> str:
    """`Svenska / English`; once where they are the same."""
    return text.sv if text.sv == text.en else f"{text.sv} / {text.en}"


def worded(words: Mapping[str, Text], code: str) -> str:
    """`Svenska / English` of a code; one of a newer version is called itself."""
    text = words.get(code)
    return both(text) if text else code


def sv(words: Mapping[str, Text], code: str) -> str:
    """The same in Swedish."""
    text = words.get(code)
    return text.sv if text else code
