"""The facade's own OpenAPI document: valid, complete, and true of what is answered."""

from typing import Any

import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31

from tests.intake.conftest import Intake
from tests.intake.test_open311 import POST, Desk
from tests.support.json_schema import be_a_schema, follow

pytestmark = pytest.mark.stack


@pytest.fixture
def desk(intake: Intake) -> Desk:
    return Desk(intake)


async def _document(desk: Desk) -> dict[str, Any]:
    document: dict[str, Any] = (await desk.get("openapi.json", keyed=False)).json()
    return document


async def test_the_document_is_valid_openapi(desk: Desk) -> None:
    document = await _document(desk)
    follow(OPENAPI_31, document)
    for schema in document["components"]["schemas"].values():
        be_a_schema(schema)


async def test_it_tells_of_every_path_of_georeport_and_nothing_else(desk: Desk) -> None:
    document = await _document(desk)
    assert set(document["paths"]) == {
        "/discovery.{form}",
        "/services.{form}",
        "/services/{service_code}.{form}",
        "/requests.{form}",
        "/requests/{service_request_id}.{form}",
        "/tokens/{token}.{form}",
        "/servicerequestupdates.{form}",
    }
    assert set(document["paths"]["/requests.{form}"]) == {"get", "post"}
    assert [server["url"].rpartition("/intake/")[2] for server in document["servers"]] == [
        "open311/v2",
        "open311/test/v2",
    ]


async def test_every_operation_answers_xml_first_and_has_its_own_errors(desk: Desk) -> None:
    document = await _document(desk)
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            assert operation["description"]
            assert set(operation["responses"]) <= {"200", "201", "default"}
            for answer in operation["responses"].values():
                assert list(answer["content"]) == ["text/xml", "application/json"]
    assert "422" not in str(document["paths"])


async def test_it_says_that_personal_fields_are_never_kept(desk: Desk) -> None:
    document = await _document(desk)
    assert "never kept" in document["info"]["description"]
    post = document["paths"]["/requests.{form}"]["post"]
    form = post["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    for name in ("email", "phone", "first_name", "last_name", "account_id", "media_url"):
        assert "never kept" in form["properties"][name]["description"]


async def test_the_other_document_knows_no_dots_in_paths(desk: Desk) -> None:
    other = (await desk.intake.http.get("/intake/openapi.json")).json()
    assert not any("open311" in path or "." in path for path in other["paths"])


ANSWERS = {
    "discovery.json": "Discovery",
    "services.json": "Services",
    "services/ENV.LIGHTING.json": "ServiceDefinition",
    "requests.json": "ServiceRequests",
    "requests/{number}.json": "ServiceRequests",
    "tokens/{number}.json": "Token",
    "servicerequestupdates.json": "Updates",
    "nothing.json": "Errors",
}


async def test_answers_are_as_described(desk: Desk) -> None:
    receipt = await desk.send(POST, "json")
    schemas = (await _document(desk))["components"]["schemas"]
    follow(schemas["Receipt"], receipt.json())
    number = receipt.json()[0]["service_request_id"]
    cases = desk.intake.mongo[desk.intake.settings.database_name]["cases"]
    await cases.insert_one({"_id": number, "moved_at": desk.now, "triage": "LINKED"})
    for path, schema in ANSWERS.items():
        query = {"extensions": "true"} if "requests" in path else {}
        answer = await desk.get(path.format(number=number), query)
        assert answer.json()
        follow(schemas[schema], answer.json())


async def test_the_example_of_a_post_is_taken_in(desk: Desk) -> None:
    post = (await _document(desk))["paths"]["/requests.{form}"]["post"]
    body = post["requestBody"]["content"]["application/x-www-form-urlencoded"]
    (example,) = (each["value"] for each in body["examples"].values())
    follow(body["schema"], example)
    assert (await desk.send(example)).status_code == 201
