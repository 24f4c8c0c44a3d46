"""No file and no function grows beyond what a tired reader takes in."""

import ast

from tests.architecture.code import Function, modules

LONGEST_FILE = 300
LONGEST_BODY = 25
TABLE_OF_CONTENTS = "build"  # an app's objects meet there, one line each


def _body_lines(function: Function) -> int:
    body = function.body
    first = body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and body[1:]:
        body = body[1:]
    inner = (node for statement in body for node in ast.walk(statement))
    nested = sum(_lines(node) for node in inner if isinstance(node, Function))
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 - nested


def _lines(function: Function) -> int:
    first = function.decorator_list[0] if function.decorator_list else function
    return (function.end_lineno or 0) - first.lineno + 1


def test_no_file_is_longer_than_300_lines() -> None:
    long = {each.path: len(each.text.splitlines()) for each in modules()}
    assert {path: lines for path, lines in long.items() if lines > LONGEST_FILE} == {}


def test_no_body_is_longer_than_25_lines() -> None:
    long = {
        f"{module.path}:{function.lineno} {function.name}": _body_lines(function)
        for module in modules()
        for function in module.functions()
        if function.name != TABLE_OF_CONTENTS and _body_lines(function) > LONGEST_BODY
    }
    assert long == {}
