"""The project's own code, as syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deploy.samlad.places import root

ROOMS = ("services", "shared", "deploy")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """One file: its path from the project's root, its text, the nodes of its tree."""

    path: str
    text: str
    nodes: tuple[ast.AST, ...]

    @property
    def name(self) -> str:
        """Return the name it is imported by."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def imports(self) -> Iterator[str]:
        """Yield the names of the modules it imports."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module

    def calls(self) -> Iterator[ast.Call]:
        """Yield every call."""
        return (node for node in self.nodes if isinstance(node, ast.Call))

    def functions(self) -> Iterator[Function]:
        """Yield every function and method."""
        return (node for node in self.nodes if isinstance(node, Function))


@cache
def modules(*rooms: str) -> tuple[Module, ...]:
    """Return every module of the rooms, else of all that is not a test."""
    found = sorted(path for room in rooms or ROOMS for path in (root() / room).rglob("*.py"))
    return tuple(_read(path) for path in found)


def _read(path: Path) -> Module:
    text = path.read_text("utf-8")
    nodes = tuple(ast.walk(ast.parse(text)))
    return Module(path.relative_to(root()).as_posix(), text, nodes)


def called(call: ast.Call) -> str:
    """Return the last part of the name that is called."""
    target = call.func
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def keywords(call: ast.Call) -> set[str]:
    """Return the names of the keyword arguments."""
    return {each.arg for each in call.keywords if each.arg}
