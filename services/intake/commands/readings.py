"""Reading a narrative: only for a purpose, and never before its line stands in the trail."""

from dataclasses import dataclass
from typing import Final

from services.intake.commands.changing import NOT_FOUND
from services.intake.commands.trail import Act, Line, Purpose, Trail
from services.intake.commands.vault import Vault
from services.intake.domain.api_keys import NO_TEXTS
from services.intake.domain.concern import Concern
from services.intake.store import Store
from shared.contracts.envelope import Provenance
from shared.contracts.refusal import Refusal, Refused
from shared.security.roles import Principal, Right, allowed
from shared.store.stream import Loaded

NO_NARRATIVE: Final = Refusal(
    "CONCERN.NO_NARRATIVE",
    "Rapporten har ingen fritext, eller så är den raderad.",
    "The concern has no narrative, or it has been expunged.",
    404,
)
AT_THE_DESK: Final = Refusal(
    "CONCERN.NOT_PASSED",
    "Texten har inte släppts av granskningen; den läses bara vid karantänen.",
    "The text has not passed the screen; it is read at the quarantine desk only.",
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads; `of_any_agency`: the coordinator, others their own agency's concerns alone."""

    why: Provenance
    of_any_agency: bool = False


def reader_of(who: Principal, why: Provenance) -> Reader | None:
    """How somebody reads narratives: the agency its own, the coordinator any; None for others.

    Raises:
        Refused: they hold a key that was not made by somebody who may read them.
    """
    if not who.reads_texts:
        raise Refused(NO_TEXTS)
    of_any_agency = allowed(who, Right.READ_ANY_NARRATIVE)
    if not of_any_agency and not allowed(who, Right.READ_OWN_NARRATIVES):
        return None
    return Reader(why, of_any_agency=of_any_agency)


class Readings:
    """Opens the vault for those who may read."""

    def __init__(self, store: Store, vault: Vault, trail: Trail) -> None:
        self._store = store
        self._vault = vault
        self._trail = trail

    async def may_read(self, concern_id: str, reader: Reader) -> Concern:
        """The concern whose narrative the reader may ask for; Refused when there is none."""
        return Concern.model_validate((await self._readable(concern_id, reader)).state)

    async def read(self, concern_id: str, purpose: Purpose, reader: Reader) -> str:
        """The narrative.

        Raises:
            Refused: there is none for this reader, or the text has not passed the screen.
            Unavailable: the line could not be written, so nothing is shown.
        """
        standing = await self._readable(concern_id, reader)
        line = Line(act=Act.NARRATIVE_READ, subject=standing.id, why=reader.why, purpose=purpose)
        await self._trail.note(line)
        texts = await self._vault.open(standing, "narrative")
        if not texts:
            raise Refused(NO_NARRATIVE)
        return texts["narrative"]

    async def _readable(self, concern_id: str, reader: Reader) -> Loaded:
        standing = await self._find(concern_id, reader)
        if standing is None:
            raise Refused(NOT_FOUND)
        own = standing.extra["agency"] == reader.why.agency
        if not own and not Concern.model_validate(standing.state).passed:
            raise Refused(AT_THE_DESK)
        if "narrative" not in standing.extra.get("vault", {}):
            raise Refused(NO_NARRATIVE)
        return standing

    async def _find(self, concern_id: str, reader: Reader) -> Loaded | None:
        why = reader.why
        if reader.of_any_agency:
            return await self._store.quarantined.any(concern_id, why.district)
        return await self._store.own_concern(concern_id, why.agency, why.district)
