"""Which key a concern's texts are under, and which keys are a concern's."""

from hypothesis import given
from hypothesis import strategies as st

from services.intake.store.data_keys import Sealed, concern_of, key_id, keys_of
from services.intake.store.wrapped import Kind, Wrapped

CONCERNS = st.uuids().map(str)
GENERATIONS = st.none() | st.uuids().map(lambda each: each.hex)


@given(concern_id=CONCERNS, generation=GENERATIONS)
def test_a_key_tells_its_concern(concern_id: str, generation: str | None) -> None:
    assert concern_of(key_id(concern_id, generation)) == concern_id


@given(one=CONCERNS, other=CONCERNS, generation=GENERATIONS)
def test_the_keys_of_a_concern_are_all_of_its_own_and_nobody_elses(
    one: str, other: str, generation: str | None
) -> None:
    wanted, key = keys_of(one), key_id(other, generation)
    assert (wanted["$gte"] <= key < wanted["$lt"]) == (one == other)


@given(concern_id=CONCERNS, generation=GENERATIONS)
def test_no_key_of_a_text_has_the_place_of_a_contact(
    concern_id: str, generation: str | None
) -> None:
    contact = Wrapped(Kind.CONTACT, concern_id, b"").place
    assert contact != key_id(concern_id, generation)
    assert not keys_of(concern_id)["$gte"] <= contact < keys_of(concern_id)["$lt"]


def test_a_concern_that_names_no_key_is_under_its_first() -> None:
    texts = {"narrative": b"1", "open311": b"2"}
    assert Sealed.of("C-1", {"vault": texts}).key == "C-1"
    assert Sealed.of("C-1", {"vault": texts, "vault_key": "b7"}).key == "C-1#b7"
    assert (Sealed.of("C-1", {}).key, Sealed.of("C-1", {"vault": None}).texts) == ("C-1", {})
    assert Sealed.of("C-1", {"vault": texts}).only("narrative", "other").texts == {
        "narrative": b"1"
    }
