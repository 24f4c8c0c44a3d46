"""What an operation takes and answers beside its body is what its document says.

Versions (`If-Match`, `ETag`, 409, 412), repeats, limits, links, and query parameters.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shared.contracts.codes import Role
from tests.conformance.conftest import Api, Operation
from tests.conformance.test_rest_profile import KEYED, bearer, keys
from tests.support.described import held_to

__all__ = ["keys"]

ROOT = Path(__file__).parents[2]
ALWAYS = {"X-Correlation-ID", "traceparent", "RateLimit-Policy", "RateLimit"}
VERSION = "If-Match"
KEY = "Idempotency-Key"
PAIRS = {"lat": "&lon=1", "lon": "&lat=1"}


def taken(operation: Operation, name: str) -> bool:
    return name in {each["name"] for each in operation.parameters("header")}


def told(operation: Operation, status: str) -> set[str]:
    return set(operation.said["responses"][status]["headers"])


def of_success(operation: Operation) -> Iterator[set[str]]:
    for status in operation.said["responses"]:
        if status.startswith("2"):
            yield told(operation, status)


async def test_who_takes_a_version_says_so_and_no_other(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str]
) -> None:
    """One that is no version is refused by exactly the operations that declare to take one."""
    for operation in api.operations():
        if operation.method != "post":
            assert not taken(operation, VERSION), operation.name
            continue
        path = re.sub(r"\{\w+\}", "!", operation.path)  # what is not refused gets no further
        answer = await client.post(
            path,
            headers=bearer(keys, operation) | KEYED | {"if-match": "odd"},
            json={"no_such_property": True},
        )
        held_to(api.document, answer)
        found = [each["property"] for each in answer.json()["invalid-parameters"]]
        assert (found == [VERSION]) == taken(operation, VERSION), operation.name
        assert (answer.status_code == 400) == taken(operation, VERSION), operation.name


def test_who_takes_a_version_tells_conflicts_and_gives_one(api: Api) -> None:
    for operation in api.operations():
        if taken(operation, VERSION):
            assert {"400", "409", "412"} <= operation.said["responses"].keys(), operation.name
            for headers in of_success(operation):
                assert {"ETag", "Idempotent-Replayed"} <= headers, operation.name
            [said] = [each for each in operation.parameters("header") if each["name"] == VERSION]
            assert not said["required"]
            assert re.fullmatch(said["schema"]["pattern"], '"3"')
            assert not re.fullmatch(said["schema"]["pattern"], "3")


def test_who_takes_a_key_tells_that_a_repeat_is_one(api: Api) -> None:
    for operation in api.operations():
        if taken(operation, KEY):
            assert {"400", "409", "422"} <= operation.said["responses"].keys(), operation.name
            assert all("Idempotent-Replayed" in each for each in of_success(operation))


def test_every_answer_tells_its_trace_and_the_limits(api: Api) -> None:
    assert api.document["components"]["headers"].keys() >= ALWAYS
    for operation in api.operations():
        for status in operation.said["responses"]:
            assert told(operation, status) >= ALWAYS, (operation.name, status)
        assert "Retry-After" in told(operation, "429"), operation.name
        assert "Retry-After" in told(operation, "503"), operation.name


def test_pages_tell_their_neighbours(api: Api) -> None:
    for operation in api.operations():
        paged = "page" in {each["name"] for each in operation.parameters("query")}
        for headers in of_success(operation):
            assert ("Link" in headers) == paged, operation.name


def test_a_version_is_read_in_one_place() -> None:
    """Who reads the header without declaring it would leave it out of the document."""
    found = []
    for file in [*ROOT.glob("services/**/*.py"), *ROOT.glob("shared/**/*.py")]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Constant(value=str() | bytes() as text) if len(text) == len(VERSION):
                    name = text if isinstance(text, str) else text.decode("latin-1")
                    found += [file.name] * (name.lower() == VERSION.lower())
                case ast.Call(func=ast.Name(id="if_match")):
                    found.append(f"{file.name}: a call")
    assert set(found) == {"conditional.py"}


async def test_an_undeclared_parameter_is_refused(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str]
) -> None:
    for operation in api.operations():
        answer = await _asked(client, operation, keys, "statuss=191212121212")
        assert answer.status_code == 422, operation.name
        [wrong] = answer.json()["invalid-parameters"]
        assert wrong["property"] == "statuss", operation.name
        assert "191212121212" not in answer.text
        held_to(api.document, answer)


async def test_a_parameter_given_twice_is_refused_unless_it_is_a_list(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str]
) -> None:
    for operation in api.operations():
        for parameter in operation.parameters("query"):
            kinds = parameter["schema"].get("anyOf", [parameter["schema"]])
            if any(each.get("type") == "array" for each in kinds):
                continue
            name = parameter["name"]
            twice = f"{name}=1&{name}=1{PAIRS.get(name, '')}"
            answer = await _asked(client, operation, keys, twice)
            assert answer.status_code == 422, operation.name
            assert [each["property"] for each in answer.json()["invalid-parameters"]] == [name]


async def test_who_one_is_is_asked_before_what_one_asks(
    api: Api, client: httpx.AsyncClient
) -> None:
    for operation in api.operations():
        if operation.said.get("security"):
            answer = await client.request(
                operation.method, f"{operation.url}?statuss=A", headers=KEYED
            )
            assert answer.status_code == 401, operation.name


@pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key", "If-Match"])
async def test_a_header_that_decides_is_given_once(
    api: Api, client: httpx.AsyncClient, keys: dict[Role, str], name: str
) -> None:
    for operation in api.operations():
        if taken(operation, name) or (name == "Authorization" and operation.said.get("security")):
            usual = {
                "Authorization": f"Bearer {keys[Role.COORDINATOR]}",
                "Idempotency-Key": "k",
                "If-Match": '"1"',
            }
            given = bearer(keys, operation) if name != "Authorization" else {}
            answer = await client.request(
                operation.method,
                operation.url,
                headers=[*given.items(), (name, usual[name]), (name, usual[name])],
                json={"no_such_property": True} if operation.method == "post" else None,
            )
            assert answer.status_code == 400, operation.name
            [wrong] = answer.json()["invalid-parameters"]
            assert wrong["property"] == name, operation.name
            held_to(api.document, answer)


async def _asked(
    client: httpx.AsyncClient, operation: Operation, keys: dict[Role, str], query: str
) -> httpx.Response:
    """A request in order but for its query, as far as it is read before the body."""
    given = bearer(keys, operation) if operation.said.get("security") else {}
    return await client.request(
        operation.method,
        f"{operation.url}?{query}",
        headers=given | KEYED,
        json={"no_such_property": True} if operation.method == "post" else None,
    )
