"""Lists in pages: `limit` and `page` in, `total` and `Link` headers out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Final, Generic, TypeVar

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel
from starlette.datastructures import URL

USUAL, MOST, LAST_PAGE = 20, 200, 1_000_000
NOTHING: Final[Mapping[str, int]] = MappingProxyType({})

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for."""

    limit: int = USUAL
    page: int = 1

    @property
    def skip(self) -> int:
        """How many items come before."""
        return (self.page - 1) * self.limit


class Paged(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    total: int
    limit: int
    page: int


async def page(
    limit: Annotated[
        int, Query(ge=1, le=MOST, description="Högst så många rader / at most so many items")
    ] = USUAL,
    page: Annotated[int, Query(ge=1, le=LAST_PAGE, description="Sidan, från 1 / from 1")] = 1,
) -> Page:
    """The asked part of a list."""
    return Page(limit, page)


Listing = Annotated[Page, Depends(page)]


def paged(
    items: Sequence[T],
    total: int,
    *,
    part: Page,
    request: Request,
    response: Response,
    keep: Mapping[str, int] = NOTHING,
) -> Paged[T]:
    """The page as an answer, with `Link` headers to its neighbours; `keep` goes on in them."""
    response.headers["link"] = _links(request.url.include_query_params(**keep), part, total)
    return Paged(items=list(items), total=total, limit=part.limit, page=part.page)


def _links(address: URL, part: Page, total: int) -> str:
    last = max(1, -(-total // part.limit))
    wanted = {"first": 1, "prev": part.page - 1, "next": part.page + 1, "last": last}
    return ", ".join(
        f'<{_address(address, part.limit, number)}>; rel="{rel}"'
        for rel, number in wanted.items()
        if 1 <= number <= last
    )


def _address(address: URL, limit: int, number: int) -> str:
    url = address.include_query_params(limit=limit, page=number)
    return f"{url.path}?{url.query}"
