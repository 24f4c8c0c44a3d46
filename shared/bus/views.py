"""What a read model is: one row per aggregate of one topic, folded from its events."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.contracts.envelope import Event, Received

Row = dict[str, Any]
# A fold gets the row as it stands ({_id, seq, district} alone for a first event) and returns the
# row as it shall stand. It is pure: nothing but the row and the event decides.
Fold = Callable[[Row, Received[Any]], Row]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counters:
    """Numbers kept beside the rows of a view, in the collection `name`.

    `of` tells what one row contributes to which key, in the order of `dimensions`; a counter is
    the sum over all rows and moves by the difference each batch makes. It is stored as one
    document per key and partition, `{_id: "a|b|p3", <dimensions>, n}`: sum `n` when reading.
    """

    name: str
    dimensions: tuple[str, ...]
    of: Callable[[Row], Mapping[Key, int]]


@dataclass(frozen=True, slots=True)
class View:
    """Rows in the collection `name`: `{_id: aggregate id, seq, district, ...}`.

    Every event of the aggregate kind moves `seq`, folded or not. A row appears with the first
    event that is folded; until then its place in the order is kept in `<name>_unfolded`.
    """

    name: str
    aggregate: str
    folds: Mapping[type[Event], Fold]
    counters: tuple[Counters, ...] = ()

    @property
    def unfolded(self) -> str:
        """The collection of aggregates of which nothing has been folded yet."""
        return f"{self.name}_unfolded"
