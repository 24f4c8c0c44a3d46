"""The four real APIs tell a stranger everything; the committed documents are theirs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.samlad.documents import SERVICES, documents, openapi

DOCS = Path(__file__).parents[2] / "docs"
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module", params=SERVICES)
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    return openapi(request.param)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        assert methods.keys() <= METHODS
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_committed_documents_are_what_the_services_say() -> None:
    generated = documents()
    committed = {f"openapi/{file.name}": file for file in (DOCS / "openapi").glob("*.json")}
    how = "run `./samlad schema export`"
    assert committed.keys() == generated.keys(), how
    differing = [p for p, text in generated.items() if committed[p].read_text("utf-8") != text]
    assert differing == [], how


def test_the_environment_does_not_change_them(monkeypatch: pytest.MonkeyPatch) -> None:
    before = openapi("notify")
    monkeypatch.setenv("SAMLAD_PUBLIC_URL", "https://other.example.org")
    monkeypatch.setenv("SAMLAD_CONTACT_NAME", "Other")
    assert openapi("notify") == before


def test_every_operation_and_answer_has_words_of_its_own(document: dict[str, Any]) -> None:
    for where, operation in operations(document):
        assert operation.get("summary"), where
        assert operation.get("description"), where
        assert any(status.startswith("2") for status in operation["responses"]), where
        for status, answer in operation["responses"].items():
            assert answer.get("description", "").strip(), (where, status)
            assert answer["description"] != "Successful Response", (where, status)


def test_every_parameter_is_described(document: dict[str, Any]) -> None:
    for where, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            assert parameter.get("description"), (where, parameter["name"])


def test_every_body_has_an_example(document: dict[str, Any]) -> None:
    for where, operation in operations(document):
        for kind, media in operation.get("requestBody", {}).get("content", {}).items():
            assert media.get("examples"), (where, kind)
            assert all("value" in example for example in media["examples"].values()), where
