import httpx
import pytest


async def test_a_list_comes_in_pages_with_links(client: httpx.AsyncClient) -> None:
    answer = await client.get("/trial/v1/paged/45?limit=20&page=2")
    assert answer.json() == {"items": list(range(20, 40)), "total": 45, "limit": 20, "page": 2}
    links = answer.headers["link"]
    assert '</trial/v1/paged/45?limit=20&page=1>; rel="first"' in links
    assert "page=1" in links.split('rel="prev"')[0]
    assert '</trial/v1/paged/45?limit=20&page=3>; rel="next"' in links
    assert 'page=3>; rel="last"' in links


async def test_the_only_page_has_no_neighbours(client: httpx.AsyncClient) -> None:
    links = (await client.get("/trial/v1/paged/0")).headers["link"]
    assert "next" not in links
    assert "prev" not in links


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "page=0", "page=x", "limit=" + "9" * 30])
async def test_impossible_pages_are_422(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/trial/v1/list?{query}")
    assert answer.status_code == 422
    assert answer.json()["invalid-parameters"][0]["property"] == query.split("=", maxsplit=1)[0]


async def test_the_largest_page_is_taken(client: httpx.AsyncClient) -> None:
    assert (await client.get("/trial/v1/list?limit=200&page=3")).json() == 400


@pytest.mark.parametrize(("tag", "status"), [('"3"', 200), ("*", 200), (None, 200), ('"2"', 412)])
async def test_a_command_is_meant_for_one_version(
    client: httpx.AsyncClient, tag: str | None, status: int
) -> None:
    headers = {"if-match": tag} if tag else {}
    answer = await client.get("/trial/v1/versioned", headers=headers)
    assert answer.status_code == status
    assert answer.headers["etag"] == '"3"'


@pytest.mark.parametrize("tag", ["3", 'W/"3"', '"x"', '""', '"3", "4"', '"' + "9" * 20 + '"'])
async def test_an_unreadable_version_is_400(client: httpx.AsyncClient, tag: str) -> None:
    answer = await client.get("/trial/v1/versioned", headers={"if-match": tag})
    assert answer.status_code == 400


async def test_a_form_is_read_trimmed_composed_and_without_its_token(
    client: httpx.AsyncClient,
) -> None:
    form = {"a": [" a\u030a \r\nb "], "b": ["1", "2"], "csrf": ["x"]}
    assert (await client.post("/trial/form", data=form)).json() == {"a": ["å \nb"], "b": ["1", "2"]}
