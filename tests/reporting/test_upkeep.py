"""The report of a week that is over builds itself, once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.reporting.commands import upkeep as upkeep_module
from services.reporting.commands.reports import Reports
from services.reporting.commands.upkeep import Upkeep
from services.reporting.store import Store
from shared.contracts.codes import Role
from shared.contracts.envelope import Provenance
from shared.contracts.ids import AgencyCode, DistrictCode
from shared.store import Conflict, Unavailable
from shared.store.client import Client, Database
from shared.store.stream import Stream
from shared.telemetry.clock import DemoClock
from shared.telemetry.health import Status
from tests.reporting.support import DISTRICT, MONDAY, WEEK, busy_week, concern, given, life
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack


class Desk:
    """Upkeep with all it needs, on a clock that stands where it is put."""

    def __init__(self, client: Client, database: Database, *, demo: bool) -> None:
        self.store = Store(client, database)
        stream = Stream(self.store.reports, source="/reporting")
        self.reports = Reports(self.store, stream, district=DISTRICT, synthetic=True)
        self.clock = DemoClock()
        self.upkeep = Upkeep(
            self.store, stream, self.reports, district=DISTRICT, clock=self.clock, demo=demo
        )

    async def published(self) -> list[str]:
        return await self.store.published_weeks(DISTRICT.code)


def why(now: datetime) -> Provenance:
    return Provenance(
        time=now,
        district=DistrictCode(DISTRICT.code),
        agency=AgencyCode("DISTRICT_COORD"),
        actor_role=Role.COORDINATOR,
        correlation_id="test",
    )


MONDAY_MORNING = datetime(2026, 6, 8, 6, tzinfo=UTC)
TUESDAY_MORNING = datetime(2026, 6, 9, 6, tzinfo=UTC)
TUESDAY_AFTERNOON = datetime(2026, 6, 9, 13, tzinfo=UTC)
NEXT_WEEK = datetime(2026, 6, 16, 13, tzinfo=UTC)


async def test_a_week_is_published_once_when_late_reports_have_had_their_time(
    client: Client, database: Database
) -> None:
    await given(client, database, busy_week())
    desk = Desk(client, database, demo=True)
    await desk.upkeep.publish_finished(TUESDAY_MORNING)
    assert await desk.published() == []
    for _ in range(2):
        await desk.upkeep.publish_finished(TUESDAY_AFTERNOON)
    assert await desk.published() == [WEEK]
    found = await desk.store.edition(DISTRICT.code, WEEK)
    assert found is not None
    assert found.edition == 1


async def test_a_report_ordered_before_the_late_ones_came_is_followed_by_one_more(
    client: Client, database: Database
) -> None:
    await given(client, database, busy_week())
    desk = Desk(client, database, demo=True)
    await desk.reports.build_weekly(WEEK, "early", why(MONDAY_MORNING))
    for now, edition in ((TUESDAY_MORNING, 1), (TUESDAY_AFTERNOON, 2), (NEXT_WEEK, 2)):
        await desk.upkeep.publish_finished(now)
        found = await desk.store.edition(DISTRICT.code, WEEK)
        assert found is not None
        assert found.edition == edition


async def test_a_report_ordered_after_the_late_ones_came_is_left_alone(
    client: Client, database: Database
) -> None:
    await given(client, database, busy_week())
    desk = Desk(client, database, demo=True)
    await desk.reports.build_weekly(WEEK, "late", why(TUESDAY_AFTERNOON))
    await desk.upkeep.publish_finished(NEXT_WEEK)
    found = await desk.store.edition(DISTRICT.code, WEEK)
    assert found is not None
    assert found.edition == 1


async def test_no_key_of_an_order_stands_in_the_way_of_a_weeks_report(
    client: Client, database: Database
) -> None:
    await given(client, database, busy_week())
    desk = Desk(client, database, demo=True)
    for key in (f"upkeep-{WEEK}", WEEK):
        await desk.reports.build_weekly("2026-W22", key, why(MONDAY_MORNING))
    await desk.upkeep.publish_finished(TUESDAY_AFTERNOON)
    assert await desk.published() == ["2026-W22", WEEK]


async def test_a_week_that_cannot_be_built_does_not_stand_in_the_way_of_others(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = MONDAY - timedelta(weeks=1)
    other = concern("ENV.LITTER", observed_from=earlier, registered_at=earlier)
    await given(client, database, [*busy_week(), *life("concern", "earlier", other)])
    desk = Desk(client, database, demo=True)
    build = desk.reports.renew_weekly

    async def fails(week: str, reason: Provenance) -> object:
        if week == "2026-W22":
            raise RuntimeError
        return await build(week, reason)

    monkeypatch.setattr(desk.reports, "renew_weekly", fails)
    await desk.upkeep.publish_finished(TUESDAY_AFTERNOON)
    assert await desk.published() == [WEEK]


async def test_upkeep_outlives_what_nobody_thought_of_and_says_so(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep_module, "AGAIN_SECONDS", 0.01)
    desk = Desk(client, database, demo=True)
    answers = iter((RuntimeError(), Conflict("TEST"), Unavailable("TEST_AWAY")))

    seen: list[str] = []

    async def prepare() -> None:
        seen.append(desk.upkeep.status().detail_code)
        for error in answers:
            raise error

    monkeypatch.setattr(desk.store, "prepare", prepare)
    monkeypatch.setattr(desk.store, "close", nothing)
    assert desk.upkeep.status().detail_code == "NOT_RUNNING"
    await desk.upkeep.start()
    await eventually(lambda: len(seen) > 3 and desk.upkeep.status().ok)
    assert seen == ["OK", "FAILED", "TEST", "TEST_AWAY"]
    await desk.upkeep.stop()
    assert desk.upkeep.status() == Status(ok=False, detail_code="NOT_RUNNING")


async def test_stopping_never_raises_what_the_task_ended_with(
    client: Client, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(client, database, demo=True)

    async def ends() -> None:
        raise RuntimeError

    monkeypatch.setattr(desk.upkeep, "_run", ends)
    monkeypatch.setattr(desk.store, "close", nothing)
    await desk.upkeep.start()
    await asyncio.sleep(0)
    assert not desk.upkeep.status().ok
    await desk.upkeep.stop()


async def nothing() -> None:
    """Do nothing."""


@pytest.mark.parametrize(("demo", "published"), [(False, [WEEK]), (True, [])])
async def test_by_itself_it_publishes_except_in_a_demo_whose_time_stands_still(
    mongo_url: str, client: Client, database: Database, *, demo: bool, published: list[str]
) -> None:
    from shared.store import connect  # noqa: PLC0415 - a client of its own, which it closes

    await given(client, database, busy_week())
    own = connect(mongo_url)
    desk = Desk(own, own.database(database.name), demo=demo)
    desk.clock.tick(TUESDAY_AFTERNOON)
    await desk.upkeep.start()
    watching = Store(client, database)

    async def done() -> bool:
        indexes = await database["reports"].index_information()
        return (
            "unpublished" in indexes and await watching.published_weeks(DISTRICT.code) == published
        )

    await eventually(done)
    await desk.upkeep.stop()
