"""Load for a bench, from a process of its own: POSTs over connections that are kept alive.

    python -m deploy.samlad.bench_load  (the wish as JSON on stdin, the outcome as JSON on stdout)

Either as many requests as the callers manage (closed), or so many a second whether the earlier ones
are answered or not (open): then a request's time runs from when it was due.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import count
from statistics import quantiles
from time import perf_counter
from typing import Any, Final
from uuid import uuid4

MILLI: Final = 1000
_LENGTH: Final = b"content-length:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to send, where, for how long; at a rate, or as fast as it is answered.

    `items`: so many of the body in each request, as a batch of keys and concerns has them.
    """

    port: int
    path: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    callers: int = 64
    seconds: float = 2.0
    rate: float | None = None
    items: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many were accepted (2xx), in which time, and how long the requests took."""

    accepted: int
    refused: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        """Accepted a second."""
        return self.accepted / self.seconds


async def load(wish: Wish) -> Outcome:
    """Send it."""
    taken, accepted, refused = list[float](), 0, 0
    began = perf_counter()
    due = _due(wish, began)

    async def caller(number: int) -> None:
        nonlocal accepted, refused
        connection = await asyncio.open_connection("127.0.0.1", wish.port)
        keys = (f"{number}-{one}-{uuid4().hex}" for one in count())
        async for at in due:
            if done := await _post(connection, wish, next(keys)):
                taken.append(perf_counter() - at)
            accepted += done
            refused += (wish.items or 1) - done
        connection[1].close()

    await asyncio.gather(*(caller(number) for number in range(wish.callers)))
    cuts = quantiles(taken, n=100) if len(taken) > 1 else [0.0] * 99
    lasted = perf_counter() - began
    return Outcome(accepted, refused, lasted, MILLI * cuts[49], MILLI * cuts[98])


class _due:  # noqa: N801 - reads as what it gives
    """When each request is due; shared by the callers."""

    def __init__(self, wish: Wish, began: float) -> None:
        self._wish = wish
        self._began = began
        self._sent = 0

    def __aiter__(self) -> AsyncIterator[float]:
        return self

    async def __anext__(self) -> float:
        at = perf_counter()
        if self._wish.rate is not None:
            at = self._began + self._sent / self._wish.rate
            self._sent += 1
        if at >= self._began + self._wish.seconds:
            raise StopAsyncIteration
        await asyncio.sleep(max(0.0, at - perf_counter()))
        return at


async def _post(
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], wish: Wish, key: str
) -> int:
    """How many of the request were accepted."""
    reader, writer = connection
    writer.write(_request(wish, key))
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line.partition(b":")[2]) for line in lines if line.startswith(_LENGTH))
    answer = await reader.readexactly(length)
    if not head.startswith(b"HTTP/1.1 2"):
        return 0
    return int(json.loads(answer)["counts"]["accepted"]) if wish.items else 1


def _request(wish: Wish, key: str) -> bytes:
    body = _body(wish, key).encode()
    lines = [
        f"POST {wish.path} HTTP/1.1",
        f"host: 127.0.0.1:{wish.port}",
        "content-type: application/json",
        f"content-length: {len(body)}",
        f"idempotency-key: {key}",
        *(f"{name}: {value}" for name, value in wish.headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _body(wish: Wish, key: str) -> str:
    if not wish.items:
        return wish.body
    each = (f'{{"idempotency_key":"{key}-{n}","concern":{wish.body}}}' for n in range(wish.items))
    return f'{{"items":[{",".join(each)}]}}'


def main() -> None:
    """Read the wish, send it, write the outcome."""
    given: dict[str, Any] = json.load(sys.stdin)
    json.dump(asdict(asyncio.run(load(Wish(**given)))), sys.stdout)


if __name__ == "__main__":
    main()
