"""Waiting for something that happens in another process."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, overload

T = TypeVar("T")


@overload
async def eventually(
    check: Callable[[], Awaitable[T]], *, within: float = 10.0, every: float = 0.05
) -> T: ...


@overload
async def eventually(check: Callable[[], T], *, within: float = 10.0, every: float = 0.05) -> T: ...


async def eventually(
    check: Callable[[], object], *, within: float = 10.0, every: float = 0.05
) -> object:
    """Return the first true answer of the check.

    Raises AssertionError (with the last answer or error) when there is none in time.
    """
    deadline = time.monotonic() + within
    while True:
        last: object
        try:
            answer = check()
            last = await answer if inspect.isawaitable(answer) else answer
            if last:
                return last
        except AssertionError as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s; last seen: {last!r}")
        await asyncio.sleep(every)
