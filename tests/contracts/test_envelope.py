"""Events travel as CloudEvents 1.0 in Kafka's binary mode; anything else is `Undecodable`."""

import contextlib
import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts import EVENTS
from shared.contracts.assignments import AssignmentAccepted
from shared.contracts.codes import Disclosure, Role
from shared.contracts.concerns import ConcernRegistered
from shared.contracts.envelope import (
    MAX_SEQUENCE,
    Event,
    Meta,
    Provenance,
    Reason,
    Undecodable,
    decode,
    encode,
    from_headers,
    meta_of,
    to_headers,
)
from shared.contracts.ids import AgencyCode, DistrictCode, event_id
from shared.contracts.schemas import example_of

SUBJECT = "2c1f6a5e-3b0d-5c55-8a4b-7d2f9e0c4a10"
WHY = Provenance(
    time=datetime(2026, 6, 5, 8, 30, 0, 250_000, tzinfo=UTC),
    district=DistrictCode("KUNGSHOLMEN"),
    agency=AgencyCode("FIELD_WORKERS"),
    actor_role=Role.REPORTER,
    correlation_id="c-1",
    causation_id="e-0",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)
CONCERN = example_of(ConcernRegistered)
META = meta_of(CONCERN, source="/intake", subject=SUBJECT, sequence=3, why=WHY)
Headers = list[tuple[str, bytes | None]]


def headers(**changed: bytes | None) -> Headers:
    return [(name, changed.get(name, value)) for name, value in to_headers(META)]


def refusal(given: Headers, value: bytes | None = b"{}") -> Reason:
    with pytest.raises(Undecodable) as refused:
        decode(given, value)
    assert str(refused.value) == refused.value.code
    assert refused.value.__cause__ is None
    return refused.value.code


def test_the_envelope_of_an_event_tells_who_when_and_why() -> None:
    assert META.id == event_id(SUBJECT, "intake.concerns", 3)
    assert META.type == "se.samlad.intake.concerns.ConcernRegistered.v1"
    assert META.dataschema == f"tag:samlad.se,2026:schema/{META.type}"
    assert META.disclosure is Disclosure.AGENCY


def test_headers_are_named_as_the_specification_has_them() -> None:
    assert [name for name, _ in to_headers(META)] == [
        *("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject"),
        *("ce_dataschema", "ce_sequence", "ce_correlationid", "ce_district", "ce_agency"),
        *("ce_actorrole", "ce_disclosure", "content-type", "ce_causationid", "traceparent"),
    ]


def test_times_leave_as_utc_whatever_zone_they_came_in() -> None:
    summer = timezone(timedelta(hours=2))
    local = dataclasses.replace(META, time=WHY.time.astimezone(summer))
    assert to_headers(local) == to_headers(META)
    assert from_headers(headers(ce_time=b"2026-06-05T10:30:00.250+02:00")) == META


def test_what_is_absent_has_no_header() -> None:
    lone = dataclasses.replace(META, causation_id=None, traceparent=None)
    names = {name for name, _ in to_headers(lone)}
    assert not names & {"ce_causationid", "traceparent"}
    assert from_headers(to_headers(lone)) == lone


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_an_independent_library_reads_what_we_write(event: type[Event]) -> None:
    ours = example_of(event)
    meta = meta_of(ours, source="/intake", subject=SUBJECT, sequence=1, why=WHY)
    message = KafkaMessage(dict(to_headers(meta)), meta.subject.encode(), encode(ours))
    theirs = from_binary(message, JSONFormat(), CloudEvent)
    assert theirs.get_id() == meta.id
    assert theirs.get_type() == meta.type
    assert theirs.get_time() == meta.time
    assert theirs.get_dataschema() == meta.dataschema
    assert theirs.get_extension("sequence") == "1"
    assert theirs.get_extension("disclosure") == meta.disclosure
    assert type(ours).model_validate(theirs.get_data()) == ours


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_we_read_what_an_independent_library_writes(event: type[Event]) -> None:
    ours = example_of(event)
    meta = dataclasses.replace(
        meta_of(ours, source="/intake", subject=SUBJECT, sequence=1, why=WHY), traceparent=None
    )
    attributes: dict[str, Any] = {
        name.removeprefix("ce_"): value.decode()
        for name, value in to_headers(meta)
        if name.startswith("ce_")
    }
    attributes |= {"time": meta.time, "datacontenttype": "application/json"}
    data = ours.model_dump(mode="json", exclude_none=True)
    message = to_binary(CloudEvent(attributes, data), JSONFormat())
    received = decode(list(message.headers.items()), message.value)
    assert received.meta == meta
    assert received.event == ours


