"""Requests made up from the OpenAPI documents: none breaks a service, every answer is as described.

A few for every operation of every service, and thousands for intake, which anybody may reach. The
seed is fixed: a fault comes again.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from math import ceil
from pathlib import Path

import pytest

from deploy.samlad.documents import SERVICES
from shared.contracts.codes import Role
from tests.conformance.drive import Driver, Operation, driving
from tests.conformance.rights import somebody_who_may

# The driver's threads draw lots while a request is made up; hypothesis takes that for the strategy.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning"
)
THOUSANDS, PARTS = 5_000, 6
FEW = {"intake": 12, "coordination": 3, "notify": 10, "reporting": 8}
Driving = Callable[[str], AbstractContextManager[Driver]]


@pytest.fixture
def driven(tmp_path: Path, mongo_url: str, database_name: str) -> Driving:
    """A service with its lifespan on a real MongoDB, without Kafka."""

    @contextmanager
    def drive(service: str) -> Iterator[Driver]:
        with (
            asyncio.Runner() as runner,
            driving(
                runner, service, tmp_path, mongo_url=mongo_url, database_prefix=f"{database_name}_"
            ) as driver,
        ):
            yield driver

    return drive


def faults_of(
    driver: Driver, service: str, operations: Iterable[Operation], cases: int
) -> list[str]:
    return [
        fault
        for each in operations
        for fault in driver.check(each, cases, role=somebody_who_may(service, each.label))
    ]


@pytest.mark.slow
@pytest.mark.parametrize("service", SERVICES)
def test_a_few_of_every_operation(driven: Driving, service: str) -> None:
    with driven(service) as driver:
        assert faults_of(driver, service, driver.operations(), FEW[service]) == []
        assert min(driver.statuses) < 300
        assert max(driver.statuses) < 500


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
def test_thousands_at_intake(driven: Driving, part: int) -> None:
    with driven("intake") as driver:
        mine = [each for each in driver.operations() if driver.varies(each)][part::PARTS]
        cases = ceil(THOUSANDS / PARTS / len(mine) / 2 * 1.05)
        assert faults_of(driver, "intake", mine, cases) == []
        assert sum(driver.statuses.values()) >= THOUSANDS / PARTS


@pytest.mark.stack
@pytest.mark.parametrize("lie", ["202", "application/json"])
def test_a_document_that_lies_is_found_out(driven: Driving, lie: str) -> None:
    with driven("intake") as driver:
        answers = driver.document["paths"]["/intake/v1/places"]["get"]["responses"]
        answers["200"]["content"] = {"text/plain": {"schema": {"type": "string"}}}
        if lie == "202":
            answers[lie] = answers.pop("200")
        [places] = [each for each in driver.operations() if each.path == "/intake/v1/places"]
        assert driver.check(places, 20, role=Role.COORDINATOR)
