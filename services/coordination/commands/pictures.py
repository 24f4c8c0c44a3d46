"""Situation pictures: a week compiled, judged and adopted."""

from services.coordination.commands.consequences import Cause, Consequences
from services.coordination.commands.deciding import (
    By,
    Made,
    Wish,
    change,
    create,
    known,
    made_before,
)
from services.coordination.commands.promptly import promptly
from services.coordination.commands.wishes import NewPicture
from services.coordination.domain import picture
from services.coordination.domain.picture import Count, Judgement, Picture
from services.coordination.store import Next, Store, Stored
from shared.contracts.calendar import week_bounds
from shared.contracts.district import District
from shared.contracts.ids import event_id
from shared.contracts.refusal import UNPROCESSABLE, Refusal, Refused
from shared.contracts.topics import COORDINATION_EST

NO_SUCH_WEEK = Refusal(
    code="NO_SUCH_WEEK",
    sv="Året har ingen sådan vecka",
    en="The year has no such week",
    status=UNPROCESSABLE,
)
_ADOPTED = 2  # the event that adopts a picture is its second


class Pictures:
    """The one picture of each week."""

    def __init__(self, store: Store, district: District, consequences: Consequences) -> None:
        self._store = store
        self._district = district
        self._consequences = consequences

    async def compile(self, wish_id: str, asked: NewPicture, by: By) -> Made[Picture]:
        """Count the week as it is known now, with the level somebody proposes."""
        known(asked.motive, self._district.motives, "Motivet", "The motive")
        wish = Wish(id=wish_id, asked=asked)
        again = await made_before(self._store.pictures, wish, by.district)
        if again is not None:
            return again
        events = picture.compile_week(asked.week, await self._count(asked.week, by))
        judged = Judgement(level=asked.level, motive=asked.motive, role=by.why.actor_role)
        state = picture.compiled(events[0], judged, by.why.time)
        return await create(self._store.pictures, wish, by, Next(state, events))

    async def adopt(self, picture_id: str, by: By) -> Stored[Picture]:
        """Let it stand; an earlier one of the week gives way."""
        latest = await self._store.pictures.latest_adopted(by.district)
        before = latest.state.judged.level if latest else None
        done = await change(
            self._store.pictures, picture_id, by, lambda state: picture.adopt(state, before)
        )
        cause = Cause.after(event_id(picture_id, COORDINATION_EST.name, _ADOPTED), by.why)
        await promptly(self._consequences.supersede_older(done.state.week, cause))
        return done

    async def _count(self, week: str, by: By) -> Count:
        try:
            begins, ends = week_bounds(week)
        except ValueError:
            raise Refused(NO_SUCH_WEEK) from None
        return Count(
            concerns=await self._store.incoming.count_observed(by.district, begins, ends),
            problems=await self._store.problems.count_open(by.district),
            open_assignments=await self._store.assignments.count_open(by.district),
        )
