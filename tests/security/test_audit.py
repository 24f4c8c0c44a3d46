"""Whatever is done to a row of the chain without its key is found, and said where."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.security.audit import AuditKey, Head
from shared.security.inspection import Fault, Found, Inspection

Rows = list[dict[str, Any]]
KEY = AuditKey(bytes(range(32)))
FOREIGN = AuditKey(bytes(32))
LENGTH = 6
NUMBERS = range(1, LENGTH + 1)
AT = datetime(2026, 6, 5, 21, 40, tzinfo=UTC)


def chain(key: AuditKey = KEY, length: int = LENGTH) -> Rows:
    entries = [
        {"at": AT + timedelta(minutes=n), "act": "NARRATIVE_READ", "subject": f"c{n}", "count": 1}
        for n in range(length)
    ]
    return key.chained(Head(), entries)


def head_of(rows: Rows, key: AuditKey = KEY) -> dict[str, Any]:
    return key.sealed(Head(rows[-1]["_id"], rows[-1]["link"]))


HEAD = head_of(chain())


def inspected(
    rows: Rows, head: dict[str, Any] | None = HEAD, *, noted: Head | None = None
) -> list[Found]:
    inspection = Inspection(KEY, noted)
    for row in sorted(rows, key=lambda row: (isinstance(row["_id"], str), row["_id"])):
        inspection.see(row)
    return inspection.end(head, head)


def test_a_whole_chain_has_no_fault() -> None:
    assert inspected(chain()) == []


def test_no_line_and_no_head_is_a_chain_that_has_not_begun() -> None:
    assert inspected([], None) == []


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("field", ["at", "act", "subject", "count", "prev", "link"])
@pytest.mark.parametrize("value", ["x", 7, None, True, 1.0, AT - timedelta(days=1), [1]])
def test_any_changed_field_of_any_row_is_found(number: int, field: str, value: object) -> None:
    rows = chain()
    rows[number - 1][field] = value
    assert inspected(rows) == [Found(Fault.CHANGED, number)]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("field", ["at", "act", "subject", "count", "prev", "link"])
def test_any_removed_field_of_any_row_is_found(number: int, field: str) -> None:
    rows = chain()
    del rows[number - 1][field]
    assert inspected(rows) == [Found(Fault.CHANGED, number)]


@pytest.mark.parametrize("number", NUMBERS)
def test_any_added_field_of_any_row_is_found(number: int) -> None:
    rows = chain()
    rows[number - 1]["purpose"] = "TRIAGE"
    assert inspected(rows) == [Found(Fault.CHANGED, number)]


@pytest.mark.parametrize("number", NUMBERS[:-1])
def test_any_removed_row_is_found(number: int) -> None:
    rows = chain()
    del rows[number - 1]
    assert inspected(rows) == [Found(Fault.MISSING, number)]


@pytest.mark.parametrize("number", NUMBERS)
def test_any_removed_row_is_found_when_the_others_are_numbered_anew(number: int) -> None:
    rows = chain()
    del rows[number - 1]
    for place, row in enumerate(rows, 1):
        row["_id"] = place
    found = inspected(rows)
    lost = Fault.CUT_OFF if number == LENGTH else Fault.MISSING
    assert Found(lost, number) in found
    assert found == sorted(
        [Found(lost, number)]
        + [Found(Fault.MOVED, n, belongs_at=n + 1) for n in range(number, LENGTH)],
        key=lambda each: (each.line, each.fault),
    )


@pytest.mark.parametrize("kept", range(LENGTH))
def test_a_tail_cut_off_anywhere_is_found(kept: int) -> None:
    until = LENGTH if kept + 1 < LENGTH else None
    assert inspected(chain()[:kept]) == [Found(Fault.CUT_OFF, kept + 1, until)]


@pytest.mark.parametrize("kept", range(1, LENGTH))
def test_a_cut_tail_is_found_when_the_head_is_made_to_fit_or_taken_away(kept: int) -> None:
    rows = chain()[:kept]
    made = head_of(rows, FOREIGN)
    assert inspected(rows, made) == [Found(Fault.HEAD_CHANGED, kept)]
    assert inspected(rows, None) == [Found(Fault.HEAD_MISSING, kept)]


@pytest.mark.parametrize("kept", range(LENGTH))
def test_an_older_head_put_back_with_its_rows_is_found_by_a_noted_one(kept: int) -> None:
    rows = chain()[:kept]
    noted = Head(LENGTH, chain()[-1]["link"])
    head = head_of(rows) if rows else None
    assert inspected(rows, head) == []
    assert inspected(rows, head, noted=noted) == [Found(Fault.NOT_AS_NOTED, LENGTH)]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_chain_that_went_on_holds_every_head_it_ever_had(number: int) -> None:
    noted = Head(number, chain()[number - 1]["link"])
    assert inspected(chain(), noted=noted) == []
    assert inspected(chain(), noted=Head(number, "f" * 64)) == [Found(Fault.NOT_AS_NOTED, number)]


@pytest.mark.parametrize("first", NUMBERS)
@pytest.mark.parametrize("second", NUMBERS)
def test_any_two_swapped_rows_are_found(first: int, second: int) -> None:
    rows = chain()
    rows[first - 1]["_id"], rows[second - 1]["_id"] = second, first
    pairs = {(first, second), (second, first)} if first != second else set()
    moved = [Found(Fault.MOVED, at, belongs_at=home) for at, home in sorted(pairs)]
    assert inspected(rows) == moved


@pytest.mark.parametrize("number", range(1, LENGTH + 2))
@pytest.mark.parametrize("like", NUMBERS)
def test_a_row_put_between_is_found_and_those_behind_it_told(number: int, like: int) -> None:
    rows = chain()
    forged = {**rows[like - 1], "subject": "forged"}
    rows.insert(number - 1, forged)
    for place, row in enumerate(rows, 1):
        row["_id"] = place
    behind = [Found(Fault.MOVED, n + 1, belongs_at=n) for n in range(number, LENGTH + 1)]
    assert inspected(rows) == [Found(Fault.INSERTED, number), *behind]


@pytest.mark.parametrize("id_", [0, -1, 2.5, "3", "x", "", 10**12])
def test_a_row_with_an_id_of_no_line_is_found(id_: object) -> None:
    found = inspected([*chain(), {**chain()[2], "_id": id_}])
    assert Fault.INSERTED in {each.fault for each in found}


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("over", NUMBERS)
def test_a_row_copied_over_another_is_found(number: int, over: int) -> None:
    rows = chain()
    rows[over - 1] = {**rows[number - 1], "_id": over}
    assert inspected(rows) == ([Found(Fault.CHANGED, over)] if number != over else [])


@pytest.mark.parametrize(
    "changed", [{"count": 7}, {"count": True}, {"link": "0" * 64}, {"seal": ""}]
)
def test_a_changed_head_is_found(changed: dict[str, object]) -> None:
    assert inspected(chain(), {**HEAD, **changed}) == [Found(Fault.HEAD_CHANGED, LENGTH)]


def test_a_head_put_back_behind_standing_rows_is_found() -> None:
    assert inspected(chain(), head_of(chain()[:4])) == [Found(Fault.HEAD_BEHIND, 4)]


def test_a_chain_written_with_another_key_is_not_ours() -> None:
    rows = chain(FOREIGN)
    found = inspected(rows, head_of(rows, FOREIGN))
    assert {each.fault for each in found} == {Fault.CHANGED, Fault.HEAD_CHANGED}


def test_lines_added_while_the_chain_is_gone_through_are_no_fault() -> None:
    longer = chain(length=LENGTH + 2)
    for seen in (LENGTH, LENGTH + 1, LENGTH + 2):
        inspection = Inspection(KEY)
        for row in longer[:seen]:
            inspection.see(row)
        assert inspection.end(HEAD, head_of(longer)) == []


def test_a_branch_of_the_same_key_does_not_pass_for_the_chain() -> None:
    rows = chain()
    other = KEY.chained(Head(3, "f" * 64), [{"act": "x"}])
    assert inspected([*rows[:3], *other, *rows[4:]]) == [
        Found(Fault.UNLINKED, 4),
        Found(Fault.UNLINKED, 5),
    ]


Values = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.datetimes(timezones=st.just(UTC))
)
Entries = st.lists(
    st.dictionaries(st.text(min_size=1, max_size=8), Values, max_size=4), min_size=2, max_size=6
)


@given(entries=Entries, data=st.data())
def test_any_two_different_chains_are_told_apart(
    entries: list[dict[str, Any]], data: st.DataObject
) -> None:
    reserved = {"_id", "link", "prev"}
    kept = [{k: v for k, v in each.items() if k not in reserved} for each in entries]
    rows = KEY.chained(Head(), kept)
    head = head_of(rows)
    assert inspected(rows, head) == []
    place = data.draw(st.integers(0, len(rows) - 1))
    field, value = data.draw(st.text(min_size=1)), data.draw(Values)
    before = rows[place].get(field, ...)
    same = type(before) is type(value) and before == value
    rows[place] = {**rows[place], field: value}
    if field != "_id" and not same:
        assert inspected(rows, head) == [Found(Fault.CHANGED, place + 1)]
