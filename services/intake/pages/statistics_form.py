"""What the form of statistics brings and how it is shown again."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Self

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from services.intake.commands.import_files import Upload
from services.intake.domain.readers.kinds import AUTO, SOURCES
from services.intake.domain.readers.reading import More
from services.intake.domain.statistics import fetched_ahead
from services.intake.pages.held_file import LARGEST_FILE, packed, unpacked
from services.intake.pages.statistics_words import Told
from shared.contracts.types import Period
from shared.web.form_data import file_of, form_of, key_of, text_of

ASKED: Final = ("source", "period", "fetched_on", "mapping")
WRONG: Final[Mapping[str, str]] = {
    "file": "Välj en fil / Choose a file",
    "source": "Välj filens slag / Choose the kind of file",
    "period": (
        "Skriv perioden som 2025, 2025-H1, 2025-Q3, 2025-06 eller 2025-W07 / "
        "Write the period like one of these"
    ),
    "fetched_on": "Skriv dagen som 2026-05-04 / Write the day like this",
}
_PERIOD: Final[TypeAdapter[str]] = TypeAdapter(Period)


@dataclass(frozen=True, slots=True)
class Trial:
    """A file that was tried: what would come of it, and what the browser holds of it.

    Nothing is told of a file whose second step could not be done yet.
    """

    told: Told | None
    held: str
    key: str

    @property
    def brings(self) -> bool:
        """Whether to take it in would bring something new."""
        return self.told is None or (self.told.changes > 0 and not self.told.done.replayed)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page as it is shown: what was typed, what is wrong, and the file that was tried."""

    values: Mapping[str, str] = field(default_factory=lambda: {"source": AUTO})
    errors: Mapping[str, str] = field(default_factory=dict)
    trial: Trial | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form brought: the file, what was said beside it, and the key of the second step.

    `held` is the file as the browser holds it; `confirmed` says that this is the second step.
    """

    file: bytes
    held: str
    confirmed: bool
    values: Mapping[str, str]
    key: str
    agency: object

    @classmethod
    async def read(cls, request: Request) -> Self:
        """Read it; 413 where the file is larger than the page takes."""
        form = await form_of(request)
        file = await file_of(form, "file", largest=LARGEST_FILE)
        held = text_of(form, "content")
        return cls(
            file=file,
            held=held or await asyncio.to_thread(packed, file),
            confirmed=bool(held),
            values={name: text_of(form, name).replace("\r\n", "\n").strip() for name in ASKED},
            key=key_of(text_of(form, "idempotency_key")),
            agency=form.get("agency"),
        )

    def errors(self, now: datetime) -> dict[str, str]:
        """What is missing or cannot be read, at its field."""
        period, said = self.values["period"], self.values["fetched_on"]
        wrong = {
            "file": not (self.file or self.confirmed),
            "source": self.values["source"] not in SOURCES,
            "period": bool(period) and not _is_period(period),
            "fetched_on": bool(said) and _day(said) is None,
        }
        found = {name: WRONG[name] for name, amiss in wrong.items() if amiss}
        ahead = fetched_ahead(_day(said), now)
        return found | ({"fetched_on": ahead.both} if ahead else {})

    def upload(self) -> Upload:
        """The file with what was said beside it; Refused where the browser held another."""
        content = unpacked(self.held) if self.confirmed else self.file
        mapping = self.values["mapping"].encode() or None
        more = More(self.values["period"] or None, mapping)
        return Upload(self.values["source"], content, more, _day(self.values["fetched_on"]))

    def anew(self, errors: Mapping[str, str]) -> Sheet:
        """The form with what was typed; the file is chosen again."""
        return Sheet(self.values, errors)

    def again(self, errors: Mapping[str, str]) -> Sheet:
        """The same step once more: a file that was tried, the browser goes on holding."""
        held = Trial(None, self.held, self.key) if self.confirmed else None
        return Sheet(self.values, errors, held)


def _is_period(said: str) -> bool:
    try:
        _PERIOD.validate_python(said)
    except ValidationError:
        return False
    return True


def _day(said: str) -> date | None:
    """The day as a form writes it; nothing where it is none."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
