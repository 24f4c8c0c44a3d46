"""When the doctor says OK, WARN or FAIL: pure rules over what was found."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from deploy.samlad.doctor import Verdict, embedded, keepsafe, machine, mongo
from deploy.samlad.doctor import kafka as kafka_looks
from shared.bus.agreement import Difference
from shared.contracts.codes import Role
from shared.security.keys import issue

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MIB = 1024**2
HELLO = {
    "setName": "rs0",
    "primary": "a:27017",
    "hosts": ["a:27017", "b:27017", "c:27017"],
    "logicalSessionTimeoutMinutes": 30,
}
OK, WARN, FAIL = Verdict.OK, Verdict.WARN, Verdict.FAIL


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("free", "verdict"),
    [(499 * MIB, FAIL), (500 * MIB, WARN), (2047 * MIB, WARN), (2048 * MIB, OK)],
)
def test_the_disk_warns_under_2_gib_and_fails_under_500_mib(free: int, verdict: Verdict) -> None:
    assert machine.room(free).verdict is verdict


@pytest.mark.parametrize(("number", "verdict"), [(1, WARN), (3, OK)])
def test_one_broker_keeps_no_copies(number: int, verdict: Verdict) -> None:
    assert kafka_looks.brokers(number).verdict is verdict


@pytest.mark.parametrize("count", [1, 9])
def test_topics_that_differ_are_named_and_the_rest_counted(count: int) -> None:
    found = kafka_looks.topics([Difference(f"t{n}", "topic", "there", None) for n in range(count)])
    assert found.verdict is FAIL
    assert "t0 is missing" in found.found
    assert ("and 6 more" in found.found) == (count == 9)
    assert "samlad topics apply" in found.advice
    assert kafka_looks.topics([]).verdict is OK


@pytest.mark.parametrize(
    ("changed", "version", "verdict"),
    [
        ({}, [6, 0, 5], OK),
        ({}, [8, 0, 0], OK),
        ({}, [5, 0, 31], FAIL),
        ({"setName": None}, [6, 0, 5], FAIL),
        ({"primary": None}, [6, 0, 5], FAIL),
        ({"logicalSessionTimeoutMinutes": None}, [6, 0, 5], FAIL),
        ({"hosts": ["a:27017"]}, [6, 0, 5], WARN),
    ],
)
def test_mongodb_is_a_replica_set_of_6_0_with_a_primary_and_more_than_one_member(
    changed: Mapping[str, object], version: Sequence[int], verdict: Verdict
) -> None:
    hello = {name: value for name, value in (HELLO | dict(changed)).items() if value is not None}
    found = mongo.member(hello, version)
    assert found.verdict is verdict
    assert bool(found.advice) == (verdict is not OK)


@pytest.mark.parametrize(
    ("there", "answered", "verdict"),
    [
        (after(0.9), after(0), OK),
        (after(1.2), after(0), WARN),
        (after(-1.2), after(0), WARN),
        (after(31), after(0), FAIL),
        (after(-31), after(0), FAIL),
        (after(3.9), after(4), OK),  # within the round trip
        (after(5.2), after(4), WARN),
    ],
)
def test_a_clock_is_judged_by_what_the_round_trip_cannot_explain(
    there: datetime, answered: datetime, verdict: Verdict
) -> None:
    assert mongo.clock(NOON, there, answered).verdict is verdict


def test_every_member_is_asked_directly_with_login_and_options_as_given() -> None:
    assert mongo.directly("mongodb://u:p@a:1,b:2/admin?replicaSet=rs0&tls=true") == [
        "mongodb://u:p@a:1/admin?tls=true&directConnection=true",
        "mongodb://u:p@b:2/admin?tls=true&directConnection=true",
    ]
    assert mongo.directly("mongodb://a:1/?directConnection=true") == [
        "mongodb://a:1/?directConnection=true"
    ]
    assert mongo.directly("mongodb+srv://a/?tls=true") == ["mongodb+srv://a/?tls=true"]


def test_missing_indexes_are_named_and_mended_by_prepare() -> None:
    found = mongo.indexes(["d.c.one", "d.c.two", "d.c.three", "d.c.four"])
    assert found.verdict is FAIL
    assert "d.c.one" in found.found
    assert "samlad prepare" in found.advice
    assert mongo.indexes([]).verdict is OK


@pytest.mark.parametrize(
    ("days", "verdict"), [(15, OK), (13, WARN), (-1, WARN)], ids=["later", "soon", "over"]
)
def test_keys_that_end_within_14_days_are_named(days: int, verdict: Verdict) -> None:
    key, lasting = issue("live", "REGION", Role.REPORTER, "KUNGSHOLMEN", 365, NOON)
    _, ending = issue("live", "REGION", Role.REPORTER, "KUNGSHOLMEN", days, NOON)
    found = keepsafe.keys([lasting, ending], NOON)
    assert found.verdict is verdict
    assert (ending.sha256[:12] in found.found) == (verdict is WARN)
    assert lasting.sha256[:12] not in found.found
    assert key not in found.found


def test_a_service_that_is_not_ready_names_its_checks() -> None:
    body = {"checks": {"store": {"ok": False, "detail": "AWAY"}, "topics": {"ok": True}}}
    found = embedded.ready("intake", 503, body)
    assert (found.verdict, found.found) == (FAIL, "store: AWAY")
    assert embedded.ready("intake", 503, []).verdict is FAIL
    assert embedded.ready("intake", 200, {}).verdict is OK
