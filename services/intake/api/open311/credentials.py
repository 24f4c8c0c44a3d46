"""Keys as GeoReport's clients send them in headers, turned into the header all of Samlad knows.

So limits, key rings and whatever else looks at `Authorization` see what they always see.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Final

Headers = Sequence[tuple[bytes, bytes]]

AUTHORIZATION: Final = b"authorization"
API_KEY: Final = b"api_key"
PLAIN_KEY: Final = b"x-api-key"  # many a proxy drops names with an underscore
NO_KEY_AT_ALL: Final = b"-"
_WRITTEN: Final = re.compile(rb"[\x21-\x7e]{1,4096}")


def with_usual_key(headers: Headers) -> list[tuple[bytes, bytes]]:
    """The headers, with the key of `Basic`, `api_key` or `X-Api-Key` as a bearer's."""
    given = dict(reversed(headers))
    ways = {AUTHORIZATION, API_KEY, PLAIN_KEY}
    rest = [(name, value) for name, value in headers if name not in ways]
    if AUTHORIZATION in given:
        return [*rest, (AUTHORIZATION, _as_bearer(given[AUTHORIZATION]))]
    key = given.get(API_KEY, b"").strip() or given.get(PLAIN_KEY, b"").strip()
    return [*rest, (AUTHORIZATION, b"Bearer " + key)] if key else rest


def _as_bearer(value: bytes) -> bytes:
    """HTTP's Basic scheme carries the key as its password, whoever the user is."""
    scheme, _, encoded = value.partition(b" ")
    if scheme.lower() != b"basic":
        return value
    try:
        key = base64.b64decode(encoded.strip(), validate=True).partition(b":")[2]
    except binascii.Error:
        key = NO_KEY_AT_ALL
    return b"Bearer " + (key if _WRITTEN.fullmatch(key) else NO_KEY_AT_ALL)
