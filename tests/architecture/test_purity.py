"""Domain and projections decide from what they are given: no clock, no luck, no waiting."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.samlad.places import root
from tests.architecture.code import called, modules

IMPURE_CALLS = {"now", "utcnow", "today", "uuid1", "uuid4", "open", "print", "input", "getenv"}


def _pure() -> list[str]:
    """The paths alone: every process that collects tests asks for them."""
    found = [path for room in ("domain", "projections") for path in _in(room)]
    return sorted(path.relative_to(root()).as_posix() for path in found)


def _in(room: str) -> Iterator[Path]:
    yield from (root() / "services").glob(f"*/{room}.py")
    yield from (root() / "services").glob(f"*/{room}/**/*.py")


@pytest.mark.parametrize("path", _pure())
def test_a_pure_module_stays_pure(path: str) -> None:
    [module] = [each for each in modules("services") if each.path == path]
    for call in module.calls():
        assert called(call) not in IMPURE_CALLS, f"{module.path}:{call.lineno}"
    for node in module.nodes:
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await), module.path
