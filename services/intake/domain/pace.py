"""Long work in slices, with a rest after each: who reads a long file lets others work. Pure."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

SLICE = 200

T = TypeVar("T")
Rest = Callable[[], None]


def no_rest() -> None:
    """Go on at once."""


def paced(items: Iterable[T], rest: Rest) -> Iterator[T]:
    """The items, with a rest after every slice of them."""
    for number, item in enumerate(items, start=1):
        yield item
        if number % SLICE == 0:
            rest()
