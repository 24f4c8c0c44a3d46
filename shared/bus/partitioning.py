"""Which partition a key belongs to: the hash every Kafka client uses by default (murmur2)."""

from struct import unpack_from

_SEED = 0x9747B28C
_MULTIPLIER = 0x5BD1E995
_ALL = 0xFFFFFFFF


def partition_of(key: bytes, partitions: int) -> int:
    """The partition of the key on a topic with that many partitions."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions


def murmur2(data: bytes) -> int:
    """MurmurHash2 as the Java client computes it; whole words are read at once."""
    words = len(data) // 4
    value = _SEED ^ len(data)
    for word in unpack_from(f"<{words}I", data):
        mixed = (word * _MULTIPLIER) & _ALL
        mixed = ((mixed ^ (mixed >> 24)) * _MULTIPLIER) & _ALL
        value = ((value * _MULTIPLIER) & _ALL) ^ mixed
    rest = data[words * 4 :]
    if rest:
        value = ((value ^ int.from_bytes(rest, "little")) * _MULTIPLIER) & _ALL
    value = ((value ^ (value >> 13)) * _MULTIPLIER) & _ALL
    return value ^ (value >> 15)
