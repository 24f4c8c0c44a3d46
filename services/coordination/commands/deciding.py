"""Load, decide, append: the one way anything changes, and how a repeat meets its first try."""

import hashlib
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from pydantic import BaseModel

from services.coordination.commands.refusals import KEY_USED, NOT_FOUND, STALE, unknown_code
from services.coordination.domain.decision import Decision, State
from services.coordination.store import Aggregates, Next, Stored
from shared.contracts.envelope import Event, Provenance
from shared.contracts.refusal import Refusal, Refused
from shared.store.errors import Conflict, DuplicateId

S = TypeVar("S", bound=State)

TRIES: Final = 8
HANDLED_KEPT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who gives a command, when and why; `if_match` is the version they have read."""

    why: Provenance
    if_match: int | None = None

    @property
    def district(self) -> str:
        """The district that acts; nothing of another one is seen."""
        return str(self.why.district)


@dataclass(frozen=True, slots=True)
class Made(Generic[S]):
    """What a creating command made; `replayed` when an earlier try had made it already."""

    id: str
    state: str
    version: int = 1
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A creating command: the id it will have, and what was asked for, to know it again."""

    id: str
    asked: BaseModel

    @property
    def digest(self) -> str:
        """The same for the same content."""
        return hashlib.sha256(self.asked.model_dump_json().encode()).hexdigest()


def accepted(decision: Decision) -> tuple[Event, ...]:
    """The events; raises Refused for a refusal."""
    if isinstance(decision, Refusal):
        raise Refused(decision)
    return decision


def known(code: str, codes: Container[str], kind_sv: str, kind_en: str) -> None:
    """Refuse a code that the district's list does not have."""
    if code not in codes:
        raise Refused(unknown_code(kind_sv, kind_en))


async def change(
    kept: Aggregates[S],
    which: str,
    by: By,
    decide: Callable[[S], Decision],
) -> Stored[S]:
    """Change what stands; raises Refused, also when there is none (404) or it has moved (412)."""

    def decide_known(state: S | None) -> Decision:
        return NOT_FOUND if state is None else decide(state)

    return await begin_or_change(kept, which, by, decide_known)


async def begin_or_change(
    kept: Aggregates[S],
    which: str,
    by: By,
    decide: Callable[[S | None], Decision],
) -> Stored[S]:
    """Change what stands, or begin it; without If-Match somebody else being first is met anew."""
    for _ in range(TRIES):
        found = await kept.get(which, by.district)
        if by.if_match is not None and by.if_match != (found.version if found else 0):
            raise Refused(STALE if found else NOT_FOUND)
        events = accepted(decide(found.state if found else None))
        if not events and found is not None:
            return found
        try:
            following = evolved(kept, found, events, by.why)
            return await kept.append(which, following, expected=found, why=by.why)
        except (Conflict, DuplicateId):
            if by.if_match is not None:
                raise Refused(STALE) from None
    raise Conflict("BUSY")


async def create(kept: Aggregates[S], wish: Wish, by: By, following: Next[S]) -> Made[S]:
    """Make something once: the same wish again is answered as the first time."""
    again = await made_before(kept, wish, by.district)
    if again is not None:
        return again
    first = str(getattr(following.state, "state"))  # noqa: B009 - every kind here has one
    extra = {"asked": wish.digest, "first": first}
    try:
        await kept.append(
            wish.id, Next(following.state, following.events, extra), expected=None, why=by.why
        )
    except DuplicateId:
        again = await made_before(kept, wish, by.district)
        if again is None:
            raise Refused(KEY_USED) from None
        return again
    return Made(wish.id, first)


async def made_before(kept: Aggregates[S], wish: Wish, district: str) -> Made[S] | None:
    """What an earlier try with the same wish made; the same id with another wish is refused."""
    found = await kept.get(wish.id, district)
    if found is None:
        return None
    if found.extra.get("asked") != wish.digest:
        raise Refused(KEY_USED)
    return Made(wish.id, str(found.extra["first"]), replayed=True)


def evolved(
    kept: Aggregates[S], found: Stored[S] | None, events: tuple[Event, ...], why: Provenance
) -> Next[S]:
    """The state after these events."""
    state = found.state if found else None
    for event in events:
        state = kept.evolve(state, event, why.time)
    if state is None:
        raise ValueError("nothing begins without an event")
    return Next(state, events)
