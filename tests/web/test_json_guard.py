"""What JSON is let through, and what a caller is told of what is not."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.web.json_guard import Limits, guarded
from shared.web.problem import Problem

SMALL = Limits(size=10_000, depth=3, items=4)
names = st.sampled_from(["a", "b", ":", "åä", "\x00"]) | st.text(max_size=3)
leaves = (
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | names
) | st.integers(-(2**65), 2**65)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


def told(body: bytes) -> Problem:
    with pytest.raises(Problem) as found:
        guarded(body, SMALL)
    return found.value


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"severity":1,"severity":2}', "severity"),
        (b'{"severity":1, "severity" : 1}', "severity"),
        (b'{"severity":1,"s\\u0065verity":2}', "severity"),
        (b'[{"b":1,"c":2,"b":[]}]', "b"),
        (b'{"a":":","b":"\\u003a","b":"\\u003A"}', "b"),
        (b'{"a":"::::","a":"\\u003a\\u003a\\u003a\\u003a\\u003a"}', "a"),
        (b'{"19121212":1,"19121212":2}', "?"),
    ],
)
def test_a_property_named_twice_is_refused_and_named(body: bytes, name: str) -> None:
    problem = told(body)
    assert (problem.status, problem.invalid[0][0]) == (400, name)


@pytest.mark.parametrize(
    "lost", [b"[" * 900 + b"]" * 900, b"9" * 300, b'{"a":' * 900 + b"1" + b"}" * 900, b'"\\u0000"']
)
def test_what_is_lost_by_a_repeat_breaks_nothing(lost: bytes) -> None:
    problem = told(b'{"a":' + lost + b',"a":1}')
    assert (problem.status, problem.code) == (400, "name-given-twice")


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":":","b":{"a":"\\u003a:"}}',
        b'[{"a":1},{"a":2}]',
        b'{"a":"\\"b\\":1,\\"b\\":2"}',
        b'{ "at" : "2026-06-05T22:10:00+02:00" }',
    ],
)
def test_a_name_in_two_objects_or_in_a_text_is_no_repeat(body: bytes) -> None:
    assert json.loads(guarded(body, SMALL)) == json.loads(body)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b'{"deep":{"more":{"most":{}}}}', "deep.more.most"),
        (b'{"many":[1,2,3,4,5]}', "many"),
        (b'[{"text":"a"},{"text":"\\u0000"}]', "1.text"),
        (b'{"number":99999999999999999999}', "number"),
        (b'{"\\u0000":1}', "body"),
        (b"[1,2,3,4,5]", "body"),
    ],
)
def test_what_is_beyond_the_limits_is_named(body: bytes, where: str) -> None:
    problem = told(body)
    assert (problem.status, problem.code) == (422, "beyond-limits")
    assert [place for place, _ in problem.invalid] == [where]


@given(values, st.booleans())
@example({"a": [[[]]]}, True)  # noqa: FBT003 - as hypothesis gives it
def test_whatever_comes_is_let_through_as_it_is_or_told_where_it_is_wrong(
    value: Any,  # noqa: ANN401 - any JSON
    escaped: bool,  # noqa: FBT001 - as hypothesis gives it
) -> None:
    body = json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    problem = None
    try:
        json.loads(guarded(body, SMALL))
    except Problem as found:
        problem = found
    assert problem is None or problem.code == "bad-json" or problem.invalid
    assert problem is None or problem.code != "name-given-twice"
