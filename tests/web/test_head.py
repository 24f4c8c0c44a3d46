"""HEAD is GET without the body."""

import asyncio

import httpx
import pytest

CHANGING = {"x-correlation-id", "date", "content-length", "ratelimit", "traceparent"}


@pytest.mark.parametrize(
    "path",
    [
        "/trial/v1/api-info",
        "/trial/v1/paged/30",
        "/trial/static/samlad.css",
        "/trial/docs",
        "/trial/openapi.json",
        "/trial/health/ready",
        "/trial",
        "/trial/v1/who",
        "/trial/v1/fail/broken",
        "/trial/v1/things",
        "/nowhere",
        "/trial/v1/list?limit=0",
        "/trial/v1/list?limit=%00",
    ],
)
async def test_head_is_get_without_the_body(client: httpx.AsyncClient, path: str) -> None:
    got, head = await client.get(path), await client.head(path)
    assert head.status_code == got.status_code
    assert head.content == b""
    assert head.headers["content-length"] == got.headers["content-length"]
    same = [{n: v for n, v in a.headers.items() if n not in CHANGING} for a in (got, head)]
    assert same[0] == same[1]


async def test_head_of_an_endless_answer_ends(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(5):
        head = await client.head("/trial/v1/endless")
    assert (head.status_code, head.content) == (200, b"")


async def test_head_is_counted_as_such_by_its_route(client: httpx.AsyncClient) -> None:
    await client.head("/trial/v1/paged/30")
    metrics = (await client.get("/trial/metrics")).text
    assert 'method="HEAD",route="/trial/v1/paged/{total}",status="200"' in metrics
