"""Which incarnation of a topic the broker holds: the id a topic gets when it is made.

A topic that was deleted and made again has the same name and begins at offset 0; a fence that
went by name and offset alone would skip its first records. aiokafka reads metadata without topic
ids, so this asks for version 12 of it.
"""

from io import BytesIO
from uuid import UUID

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    AbstractType,
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

UNKNOWN = ""
_METADATA = 3
_SECONDS = 5.0
_NEITHER = (False, False)  # make the topic, tell what we may do with it


class _Uuid(AbstractType[UUID]):  # type: ignore[misc] # aiokafka has no types
    @classmethod
    def encode(cls, value: UUID) -> bytes:
        return value.bytes

    @classmethod
    def decode(cls, data: BytesIO) -> UUID:
        return UUID(bytes=data.read(16))


_BROKER = (
    ("node_id", Int32),
    ("host", CompactString("utf-8")),
    ("port", Int32),
    ("rack", CompactString("utf-8")),
    ("tags", TaggedFields),
)
_PARTITION = (
    ("error_code", Int16),
    ("partition", Int32),
    ("leader", Int32),
    ("leader_epoch", Int32),
    ("replicas", CompactArray(Int32)),
    ("isr", CompactArray(Int32)),
    ("offline_replicas", CompactArray(Int32)),
    ("tags", TaggedFields),
)
_TOPIC = (
    ("error_code", Int16),
    ("name", CompactString("utf-8")),
    ("topic_id", _Uuid),
    ("is_internal", Boolean),
    ("partitions", CompactArray(*_PARTITION)),
    ("authorized_operations", Int32),
    ("tags", TaggedFields),
)


class _Answer(Response):  # type: ignore[misc] # as above
    API_KEY = _METADATA
    API_VERSION = 12
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("brokers", CompactArray(*_BROKER)),
        ("cluster_id", CompactString("utf-8")),
        ("controller_id", Int32),
        ("topics", CompactArray(*_TOPIC)),
        ("tags", TaggedFields),
    )


class _Question(RequestStruct):  # type: ignore[misc] # as above
    FLEXIBLE_VERSION = True
    API_KEY = _METADATA
    API_VERSION = 12
    RESPONSE_TYPE = _Answer
    SCHEMA = Schema(
        (
            "topics",
            CompactArray(
                ("topic_id", _Uuid), ("name", CompactString("utf-8")), ("tags", TaggedFields)
            ),
        ),
        ("allow_auto_topic_creation", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class _WhichTopic(Request[_Question]):  # type: ignore[misc] # as above
    API_KEY = _METADATA

    def __init__(self, topic: str) -> None:
        self._topic = topic

    def build(self, request_struct_class: type[_Question]) -> _Question:
        wanted: list[tuple[UUID, str, dict[int, bytes]]] = [(UUID(int=0), self._topic, {})]
        return request_struct_class(wanted, *_NEITHER, {})


async def incarnation_of(bootstrap: list[str], topic: str) -> str:
    """The topic's id; UNKNOWN when the broker is too old to tell.

    Raises KafkaError or OSError when no broker answers or there is no such topic.
    """
    client = AIOKafkaClient(bootstrap_servers=bootstrap, request_timeout_ms=int(_SECONDS * 1000))
    try:
        await client.bootstrap()
        node = client.get_random_node()
        answer = await client.send(node, _WhichTopic(topic))
    except NotImplementedError:
        return UNKNOWN
    finally:
        await client.close()
    error, _, identity, *_ = answer.topics[0]
    if error:
        raise KafkaError(f"metadata error {error}")
    return str(identity)
