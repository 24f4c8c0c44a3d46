"""Domain and projections decide from what they are given: no clock, no luck, no waiting."""

import ast

import pytest

from tests.architecture.code import Module, called, modules

IMPURE_CALLS = {"now", "utcnow", "today", "uuid1", "uuid4", "open", "print", "input", "getenv"}


def _pure() -> list[Module]:
    rooms = {"domain", "projections"}
    return [each for each in modules("services") if rooms.intersection(each.name.split(".")[2:3])]


@pytest.mark.parametrize("module", _pure(), ids=lambda module: module.path)
def test_a_pure_module_stays_pure(module: Module) -> None:
    for call in module.calls():
        assert called(call) not in IMPURE_CALLS, f"{module.path}:{call.lineno}"
    for node in module.nodes:
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await), module.path
