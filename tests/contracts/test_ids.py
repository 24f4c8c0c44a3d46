"""Ids are derived, so a repeat meets itself and two different things never do."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.ids import NAMESPACE, aggregate_id, command_id, concern_id, event_id

parts = st.tuples(st.text(), st.text(), st.text())


def test_ids_never_change_over_the_years() -> None:
    assert concern_id("FIELD_WORKERS", "k-1") == "9aca8a59-0551-5052-a7d9-2ab70b2e5257"
    assert event_id("a", "intake.concerns", 1) == "4738a280-a926-520c-8e75-d41345deebec"
    assert command_id("e", "close") == "0d8951cc-5301-5435-b854-46ab3de6cc40"


def test_an_id_is_a_uuid_of_the_fifth_kind() -> None:
    assert UUID(concern_id("A", "1")).version == 5


@given(parts, parts)
def test_other_parts_make_another_id(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert (aggregate_id(*one) == aggregate_id(*other)) == (one == other)


def test_a_concern_is_an_aggregate() -> None:
    assert concern_id("A", "1") == aggregate_id("concern", "A", "1")


def test_an_event_of_another_topic_is_another_event() -> None:
    assert event_id("a", "coordination.est", 1) != event_id("a", "coordination.assignments", 1)
    assert event_id("a", "coordination.est", 1) != event_id("a", "coordination.est", 2)


@given(st.text())
def test_it_is_the_uuid_of_the_standard_library(key: str) -> None:
    named = f"9:aggregate|7:concern|1:A|{len(key)}:{key}"
    assert concern_id("A", key) == str(uuid5(NAMESPACE, named))
