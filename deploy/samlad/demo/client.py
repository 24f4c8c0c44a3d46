"""The demo's own HTTP client: one key per agency and role, patient when a service is away."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import httpx

Json = dict[str, Any]
PATIENCE_SECONDS = 60.0


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of the program
    """The API refused a request.

    Attributes:
        status: HTTP status.
        problem: the RFC 9457 body.
    """

    def __init__(self, status: int, problem: Json, request: str) -> None:
        self.status = status
        self.problem = problem
        title = problem.get("title", "")
        super().__init__(f"{request}: {status} {title}: {problem.get('detail', '')}")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who sends a request: an agency in a role."""

    agency: str
    role: str


class FrontDoor:
    """Samlad as its users reach it.

    Args:
        url: address of the front door.
        keys: API key per actor.
    """

    def __init__(self, url: str, keys: Mapping[Actor, str]) -> None:
        self._keys = keys
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        self._http = httpx.AsyncClient(base_url=url, timeout=20, limits=limits, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    def key_of(self, actor: Actor) -> str:
        """The API key an actor sends."""
        return self._keys[actor]

    async def get(self, path: str, actor: Actor, **query: str | int) -> Json:
        """Reads one resource; raises `Refusal` for any answer from 400 on."""
        return await self._call("GET", path, actor, params=query)

    async def post(
        self,
        path: str,
        actor: Actor,
        body: Json | None = None,
        *,
        now: datetime,
        key: str | None = None,
    ) -> Json:
        """Sends one command at demo time `now`; raises `Refusal` for any answer from 400 on."""
        headers = {"X-Samlad-Now": now.isoformat()}
        if key is not None:
            headers["Idempotency-Key"] = key
        return await self._call("POST", path, actor, json=body or {}, headers=headers)

    async def every(self, path: str, actor: Actor, **query: str | int) -> list[Json]:
        """All items of a list, page by page."""
        items: list[Json] = []
        page = 1
        while True:
            answer = await self.get(path, actor, limit=200, page=page, **query)
            items.extend(answer["items"])
            if len(items) >= answer["total"] or not answer["items"]:
                return items
            page += 1

    async def _call(self, method: str, path: str, actor: Actor, **rest: Any) -> Json:  # noqa: ANN401 - httpx's own arguments
        headers = {"Authorization": f"Bearer {self._keys[actor]}", **rest.pop("headers", {})}
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            answer = await self._try(method, path, headers=headers, **rest)
            late = asyncio.get_running_loop().time() > deadline
            if answer is not None and (answer.status_code not in {429, 502, 503} or late):
                break
            if late:
                raise Refusal(503, {"title": "no answer"}, f"{method} {path}")
            await asyncio.sleep(0.2)
        if answer.is_error:
            raise Refusal(answer.status_code, _json(answer), f"{method} {path}")
        return _json(answer)

    async def _try(self, method: str, path: str, **rest: Any) -> httpx.Response | None:  # noqa: ANN401 - httpx's own arguments
        try:
            return await self._http.request(method, path, **rest)
        except httpx.TransportError:
            return None


async def tell(url: str, service: str, now: str) -> None:
    """Tell one service, at its own address, which time it is in the demo.

    Raises:
        httpx.HTTPError: it does not answer, or refuses.
    """
    async with httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as http:
        answer = await http.post(f"/{service}/v1/demo/tick", json={"now": now})
        answer.raise_for_status()


def _json(answer: httpx.Response) -> Json:
    try:
        body = answer.json()
    except ValueError:
        return {"title": "not JSON", "detail": f"{len(answer.content)} bytes"}
    return body if isinstance(body, dict) else {"items": body}
