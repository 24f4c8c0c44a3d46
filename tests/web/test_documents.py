import re
from dataclasses import replace

import httpx
import pytest

from shared.web.problem import Problem
from tests.support.json_schema import follow
from tests.web.trial import SERVICE, Trial, client_of

FOREIGN = re.compile(r'(?:src|href|action)="(?:https?:)?//')


async def test_openapi_tells_who_what_and_under_which_terms(client: httpx.AsyncClient) -> None:
    document = (await client.get("/trial/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    info = document["info"]
    assert {"contact", "license", "termsOfService", "description", "version"} <= set(info)
    assert "En tjänst för prov." in info["description"]
    assert "A service for trials." in info["description"]


async def test_contact_and_terms_are_the_operators(trial: Trial) -> None:
    told = {
        "contact_name": "Prövningsstaden",
        "contact_url": "https://stad.example.org/samlad",
        "contact_email": "samlad@stad.example.org",
        "terms_url": "https://stad.example.org/villkor",
    }
    app = replace(trial, more=told).app()
    async with client_of(app) as client:
        info = (await client.get("/trial/openapi.json")).json()["info"]
    assert info["contact"] == {name[8:]: told[name] for name in told if name[:8] == "contact_"}
    assert info["termsOfService"] == told["terms_url"]


async def test_until_then_they_claim_nothing(client: httpx.AsyncClient) -> None:
    info = (await client.get("/trial/openapi.json")).json()["info"]
    assert info["contact"] == {"name": "Kungsholmen"}
    assert info["license"]["identifier"] in info["termsOfService"]


async def test_every_operation_tells_that_errors_are_problems(client: httpx.AsyncClient) -> None:
    document = (await client.get("/trial/openapi.json")).json()
    operations = [o for path in document["paths"].values() for o in path.values()]
    assert operations
    for operation in operations:
        assert "application/problem+json" in operation["responses"]["default"]["content"]
        for status, answer in operation["responses"].items():
            if status >= "4":
                assert answer["content"].keys() == {"application/problem+json"}
    assert "HTTPValidationError" not in str(document)


async def test_a_problem_fits_the_schema_that_is_published(client: httpx.AsyncClient) -> None:
    schema = (await client.get("/trial/openapi.json")).json()["components"]["schemas"]["Problem"]
    follow(schema, Problem(422, invalid=[("a", "b")]).document(), *schema["examples"])


async def test_keys_and_sessions_are_described(client: httpx.AsyncClient) -> None:
    document = (await client.get("/trial/openapi.json")).json()
    assert set(document["components"]["securitySchemes"]) == {"ApiKey", "Session"}


async def test_the_documents_page_asks_no_other_host(client: httpx.AsyncClient) -> None:
    page = await client.get("/trial/docs")
    assert not FOREIGN.search(page.text)
    assert "'unsafe-inline'" in page.headers["content-security-policy"]
    assert "script-src" not in page.headers["content-security-policy"]
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert (await client.get(f"/trial/docs/{name}")).status_code == 200
    assert (await client.get("/trial/docs/core.py")).status_code == 404
    script = (await client.get("/trial/static/docs.js")).text
    assert "supportedSubmitMethods: []" in script
    assert "tryItOutEnabled: false" in script


@pytest.mark.parametrize("service", ["intake", "coordination", "notify", "reporting"])
async def test_events_are_described_on_a_page_of_our_own(trial: Trial, service: str) -> None:
    app = replace(trial, service=replace(SERVICE, name=service)).app()
    async with client_of(app) as client:
        document = (await client.get(f"/{service}/asyncapi.json")).json()
        page = await client.get(f"/{service}/asyncapi")
    assert document["asyncapi"] == "3.0.0"
    assert page.status_code == 200
    assert not FOREIGN.search(page.text)
    for channel in document["channels"].values():
        assert channel["address"] in page.text
    for message in document["components"]["messages"].values():
        assert message["title"] in page.text
