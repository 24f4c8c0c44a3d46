"""A concern that waits for a decision, as the desk shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from services.intake.domain.concern import Concern
from services.intake.pages.telling import FINDINGS
from shared.store.stream import Loaded


@dataclass(frozen=True, slots=True)
class Waiting:
    """A concern that waits: never its text."""

    id: str
    kept: Concern
    days: int
    version: int

    @classmethod
    def of(cls, loaded: Loaded, now: datetime) -> Self:
        """The view of what is stored."""
        kept = Concern.model_validate(loaded.state)
        days = max(0, (now - kept.registered.registered_at).days)
        return cls(loaded.id, kept, days, loaded.version)

    @property
    def waited(self) -> str:
        """How long, in whole days."""
        return f"{self.days} dygn" if self.days else "mindre än ett dygn"

    @property
    def found(self) -> str:
        """The kinds of findings in words, with how many there are."""
        return ", ".join(
            FINDINGS.get(one.type, one.type) + (f" ({one.count} gånger)" if one.count > 1 else "")
            for one in self.kept.findings
        )


@dataclass(frozen=True, slots=True)
class Unread:
    """One that cannot be read now: only what its form came with."""

    id: str
    version: int | None
    kept: None = None
