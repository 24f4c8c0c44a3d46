"""Query parameters: those an operation declares, each once; what else is asked is refused.

A filter that is misspelled would otherwise let everything through.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant, get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams
from starlette.routing import BaseRoute

from shared.web.problem import Problem
from shared.web.validation import AGAIN, MOST, property_of

UNKNOWN: Final = "okänd parameter / unknown parameter"
_LISTS: Final = (list, tuple, set, frozenset, Sequence)


def hold_to_declared(routes: Iterable[BaseRoute]) -> None:
    """Let every operation that is described refuse the parameters it does not declare.

    It is the last thing an operation depends on: who asks comes first.
    """
    for route in routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            check = _check(_declared(route.dependant))
            route.dependant.dependencies.append(get_dependant(path=route.path, call=check))


def refuse_undeclared(query: QueryParams, declared: Mapping[str, bool]) -> None:
    """A 422 problem naming each parameter that is not declared, or is there once more.

    `declared` says of each name whether it may be given several times.
    """
    names = [name for name, _ in query.multi_items()]
    wrong = {name: UNKNOWN for name in names if name not in declared}
    wrong |= {name: AGAIN for name, many in declared.items() if names.count(name) > 1 and not many}
    if wrong:
        told = [(property_of(["query", name]), reason) for name, reason in wrong.items()]
        raise Problem(422, invalid=told[:MOST])


def _check(declared: Mapping[str, bool]) -> Callable[[Request], Awaitable[None]]:
    async def only_declared(request: Request) -> None:
        if request.scope["query_string"]:
            refuse_undeclared(request.query_params, declared)

    return only_declared


def _declared(dependant: Dependant) -> Mapping[str, bool]:
    """The names of the operation's query parameters; true where one is a list."""
    fields = [each for each in get_flat_params(dependant) if isinstance(each.field_info, Query)]
    return {each.alias: _is_list(each.field_info.annotation) for each in fields}


def _is_list(kind: Any) -> bool:  # noqa: ANN401 - any annotation
    whole = get_origin(kind) or kind
    return whole in _LISTS or any(_is_list(each) for each in get_args(kind))
