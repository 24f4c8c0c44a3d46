"""Who looked at or changed what is kept apart: every such act leaves a line in the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from shared.contracts.codes import Role
from shared.contracts.envelope import Provenance


class Act(StrEnum):
    """What was done; a line is written before anything is shown or destroyed."""

    NARRATIVE_READ = "NARRATIVE_READ"
    QUARANTINE_READ = "QUARANTINE_READ"
    QUARANTINE_RELEASED = "QUARANTINE_RELEASED"
    QUARANTINE_REDACTED = "QUARANTINE_REDACTED"
    QUARANTINE_REJECTED = "QUARANTINE_REJECTED"
    CONTACT_READ = "CONTACT_READ"
    CONTACT_FORGOTTEN = "CONTACT_FORGOTTEN"
    NARRATIVE_EXPUNGED = "NARRATIVE_EXPUNGED"
    ACCESS_GIVEN = "ACCESS_GIVEN"
    DISPOSAL_RUN = "DISPOSAL_RUN"
    VAULT_ROTATED = "VAULT_ROTATED"
    KEY_ISSUED = "KEY_ISSUED"
    KEY_REVOKED = "KEY_REVOKED"
    AUDIT_READ = "AUDIT_READ"


class Purpose(StrEnum):
    """Why somebody reads what a reporter wrote."""

    TRIAGE = "TRIAGE"
    OWN_FOLLOW_UP = "OWN_FOLLOW_UP"
    QUARANTINE_REVIEW = "QUARANTINE_REVIEW"
    FEEDBACK = "FEEDBACK"
    SUBJECT_ACCESS = "SUBJECT_ACCESS"
    OPEN311_READ_BACK = "OPEN311_READ_BACK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One act: codes, ids and numbers, never a text.

    Attributes:
        subject: the aggregate it was about, or what a run was about as a code.
        reference: a decision's reference, where one is asked for.
        count: how many were concerned, for acts on several.
    """

    act: Act
    subject: str
    why: Provenance
    purpose: Purpose | None = None
    reference: str | None = None
    count: int = 1


def known(row: Mapping[str, object]) -> bool:
    """Whether the words of a line are this version's; a newer one may have written it."""
    words = ((Act, row.get("act")), (Role, row.get("role")), (Purpose, row.get("purpose")))
    return all(word is None or word in set(kind) for kind, word in words)


class Trail(Protocol):
    """Where lines are written; nobody is shown anything before its line stands."""

    async def note(self, *lines: Line) -> None:
        """Write the lines, all or none, acknowledged by the majority; Unavailable if it cannot."""
        ...
