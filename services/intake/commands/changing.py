"""Load, decide, write the line, append: the one way a concern that stands is changed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel

from services.intake.commands.trail import Act, Line, Trail
from services.intake.commands.vault import Vault
from services.intake.domain.concern import Concern
from services.intake.domain.life import OVER, Change
from services.intake.store import Store
from services.intake.store.at_home import going_out
from shared.contracts.codes import ConcernState
from shared.contracts.envelope import Provenance
from shared.contracts.refusal import Refusal, Refused
from shared.store.errors import Conflict
from shared.store.stream import Loaded

TRIES: Final = 8
NOT_FOUND: Final = Refusal(
    "not-found", "Det som söktes finns inte", "What was asked for does not exist", 404
)
STALE: Final = Refusal(
    "stale", "Uppgiften har ändrats sedan den lästes", "It has changed since it was read", 412
)


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who gives a command, when and why; `if_match` is the version they have read."""

    why: Provenance
    if_match: int | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """Where a concern stands after a command; `replayed` when it stood there before."""

    concern_id: str
    status: ConcernState
    version: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What a command decided, and the texts to be sealed in place of those before.

    `texts` are by field, None takes one away; a field that is not named keeps what it has.
    """

    change: Change
    texts: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A command on one concern; `act` is the line it leaves in the trail, where it leaves one."""

    name: str
    concern_id: str
    said: BaseModel
    by: By
    act: Act | None = None

    @property
    def content(self) -> str:
        """The same for the same command with the same content."""
        return f"{self.name} {self.said.model_dump_json()}"


Find = Callable[[], Awaitable[Loaded | None]]
Decide = Callable[[Loaded, Concern], Awaitable[Decided]]


async def _decided(wish: Wish, standing: Loaded, decide: Decide) -> Decided:
    """What is decided of what was read; Refused when that has moved.

    A repeat that comes late and names no version must not bring back what was destroyed since.
    """
    if wish.by.if_match not in {None, standing.version}:
        raise Refused(STALE)
    decided = await decide(standing, Concern.model_validate(standing.state))
    if wish.by.if_match is None and any(decided.texts.values()) and "expunged" in standing.extra:
        raise Refused(STALE)
    return decided


class Changing:
    """Changes concerns that stand."""

    def __init__(self, store: Store, vault: Vault, trail: Trail) -> None:
        self._store = store
        self._vault = vault
        self._trail = trail

    async def change(self, wish: Wish, find: Find, decide: Decide) -> Changed:
        """Carry out a command once; the same again right after it is answered the same.

        Raises:
            Refused: a rule forbids it, there is no such concern (404) or it has moved (412).
            Unavailable: nothing stands, or it may; the same command may be sent again.
        """
        mark = self._vault.digest_of(wish.content)
        noted = False
        for _ in range(TRIES):
            standing = await find()
            if standing is None:
                raise Refused(NOT_FOUND)
            if standing.extra.get("last_command") == mark:
                return await self._again(standing)
            decided = await _decided(wish, standing, decide)
            if not decided.change.events:
                return await self._again(standing)
            if wish.act is not None and not noted:
                await self._trail.note(Line(act=wish.act, subject=standing.id, why=wish.by.why))
                noted = True
            try:
                return await self._append(standing, decided, mark, wish.by.why)
            except Conflict:
                continue
        raise Conflict("BUSY")

    async def _append(
        self, standing: Loaded, decided: Decided, mark: str, why: Provenance
    ) -> Changed:
        """Store it, its texts sealed anew where they change.

        What goes afterwards is told to the sweep before: it goes also where this breaks off.
        """
        kept = decided.change.kept
        if kept.status in OVER:
            await self._store.contacts.unsettle(standing.id)
        async with self._vault.replacing(standing, decided.texts) as sealed:
            version = await self._store.concerns.append(
                standing.id,
                expected=standing,
                state=kept.model_dump(mode="json", exclude_none=True),
                events=going_out(standing, decided.change.events),
                provenance=why,
                extra={"last_command": mark} | sealed,
            )
        await self._let_go(standing.id, kept.status)
        return Changed(standing.id, kept.status, version, replayed=False)

    async def _again(self, standing: Loaded) -> Changed:
        """The same answer; and what the first time may not have come to."""
        status = ConcernState(standing.state["status"])
        await self._let_go(standing.id, status)
        return Changed(standing.id, status, standing.version, replayed=True)

    async def _let_go(self, concern_id: str, status: ConcernState) -> None:
        """The contact of a report that is over: no answer will be given."""
        if status in OVER:
            await self._store.contacts.forget(concern_id)
