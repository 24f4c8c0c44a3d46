"""The benches run, compare what they promise to compare, and print what the README shows."""

import pytest

from deploy.samlad import bench_intake, bench_projector, bench_write
from deploy.samlad.topics import apply

pytestmark = pytest.mark.stack


async def test_the_bench_of_the_projector_ends_with_the_same_read_models(
    kafka_bootstrap: list[str], mongo_url: str
) -> None:
    result = await bench_projector.run(kafka_bootstrap, mongo_url, events=400, rounds=1)
    assert result.same_state
    table = result.table()
    assert "the same rows and counters stand in all" in table
    assert len(table.splitlines()) == 3 + len(result.rates)
    assert all(rate > 0 for rates in result.rates.values() for rate in rates)
    assert {"same_state", "ways"} <= result.as_json().keys()


async def test_the_bench_of_writing_ends_with_the_same_documents(mongo_url: str) -> None:
    result = await bench_write.run(mongo_url, callers=8, seconds=0.2, rounds=1)
    assert result.same_documents
    assert "callers" in result.table()


async def test_the_bench_of_intake_finds_everything_it_was_told_is_accepted(
    kafka_bootstrap: list[str], mongo_url: str
) -> None:
    await apply(kafka_bootstrap)
    result = await bench_intake.run(kafka_bootstrap, mongo_url, callers=4, seconds=0.5, rounds=1)
    assert result.all_stand
    assert all(one.accepted % 50 == 0 for one in result.batches), "whole batches"
    for one in (*result.intake, *result.plain, *result.batches, result.steady):
        assert one.accepted > 0
        assert one.refused == 0
    assert "accepted/s" in result.table()
    assert {"ratio", "promised", "steady"} <= result.as_json().keys()
