import pytest

from shared.telemetry import context
from shared.telemetry.context import Trace

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CORRELATION = "5a0c3f0e-5f0a-4f1e-9a58-0f6b3f1c2d4e"


def test_what_a_sender_named_is_kept_and_the_span_is_new() -> None:
    with context.bind(CORRELATION, PARENT) as trace:
        assert trace.correlation_id == CORRELATION
        assert trace.traceparent is not None
        assert trace.traceparent[:36] == PARENT[:36]
        assert trace.traceparent != PARENT
        assert context.current() == trace
    assert context.bound() is None


@pytest.mark.parametrize(
    "impossible",
    [
        "",
        "med mellanslag",
        "x" * 101,
        "åäö",
        "19121212-1212",
        "a-1.9:1_2-1.2121212",
        "line\nbreak",
        "<script>",
    ],
)
def test_an_impossible_correlation_id_is_replaced(impossible: str) -> None:
    with context.bind(impossible) as trace:
        assert context.is_uuid(trace.correlation_id)


@pytest.mark.parametrize("text", ["mitt-anrop.1", "Anna.Andersson", "0701234", "a:b_c"])
def test_what_is_no_uuid_stands_for_one_and_never_travels(text: str) -> None:
    with context.bind(text) as first, context.bind(text) as again:
        assert context.is_uuid(first.correlation_id)
        assert first.correlation_id == again.correlation_id
    with context.bind(text + "x") as other:
        assert other.correlation_id != first.correlation_id


def test_a_uuid_is_kept_in_lower_case() -> None:
    with context.bind(CORRELATION.upper()) as trace:
        assert trace.correlation_id == CORRELATION


@pytest.mark.parametrize(
    "impossible",
    ["", "00-" + "0" * 32 + "-b7ad6b7169203331-01", "01" + PARENT[2:], PARENT.upper(), PARENT[:-1]],
)
def test_an_impossible_traceparent_is_replaced(impossible: str) -> None:
    with context.bind(None, impossible) as trace:
        assert context.valid_traceparent(trace.traceparent)
        assert trace.traceparent != impossible


def test_a_child_stays_in_the_trace() -> None:
    trace = context.new_trace()
    child = context.child(trace)
    assert child.correlation_id == trace.correlation_id
    assert child.traceparent != trace.traceparent
    assert context.child(Trace("a")) == Trace("a")
