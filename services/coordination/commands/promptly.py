"""Doing at once what the topic would bring about a moment later."""

from collections.abc import Awaitable
from contextlib import suppress

from shared.store.errors import StoreError


async def promptly(consequence: Awaitable[object]) -> None:
    """Carry out a consequence now, so that the next reading shows it.

    If the store is away meanwhile it is left to the reaction on the event, which comes anyway.
    """
    with suppress(StoreError):
        await consequence
