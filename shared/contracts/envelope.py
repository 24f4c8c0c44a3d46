"""The envelope: CloudEvents 1.0 attributes as Kafka headers, and events as JSON values.

`decode` stands on every consumer's hot path: headers are read by hand, and nothing a record
holds can raise anything but `Undecodable`, whose code says why without saying what.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from shared.contracts.codes import Disclosure, Role
from shared.contracts.ids import AgencyCode, DistrictCode, event_id
from shared.contracts.topics import Topic

SPEC_VERSION = b"1.0"
CONTENT_TYPE = b"application/json"
SCHEMA_AUTHORITY = "tag:samlad.se,2026:schema/"

MAX_HEADER = 256  # bytes
MAX_SEQUENCE = 2**53  # every reader's integers reach that far

_ROLES = {role.value: role for role in Role}
_DISCLOSURES = {disclosure.value: disclosure for disclosure in Disclosure}


class Reason(StrEnum):
    """Why a record cannot be decoded; free of its content."""

    BAD_HEADER = "BAD_HEADER"
    MISSING_HEADER = "MISSING_HEADER"
    UNKNOWN_TYPE = "UNKNOWN_TYPE"
    NO_VALUE = "NO_VALUE"
    BAD_JSON = "BAD_JSON"
    BAD_DATA = "BAD_DATA"


class Undecodable(Exception):  # noqa: N818 - the record is at fault, not the code
    """A record that is no event of ours."""

    def __init__(self, code: Reason) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who, when and why of an append. `time` is event time, aware and UTC."""

    time: datetime
    district: DistrictCode
    agency: AgencyCode
    actor_role: Role
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None


@dataclass(slots=True, kw_only=True)
class Meta:
    """The CloudEvents attributes of one event, under Python names.

    Never changed; not frozen only because that makes it four times slower to build, and one
    is built per record.
    """

    id: str
    source: str
    type: str
    time: datetime
    subject: str
    dataschema: str
    sequence: int
    correlation_id: str
    causation_id: str | None
    district: str
    agency: str
    actor_role: Role
    disclosure: Disclosure
    traceparent: str | None


class Event(BaseModel):
    """A fact, past tense and immutable. Subclasses say where it lives and who may read it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    topic: ClassVar[Topic]
    aggregate: ClassVar[str]
    version: ClassVar[int] = 1
    disclosure: ClassVar[Disclosure]
    known: ClassVar[dict[str, "type[Event]"]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - as pydantic has it
        """Make the event decodable; a leading underscore marks a family, not an event."""
        super().__pydantic_init_subclass__(**kwargs)
        if not cls.__name__.startswith("_"):
            cls.known[cls.type_name()] = cls

    @classmethod
    def type_name(cls) -> str:
        """The CloudEvents type: `se.samlad.<topic>.<Name>.v<major>`."""
        return f"se.samlad.{cls.topic.name}.{cls.__name__}.v{cls.version}"

    @classmethod
    def schema_uri(cls) -> str:
        """The CloudEvents dataschema: a name, not a place to fetch from."""
        return f"{SCHEMA_AUTHORITY}{cls.type_name()}"


def example(**fields: JsonValue) -> ConfigDict:
    """The configuration of an event that shows itself with these values."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Received(Generic[E_co]):
    """An event as a consumer gets it."""

    meta: Meta
    event: E_co


def meta_of(event: Event, *, source: str, subject: str, sequence: int, why: Provenance) -> Meta:
    """The envelope of the `sequence`-th event of aggregate `subject` on the event's topic."""
    return Meta(
        id=event_id(subject, event.topic.name, sequence),
        source=source,
        type=event.type_name(),
        time=why.time.astimezone(UTC),
        subject=subject,
        dataschema=event.schema_uri(),
        sequence=sequence,
        correlation_id=why.correlation_id,
        causation_id=why.causation_id,
        district=why.district,
        agency=why.agency,
        actor_role=why.actor_role,
        disclosure=event.disclosure,
        traceparent=why.traceparent,
    )


