"""The stack under the tests is real: what is written to it can be read back."""

from typing import Any

import pytest
from pymongo import MongoClient

from tests.support import topics

pytestmark = pytest.mark.stack


async def test_every_record_written_is_read_back_in_order_of_its_partition(
    kafka_bootstrap: list[str], unique_topic: str
) -> None:
    sent = [(b"k%d" % (n % 7), b"v%d" % n, [("h", b"x")]) for n in range(200)]
    await topics.produce(kafka_bootstrap, unique_topic, sent)
    read = await topics.read_all(kafka_bootstrap, unique_topic)
    assert sorted(each.value or b"" for each in read) == sorted(value for _, value, _ in sent)
    assert len({each.partition for each in read}) > 1
    one = [each.value for each in read if each.key == b"k3"]
    assert one == [value for key, value, _ in sent if key == b"k3"]


def test_a_transaction_is_whole_or_nothing(mongo_url: str, database_name: str) -> None:
    with MongoClient[dict[str, Any]](mongo_url) as client:
        rows = client[database_name]["rows"]
        rows.insert_one({"_id": 0})
        with client.start_session() as session:
            with session.start_transaction():
                rows.insert_one({"_id": 1}, session=session)
                session.abort_transaction()
            with session.start_transaction():
                rows.insert_one({"_id": 2}, session=session)
        assert sorted(row["_id"] for row in rows.find()) == [0, 2]
