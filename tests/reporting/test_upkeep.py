"""The report of a week that is over builds itself, once."""

from datetime import UTC, datetime

import pytest

from services.reporting.commands.reports import Reports
from services.reporting.commands.upkeep import Upkeep
from services.reporting.store import Store
from shared.store.client import Client, Database
from shared.store.stream import Stream
from shared.telemetry.clock import DemoClock
from tests.reporting.support import DISTRICT, WEEK, busy_week, given
from tests.support.waiting import eventually

pytestmark = pytest.mark.stack


class Desk:
    """Upkeep with all it needs, on a clock that stands where it is put."""

    def __init__(self, client: Client, database: Database, *, demo: bool) -> None:
        self.store = Store(client, database)
        stream = Stream(self.store.reports, source="/reporting")
        reports = Reports(self.store, stream, district=DISTRICT, synthetic=True)
        self.clock = DemoClock()
        self.upkeep = Upkeep(
            self.store, stream, reports, district=DISTRICT, clock=self.clock, demo=demo
        )

    async def published(self) -> list[str]:
        return await self.store.published_weeks(DISTRICT.code)


TUESDAY_MORNING = datetime(2026, 6, 9, 6, tzinfo=UTC)
TUESDAY_AFTERNOON = datetime(2026, 6, 9, 13, tzinfo=UTC)


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
