"""The benches run, compare what they promise to compare, and print what the README shows."""

import pytest

from deploy.samlad import bench_projector, bench_write

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
