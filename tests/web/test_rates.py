"""Rate limits: what is let through, what is told, and who counts as one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from starlette.types import Receive, Scope, Send

from shared.web.address import Origins
from shared.web.middleware import rates as middleware
from shared.web.rates import MOST, Rate, Windows
from tests.web.trial import COORDINATOR, REPORTER, SERVICE, Trial, TrialSettings, client_of

UNKNOWN = "sml_test_" + "a" * 43
LIMITED = replace(SERVICE, open_forms=frozenset({"/trial/form"}))


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    made = middleware.Limited.__init__
    monkeypatch.setattr(
        middleware.Limited,
        "__init__",
        lambda self, app, site: made(self, app, site=site, clock=clock),
    )
    return clock


@asynccontextmanager
async def asking(trial: Trial, **rates: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(replace(trial, service=LIMITED, more=rates).app()) as client:
        yield client


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


# What is counted


def test_no_more_than_the_limit_in_any_window() -> None:
    clock = Clock()
    windows = Windows(Rate.of("10/10 seconds"), clock)
    passed = []
    for _ in range(400):
        clock.now += 0.25
        if windows.hit(b"me").within:
            passed.append(clock.now)
    for begin in passed:
        assert sum(begin <= at < begin + 10 for at in passed) <= 10
    assert len(passed) == pytest.approx(100, abs=12)


def test_a_burst_up_to_the_limit_is_let_through_at_once() -> None:
    windows = Windows(Rate.of("200/second"), Clock())
    assert [windows.hit(b"me").within for _ in range(201)] == [True] * 200 + [False]


@pytest.mark.parametrize("start", [1000.0, 1004.9, 1009.9])
def test_who_waits_as_long_as_told_is_let_through(start: float) -> None:
    clock = Clock(start)
    windows = Windows(Rate.of("10/10 seconds"), clock)
    while windows.hit(b"me").within:
        clock.now += 0.1
    for _ in range(5):
        clock.now += windows.hit(b"me").seconds
        assert windows.hit(b"me").within
        while windows.hit(b"me").within:
            pass


def test_a_limit_of_one_lets_one_through_again() -> None:
    clock = Clock()
    windows = Windows(Rate.of("1/hour"), clock)
    assert windows.hit(b"me").within
    clock.now += windows.hit(b"me").seconds
    assert windows.hit(b"me").within


def test_what_is_refused_does_not_count() -> None:
    clock = Clock()
    windows = Windows(Rate.of("2/10 seconds"), clock)
    for _ in range(50):
        windows.hit(b"me")
    clock.now += 20
    assert windows.hit(b"me").left == 1


def test_expired_windows_are_dropped_and_memory_has_a_bound() -> None:
    clock = Clock()
    windows = Windows(Rate.of("5/second"), clock, most=100)
    for number in range(500):
        windows.hit(str(number).encode())
    assert len(windows) == 101
    assert not windows.hit(b"one more").within  # those beyond the bound share what one may
    assert windows.hit(b"7").within
    clock.now += 2
    windows.hit(b"me")
    assert len(windows) == 1
    assert MOST <= 100_000


@pytest.mark.parametrize("text", ["", "60", "many/hour", "0/hour", "1/hour;2/second"])
def test_what_is_not_one_limit_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(ValidationError):
        TrialSettings(rate_per_key=text)


# What is told


async def test_every_answer_tells_the_limits_and_how_it_stands(trial: Trial, clock: Clock) -> None:
    async with asking(trial, rate_per_key="7/10 seconds", rate_per_address="9/minute") as client:
        answer = await client.get("/trial/v1/who", headers=bearer(COORDINATOR))
        assert answer.headers["ratelimit-policy"] == '"address";q=9;w=60, "key";q=7;w=10'
        assert answer.headers["ratelimit"] == '"address";r=8;t=20, "key";r=6;t=10'
        assert "retry-after" not in answer.headers
        missing = await client.get("/nowhere")
        assert missing.headers["ratelimit"] == '"address";r=7;t=20'


async def test_beyond_the_limit_it_is_a_problem_that_says_when_to_come_back(
    trial: Trial, clock: Clock
) -> None:
    async with asking(trial, rate_per_key="2/10 seconds") as client:
        for _ in range(2):
            assert (await client.get("/trial/v1/who", headers=bearer(COORDINATOR))).is_success
        refused = await client.get("/trial/v1/who", headers=bearer(COORDINATOR))
        assert refused.status_code == 429
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == "too-many-requests"
        assert '"key";r=0' in refused.headers["ratelimit"]
        assert refused.headers["x-content-type-options"] == "nosniff"
        assert COORDINATOR not in refused.text
        clock.now += int(refused.headers["retry-after"])
        assert (await client.get("/trial/v1/who", headers=bearer(COORDINATOR))).is_success


async def test_a_browser_gets_a_page_outside_the_api(trial: Trial, clock: Clock) -> None:
    async with asking(trial, rate_per_address="1/minute") as client:
        await client.get("/trial/form")
        page = await client.get("/trial/form", headers={"accept": "text/html"})
        assert page.status_code == 429
        assert page.headers["content-type"].startswith("text/html")
        assert "För många anrop" in page.text
        assert int(page.headers["retry-after"]) > 0
        api = await client.get("/trial/v1/list", headers={"accept": "text/html"})
        assert api.headers["content-type"] == "application/problem+json"
        assert (await client.head("/trial/form", headers={"accept": "text/html"})).content == b""


async def test_health_and_metrics_are_never_refused(trial: Trial, clock: Clock) -> None:
    async with asking(trial, rate_per_address="1/minute") as client:
        for _ in range(5):
            for path in ("health/live", "health/ready", "metrics"):
                answer = await client.get(f"/trial/{path}")
                assert answer.status_code == 200
                assert "ratelimit" not in answer.headers
        assert (await client.get("/trial/v1/api-info")).status_code == 200


# Who counts as one


async def test_keys_have_limits_of_their_own(trial: Trial, clock: Clock) -> None:
    async with asking(trial, rate_per_key="1/minute") as client:
        assert (await client.get("/trial/v1/who", headers=bearer(COORDINATOR))).status_code == 200
        again = {"authorization": f"bearer   {COORDINATOR}"}
        assert (await client.get("/trial/v1/who", headers=again)).status_code == 429
        assert (await client.get("/trial/v1/who", headers=bearer(REPORTER))).status_code == 200


async def test_open_forms_are_for_few_posts_by_people_unknown(trial: Trial, clock: Clock) -> None:
    async with asking(trial, rate_of_open_forms="2/hour") as client:
        answers = [await client.post("/trial/form", data={"a": "1"}) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert '"form";q=2;w=3600' in answers[0].headers["ratelimit-policy"]
        assert (await client.get("/trial/form")).status_code == 405
        assert (await client.post("/trial/v1/text")).status_code == 200
        await client.post("/trial/enter")
        assert (await client.post("/trial/form", data={"a": "1"})).status_code == 200


async def test_a_made_up_session_is_no_way_round_the_limit(trial: Trial, clock: Clock) -> None:
    async with asking(trial, rate_of_open_forms="1/hour") as client:
        forged = {"cookie": "samlad_session=AAAA"}
        answers = [await client.post("/trial/form", headers=forged) for _ in range(2)]
        assert answers[-1].status_code == 429


@pytest.mark.parametrize("given", ["Bearer {n}", "Basic {n}", "{n}", f"Bearer {UNKNOWN[:-1]}{{n}}"])
async def test_a_made_up_key_is_no_way_round_the_limit_of_open_forms(
    trial: Trial, clock: Clock, given: str
) -> None:
    async with asking(trial, rate_of_open_forms="2/hour", rate_of_wrong_keys="99/hour") as client:
        answers = [
            await client.post(
                "/trial/form", data={"a": "1"}, headers={"authorization": given.format(n=number)}
            )
            for number in range(3)
        ]
        assert answers[-1].status_code == 429


@pytest.mark.parametrize("blank", ["\xa0", "\x85", "\x1c"])
async def test_a_key_with_odd_blanks_is_no_key(trial: Trial, clock: Clock, blank: str) -> None:
    async with asking(trial) as client:
        odd = {b"authorization": f"Bearer {COORDINATOR}{blank}".encode("latin-1")}
        assert (await client.get("/trial/v1/who", headers=odd)).status_code == 401


async def test_who_guesses_keys_is_refused_but_a_right_key_is_not(
    trial: Trial, clock: Clock
) -> None:
    async with asking(trial, rate_of_wrong_keys="3/minute") as client:
        for number in range(3):
            guess = f"{UNKNOWN[:-1]}{number}"
            assert (await client.get("/trial/v1/who", headers=bearer(guess))).status_code == 401
        refused = await client.get("/trial/v1/list", headers=bearer(UNKNOWN))
        assert refused.status_code == 429
        assert '"wrong-key";q=3;w=60' in refused.headers["ratelimit-policy"]
        assert (await client.get("/trial/v1/who", headers=bearer(COORDINATOR))).status_code == 200
        assert (await client.get("/trial/v1/who")).status_code == 401
        clock.now += 120
        assert (await client.get("/trial/v1/who", headers=bearer(UNKNOWN))).status_code == 401


async def test_asking_without_a_key_is_no_guess(trial: Trial, clock: Clock) -> None:
    async with asking(trial, rate_of_wrong_keys="1/minute") as client:
        for _ in range(5):
            assert (await client.get("/trial/v1/who")).status_code == 401
        assert (await client.get("/trial/v1/who", headers=bearer(UNKNOWN))).status_code == 401


async def test_the_demo_may_ask_a_hundred_times_as_often(trial: Trial, clock: Clock) -> None:
    async with asking(replace(trial, demo=True), rate_per_key="1/10 seconds") as client:
        answer = await client.get("/trial/v1/who", headers=bearer(COORDINATOR))
        assert '"key";q=100;w=10' in answer.headers["ratelimit-policy"]


def test_the_usual_limits_let_agencies_and_their_imports_work() -> None:
    settings = TrialSettings()
    key, address = Rate.of(settings.rate_per_key), Rate.of(settings.rate_per_address)
    assert key.amount / key.seconds >= 200
    assert address.amount >= key.amount
    assert Rate.of(settings.rate_of_open_forms) == Rate(60, 3600)


# Where a request comes from


def scope_of(peer: str | None, *forwarded: str) -> Scope:
    headers = [(b"x-forwarded-for", each.encode("latin-1")) for each in forwarded]
    return {"type": "http", "client": (peer, 1) if peer is not None else None, "headers": headers}


def same(origins: Origins, one: Scope, other: Scope) -> bool:
    return origins.of(one) == origins.of(other)


def test_only_a_proxy_is_believed_about_who_asked_it() -> None:
    origins = Origins(["127.0.0.0/8", "10.1.0.0/16"])
    client = scope_of("192.0.2.7")
    assert same(origins, client, scope_of("127.0.0.1", "192.0.2.7"))
    assert same(origins, client, scope_of("10.1.9.9", "192.0.2.7"))
    assert same(origins, client, scope_of("192.0.2.7", "198.51.100.9"))
    assert not same(origins, client, scope_of("10.2.0.1", "192.0.2.7"))


def test_what_a_caller_writes_before_the_proxy_does_is_not_read() -> None:
    origins = Origins(["127.0.0.0/8", "10.1.0.0/16"])
    client = scope_of("192.0.2.7")
    assert same(origins, client, scope_of("127.0.0.1", "198.51.100.9, 192.0.2.7"))
    assert same(origins, client, scope_of("127.0.0.1", "198.51.100.9", "192.0.2.7, 10.1.0.4"))
    assert not same(origins, client, scope_of("127.0.0.1", "192.0.2.7, what"))


def test_callers_on_the_proxys_own_network_are_told_apart() -> None:
    origins = Origins(["10.1.0.0/16"])
    assert not same(origins, scope_of("10.1.0.1", "10.1.0.7"), scope_of("10.1.0.1", "10.1.0.8"))


@pytest.mark.parametrize(
    ("one", "other", "as_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("fe80::1%eth0", "fe80::1%eth1", True),
    ],
)
def test_a_64_of_ipv6_counts_as_one(one: str, other: str, *, as_one: bool) -> None:
    assert same(Origins([]), scope_of(one), scope_of(other)) is as_one


@pytest.mark.parametrize("said", ["192.0.2.7:5000", " 192.0.2.7 ", "[::ffff:192.0.2.7]:5000"])
def test_ports_and_brackets_do_not_matter(said: str) -> None:
    origins = Origins(["127.0.0.1"])
    assert same(origins, scope_of("192.0.2.7"), scope_of("127.0.0.1", said))


def test_without_an_address_it_is_a_socket_of_this_machine() -> None:
    origins = Origins([])
    assert same(origins, scope_of("192.0.2.7"), scope_of(None, "192.0.2.7"))
    assert same(origins, scope_of(None), scope_of("", "what, \x80 ever"))
    assert not same(origins, scope_of(None), scope_of("192.0.2.7"))


def test_addresses_and_keys_are_kept_as_hashes_of_this_process() -> None:
    assert Origins([]).of(scope_of("192.0.2.7")) != Origins([]).of(scope_of("192.0.2.7"))
    assert b"\xc0\x00\x02\x07" not in Origins([]).of(scope_of("192.0.2.7"))


async def test_neither_addresses_nor_keys_stand_in_memory_logs_or_metrics(
    trial: Trial, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async with asking(trial, rate_per_key="1/minute") as client:
        headers = bearer(COORDINATOR) | {"x-forwarded-for": "192.0.2.77"}
        for _ in range(3):
            await client.get("/trial/v1/who", headers=headers)
        metrics = (await client.get("/trial/metrics")).text
    for text in (metrics, caplog.text):
        assert "192.0.2.77" not in text
        assert COORDINATOR not in text


@pytest.mark.parametrize("text", ["here", "10.0.0.1/8", "10.0.0.0/99"])
def test_proxies_are_networks(text: str) -> None:
    with pytest.raises(ValidationError):
        TrialSettings(proxies=[text])


def test_proxies_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMLAD_PROXIES", "10.0.0.0/8, 192.0.2.1")
    assert TrialSettings().proxies == ["10.0.0.0/8", "192.0.2.1"]


async def test_what_is_no_request_passes_by(trial: Trial) -> None:
    seen: list[str] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    app: FastAPI = trial.app()
    limited = middleware.Limited(inner, site=app.state.site)

    async def nothing(*_: object) -> None:
        """Take no part."""

    await limited({"type": "lifespan"}, nothing, nothing)  # type: ignore[arg-type]
    assert seen == ["lifespan"]