def encode(event: Event) -> bytes:
    """The Kafka value of an event; absent fields are left out."""
    return event.model_dump_json(exclude_none=True).encode()


def to_headers(meta: Meta) -> list[tuple[str, bytes]]:
    """The Kafka headers of the binary content mode."""
    headers = [
        ("ce_specversion", SPEC_VERSION),
        ("ce_id", meta.id.encode()),
        ("ce_source", meta.source.encode()),
        ("ce_type", meta.type.encode()),
        ("ce_time", meta.time.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()),
        ("ce_subject", meta.subject.encode()),
        ("ce_dataschema", meta.dataschema.encode()),
        ("ce_sequence", b"%d" % meta.sequence),
        ("ce_correlationid", meta.correlation_id.encode()),
        ("ce_district", meta.district.encode()),
        ("ce_agency", meta.agency.encode()),
        ("ce_actorrole", meta.actor_role.value.encode()),
        ("ce_disclosure", meta.disclosure.value.encode()),
        ("content-type", CONTENT_TYPE),
    ]
    if meta.causation_id is not None:
        headers.append(("ce_causationid", meta.causation_id.encode()))
    if meta.traceparent is not None:
        headers.append(("traceparent", meta.traceparent.encode()))
    return headers


def from_headers(headers: Iterable[tuple[str, bytes | None]]) -> Meta:
    """The envelope of a record.

    Raises:
        Undecodable: a header is missing, empty, not UTF-8 or not what it should be.
    """
    try:
        return _meta(dict(headers))
    except KeyError:
        raise Undecodable(Reason.MISSING_HEADER) from None
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise Undecodable(Reason.BAD_HEADER) from None


def _meta(raw: dict[str, bytes | None]) -> Meta:
    if raw["ce_specversion"] != SPEC_VERSION:
        raise ValueError("specversion")
    time = datetime.fromisoformat(_text(raw["ce_time"]))
    if time.tzinfo is None:
        raise ValueError("time without zone")
    sequence = int(_text(raw["ce_sequence"]))
    if not 0 < sequence < MAX_SEQUENCE:
        raise ValueError("sequence")
    causation, trace = raw.get("ce_causationid"), raw.get("traceparent")
    return Meta(
        id=_text(raw["ce_id"]),
        source=_text(raw["ce_source"]),
        type=_text(raw["ce_type"]),
        time=time.astimezone(UTC),
        subject=_text(raw["ce_subject"]),
        dataschema=_text(raw["ce_dataschema"]),
        sequence=sequence,
        correlation_id=_text(raw["ce_correlationid"]),
        causation_id=None if causation is None else _text(causation),
        district=_text(raw["ce_district"]),
        agency=_text(raw["ce_agency"]),
        actor_role=_coded(_ROLES, raw["ce_actorrole"]),
        disclosure=_coded(_DISCLOSURES, raw["ce_disclosure"]),
        traceparent=None if trace is None else _text(trace),
    )


_Coded = TypeVar("_Coded")


def _coded(codes: dict[str, _Coded], value: bytes | None) -> _Coded:
    found = codes.get(_text(value))
    if found is None:
        raise ValueError("unknown code")
    return found


def _text(value: bytes | None) -> str:
    if not value or len(value) > MAX_HEADER:
        raise ValueError("empty or too long")
    return value.decode()


def decode(headers: Iterable[tuple[str, bytes | None]], value: bytes | None) -> Received[Event]:
    """The event of a record.

    Raises:
        Undecodable: the record is no event of ours; nothing else, whatever the bytes.
    """
    meta = from_headers(headers)
    kind = Event.known.get(meta.type)
    if kind is None:
        raise Undecodable(Reason.UNKNOWN_TYPE)
    if value is None:
        raise Undecodable(Reason.NO_VALUE)
    try:
        return Received(meta, kind.model_validate_json(value))
    except ValidationError as error:
        raise Undecodable(_reason(error)) from None


def _reason(error: ValidationError) -> Reason:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return Reason.BAD_JSON if first["type"] == "json_invalid" else Reason.BAD_DATA
