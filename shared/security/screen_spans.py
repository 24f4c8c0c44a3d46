"""Where something stands in a text: from its first character up to the one after its last. Pure."""

from collections.abc import Iterable, Iterator, Sequence

Span = tuple[int, int]


def overlaps(span: Span, others: Sequence[Span]) -> bool:
    """Whether the span shares a character with one of them."""
    return any(start < span[1] and span[0] < end for start, end in others)


def merged(spans: Iterable[Span], *, gap: int = -1) -> Iterator[Span]:
    """The spans in order; those that overlap, or have at most the gap between them, as one."""
    current: Span | None = None
    for start, end in sorted(spans):
        if current is not None and start - current[1] <= gap:
            current = (current[0], max(current[1], end))
            continue
        if current is not None:
            yield current
        current = (start, end)
    if current is not None:
        yield current