@pytest.mark.parametrize("name", [name for name, _ in to_headers(META) if name != "content-type"])
def test_a_header_without_a_usable_value_is_named_bad(name: str) -> None:
    for value in (b"\xff\xfe", b"", b"x" * 300):
        assert refusal(headers(**{name: value}), encode(CONCERN)) is Reason.BAD_HEADER


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_specversion", b"0.3"),
        ("ce_time", b"yesterday"),
        ("ce_time", b"2026-06-05T10:30:00"),
        ("ce_time", b"0001-01-01T00:00:00+10:00"),
        ("ce_sequence", b"0"),
        ("ce_sequence", b"1.5"),
        ("ce_sequence", str(MAX_SEQUENCE).encode()),
        ("ce_actorrole", b"KING"),
        ("ce_disclosure", b"SECRET"),
        ("ce_subject", None),
    ],
)
def test_a_header_of_another_meaning_is_named_bad(name: str, value: bytes | None) -> None:
    assert refusal(headers(**{name: value})) is Reason.BAD_HEADER


def test_a_missing_header_is_named_missing() -> None:
    optional = {"ce_causationid", "traceparent", "content-type"}
    for name, _ in to_headers(META):
        rest = [pair for pair in headers() if pair[0] != name]
        if name not in optional:
            assert refusal(rest) is Reason.MISSING_HEADER
    assert refusal([]) is Reason.MISSING_HEADER


def test_an_optional_header_may_come_empty_handed() -> None:
    received = decode(headers(ce_causationid=None, traceparent=None), encode(CONCERN))
    assert received.meta.causation_id is None


def test_a_type_nobody_declared_is_named_unknown() -> None:
    unknown = b"se.samlad.intake.concerns.ConcernRegistered.v9"
    assert refusal(headers(ce_type=unknown)) is Reason.UNKNOWN_TYPE


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, Reason.NO_VALUE),
        (b"", Reason.BAD_JSON),
        (b"{", Reason.BAD_JSON),
        (b"\xff", Reason.BAD_JSON),
        (b"[" * 100_000, Reason.BAD_JSON),
        (b"[]", Reason.BAD_DATA),
        (b"{}", Reason.BAD_DATA),
        (encode(CONCERN).replace(b"ENV.LITTER", b"skr\xc3\xa4p"), Reason.BAD_DATA),
        (encode(CONCERN)[:-1] + b',"narrative":"hello"}', Reason.BAD_DATA),
    ],
)
def test_a_value_that_is_no_event_says_why(value: bytes | None, reason: Reason) -> None:
    assert refusal(headers(), value) is reason


def test_a_refusal_never_repeats_the_content() -> None:
    secret = b'{"category": "19900101-2385"}'
    with pytest.raises(Undecodable) as refused:
        decode(headers(), secret)
    told = f"{refused.value!r} {refused.value.__context__ and refused.value.__suppress_context__}"
    assert "1990" not in told


anything = st.lists(
    st.tuples(
        st.sampled_from([name for name, _ in to_headers(META)]) | st.text(),
        st.binary() | st.none() | st.sampled_from([value for _, value in to_headers(META)]),
    )
)


@given(anything, st.binary() | st.none())
def test_whatever_the_bytes_nothing_else_is_raised(
    given_headers: Headers, value: bytes | None
) -> None:
    for candidate in (given_headers, [*headers(), *given_headers], headers()):
        with contextlib.suppress(Undecodable):
            decode(candidate, value)


def test_an_event_without_fields_is_an_event() -> None:
    assert encode(AssignmentAccepted()) == b"{}"


def test_a_family_is_no_event() -> None:
    assert not any("._" in name for name in Event.known)
    assert set(EVENTS) <= set(Event.known)


def test_an_envelope_is_compared_by_value() -> None:
    same = Meta(**{field.name: getattr(META, field.name) for field in dataclasses.fields(META)})
    assert same == META
