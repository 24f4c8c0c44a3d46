"""How to reach somebody who wants an answer: an e-mail address or a telephone number. Pure."""

import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused

LONGEST_CONTACT = 254
UNREACHABLE = Refusal(
    "CONTACT.UNREACHABLE",
    "Skriv en e-postadress som namn@exempel.se, eller ett telefonnummer med riktnummer",
    "Write an e-mail address as name@example.se, or a telephone number with its area code",
    UNPROCESSABLE,
)
_LABEL = r"[^\s@.,;:<>()\[\]\"\\]+"
_EMAIL = re.compile(rf"{_LABEL}(\.{_LABEL})*@{_LABEL}(\.{_LABEL})+")


class ContactKind(StrEnum):
    """By what somebody is reached."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"


@dataclass(frozen=True, slots=True)
class Contact:
    """Where an answer goes; a telephone number is in E.164."""

    kind: ContactKind
    value: str

    def __repr__(self) -> str:
        """Its kind alone: a contact never gets into a log."""
        return f"Contact({self.kind.value})"


def contact_of(typed: str) -> Contact | None:
    """The contact that was typed, None when nothing was.

    Raises:
        Refused: it is neither an address nor a number that can exist.
    """
    if not typed:
        return None
    if len(typed) <= LONGEST_CONTACT and typed.isprintable():
        if _EMAIL.fullmatch(typed):
            return Contact(ContactKind.EMAIL, typed)
        if number := _number(typed):
            return Contact(ContactKind.PHONE, number)
    raise Refused(UNREACHABLE)


def wrong(typed: str) -> dict[str, str]:
    """Words for a contact nobody can be reached by; never what was typed."""
    try:
        contact_of(typed)
    except Refused as refused:
        return {"contact": refused.refusal.both}
    return {}


def _number(typed: str) -> str | None:
    if "@" in typed:
        return None
    try:
        number = phonenumbers.parse(typed, "SE")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
