from dataclasses import replace

import httpx
import pytest

from tests.web.trial import COORDINATOR, REPORTER, Trial, client_of


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


async def signed_in(client: httpx.AsyncClient) -> str:
    answer = await client.post("/trial/enter")
    token: str = answer.json()
    return token


async def test_a_key_says_which_agency_asks(client: httpx.AsyncClient) -> None:
    answer = await client.get("/trial/v1/who", headers=bearer(COORDINATOR))
    assert answer.json() == {"agency": "DISTRICT_COORD", "via": "KEY"}


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer x", "Bearer sml_test_" + "a" * 43, f"Basic {COORDINATOR}", COORDINATOR],
    ids=["empty", "no key", "no key of ours", "unknown key", "another scheme", "no scheme"],
)
async def test_a_wrong_key_is_401_even_with_a_session(
    client: httpx.AsyncClient, header: str
) -> None:
    await signed_in(client)
    answer = await client.get("/trial/v1/who", headers={"authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_nobody_is_401(client: httpx.AsyncClient) -> None:
    assert (await client.get("/trial/v1/who")).status_code == 401


async def test_a_role_without_the_right_is_403(client: httpx.AsyncClient) -> None:
    assert (await client.get("/trial/v1/desk", headers=bearer(REPORTER))).status_code == 403
    assert (await client.get("/trial/v1/desk", headers=bearer(COORDINATOR))).status_code == 200


async def test_a_session_reads_without_and_writes_only_with_its_token(
    client: httpx.AsyncClient,
) -> None:
    token = await signed_in(client)
    assert (await client.get("/trial/v1/who")).json()["via"] == "SESSION"
    assert (await client.post("/trial/v1/who")).status_code == 403
    wrong = await client.post("/trial/v1/who", headers={"x-csrf-token": token + "x"})
    assert wrong.json()["code"] == "form-expired"
    right = await client.post("/trial/v1/who", headers={"x-csrf-token": token})
    assert right.json() == {"agency": "DISTRICT_COORD"}


async def test_a_forms_token_may_stand_in_the_form(client: httpx.AsyncClient) -> None:
    token = await signed_in(client)
    assert (await client.post("/trial/v1/who", data={"csrf": token})).status_code == 200
    assert (await client.post("/trial/v1/who", data={"csrf": "x"})).status_code == 403


PATHS = ("/trial/v1/who", "/trial/v1/files")


@pytest.mark.parametrize("path", PATHS)
async def test_a_form_with_a_file_carries_its_token_in_a_field(
    client: httpx.AsyncClient, path: str
) -> None:
    token = await signed_in(client)
    file = ("file", ("a.csv", b"a;b\n" * 500_000, "text/csv"))
    sent = await client.post(path, files=[file, ("csrf", (None, token))])

    assert sent.status_code == 200
    assert sent.json()["agency"] == "DISTRICT_COORD"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "field",
    [
        None,
        ("csrf", (None, "x")),
        ("csrf", ("name", "{token}")),
        ("token", (None, "{token}")),
    ],
    ids=["none", "wrong", "a file", "another field"],
)
async def test_a_form_with_a_file_and_without_its_token_is_refused(
    client: httpx.AsyncClient, path: str, field: tuple[str, tuple[str | None, str]] | None
) -> None:
    token = await signed_in(client)
    parts: list[tuple[str, tuple[str | None, str | bytes]]] = [("file", ("a.csv", b"a;b"))]
    if field:
        name, (filename, value) = field
        parts.append((name, (filename, value.format(token=token))))

    refused = await client.post(path, files=parts)
    assert (refused.status_code, refused.json()["code"]) == (403, "form-expired")


async def test_a_form_that_cannot_be_read_is_400(client: httpx.AsyncClient) -> None:
    await signed_in(client)
    headers = {"content-type": "multipart/form-data; boundary=x"}
    broken = await client.post("/trial/v1/who", content=b"--y\r\nno form", headers=headers)
    assert broken.status_code == 400


async def test_a_form_of_too_many_parts_is_400(client: httpx.AsyncClient) -> None:
    token = await signed_in(client)
    many = [(f"f{number}", (None, "x")) for number in range(201)]
    sent = await client.post("/trial/v1/who", files=[*many, ("csrf", (None, token))])
    assert sent.status_code == 400


async def test_signing_out_ends_the_session(client: httpx.AsyncClient) -> None:
    await signed_in(client)
    await client.post("/trial/leave")
    assert (await client.get("/trial/v1/who")).status_code == 401


async def test_a_foreign_cookie_is_nobody(client: httpx.AsyncClient) -> None:
    client.cookies.set("samlad_session", "AAAA")
    assert (await client.get("/trial/v1/who")).status_code == 401


async def test_the_cookie_follows_the_public_address(trial: Trial) -> None:
    async with client_of(trial.app()) as client:
        plain = (await client.post("/trial/enter")).headers["set-cookie"]
    over_https = replace(trial, public_url="https://samlad.example.org")
    async with client_of(over_https.app()) as client:
        bound = (await client.post("/trial/enter")).headers["set-cookie"]
    assert plain.startswith("samlad_session=")
    assert "Secure" not in plain
    assert bound.startswith("__Host-samlad_session=")
    for part in ("HttpOnly", "SameSite=lax", "Path=/"):
        assert part in plain
        assert part in bound
    assert "Secure" in bound
    assert "Domain" not in bound


async def test_what_a_request_changes_carries_who_and_why(client: httpx.AsyncClient) -> None:
    mine = "5a0c3f0e-5f0a-4f1e-9a58-0f6b3f1c2d4e"
    headers = bearer(COORDINATOR) | {"x-correlation-id": mine}
    why = (await client.get("/trial/v1/why", headers=headers)).json()
    assert (why["agency"], why["id"]) == ("DISTRICT_COORD", mine)
    assert why["time"].endswith("+00:00")
