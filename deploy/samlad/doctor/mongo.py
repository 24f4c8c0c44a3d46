"""Whether MongoDB is a replica set that can do what is asked of it, and shares our clock."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from deploy.samlad.doctor.finding import ASK_SECONDS, Finding, Verdict, failure, warning, well
from shared.store.client import connect
from shared.store.errors import StoreError, translated

OLDEST: Final = (6, 0)
DRIFT_SECONDS: Final = 1.0
FAR_SECONDS: Final = 30.0
SHOWN: Final = 3
REACH = "Start MongoDB, or mend SAMLAD_MONGO_URL: its address as seen from this machine."
_PLAIN: Final = "mongodb://"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one member said: `hello`, its version, its time, and ours before and after."""

    hello: Mapping[str, Any]
    version: Sequence[int]
    asked: datetime
    there: datetime
    answered: datetime


def mongo(url: str, prefix: str | None) -> list[Finding]:
    """Say whether MongoDB answers, tells our time and, if it is fit, has every index.

    Without a prefix there are no services whose indexes could be missing.
    """
    said = asyncio.run(_first_answer(url))
    if isinstance(said, Finding):
        return [said]
    found = member(said.hello, said.version)
    time = clock(said.asked, said.there, said.answered)
    if prefix is None or found.verdict is Verdict.FAIL:
        return [found, time]
    return [found, time, asyncio.run(_indexes(url, prefix))]


async def _first_answer(url: str) -> Answer | Finding:
    """Ask the members one by one, each directly: one without a primary answers too."""
    members = directly(url)
    code = ""
    for each in members:
        try:
            return await _ask(each, ASK_SECONDS / 2 / len(members))
        except StoreError as error:
            code = error.code
        except Exception as error:  # noqa: BLE001 - the driver refuses addresses in many ways
            code = type(error).__name__
    return failure("MongoDB", f"does not answer ({code})", REACH)


async def _ask(url: str, seconds: float) -> Answer:
    client = connect(url, seconds=seconds)
    try:
        admin = client.database("admin")
        with translated():
            build = await admin.command("buildInfo")
            asked = datetime.now(UTC)
            hello = await admin.command("hello")
            answered = datetime.now(UTC)
    finally:
        await client.close()
    there = hello["localTime"].replace(tzinfo=UTC)  # a command's answer tells UTC without a zone
    return Answer(hello, build["versionArray"], asked, there, answered)


def directly(url: str) -> list[str]:
    """Return an address per member that reaches it whatever its state; a `+srv` one as it is."""
    if not url.startswith(_PLAIN):
        return [url]
    rest, _, query = url.removeprefix(_PLAIN).partition("?")
    place, _, database = rest.partition("/")
    login, at, hosts = place.rpartition("@")
    ours = {"replicaset", "directconnection"}
    kept = [(name, value) for name, value in parse_qsl(query) if name.lower() not in ours]
    options = urlencode([*kept, ("directConnection", "true")])
    return [f"{_PLAIN}{login}{at}{host}/{database}?{options}" for host in hosts.split(",")]


def member(hello: Mapping[str, Any], version: Sequence[int]) -> Finding:
    """Judge what a member says about itself; with one member nothing is kept twice."""
    number = ".".join(map(str, version[:3]))
    if tuple(version[:2]) < OLDEST:
        return failure("MongoDB", f"version {number}", "Use MongoDB 6.0 or later.")
    if "setName" not in hello or hello.get("logicalSessionTimeoutMinutes") is None:
        advice = "Start it with --replSet and run rs.initiate() once: transactions need it."
        return failure("MongoDB", f"version {number}, not a replica set: no transactions", advice)
    if not hello.get("primary"):
        advice = "Start the members that are away: a majority of them elects a primary."
        return failure("MongoDB", f"replica set {hello['setName']} without a primary", advice)
    count = len(hello.get("hosts", ()))
    found = f"version {number}, replica set {hello['setName']}, members: {count}"
    if count == 1:
        return warning("MongoDB", f"{found}: no copies", "Back it up; or run three members.")
    return well("MongoDB", found)


def clock(asked: datetime, there: datetime, answered: datetime) -> Finding:
    """Judge MongoDB's clock against ours; half the round trip may lie in either direction."""
    half = (answered - asked) / 2
    apart = abs((there - (asked + half)).total_seconds())
    surely = max(0.0, apart - half.total_seconds())
    found = f"{surely:.1f} s apart from MongoDB's, at least"
    advice = "Let every machine take its time from one NTP server (timedatectl shows it)."
    if surely > FAR_SECONDS:
        return failure("clock", found, advice)
    if surely > DRIFT_SECONDS:
        return warning("clock", found, advice)
    return well("clock", "as MongoDB's")


async def _indexes(url: str, prefix: str) -> Finding:
    from deploy.samlad.indexes import missing

    client = connect(url, seconds=ASK_SECONDS / 2)
    try:
        async with asyncio.timeout(ASK_SECONDS / 2):
            return indexes(await missing(client, prefix))
    except (StoreError, TimeoutError) as error:
        return failure("indexes", f"MongoDB does not tell them ({type(error).__name__})", REACH)
    finally:
        await client.close()


def indexes(absent: Sequence[str]) -> Finding:
    """Judge which indexes are missing, each named `database.collection.index`."""
    if not absent:
        return well("indexes", "every one is there")
    told = ", ".join(absent[:SHOWN])
    more = f" and {len(absent) - SHOWN} more" if len(absent) > SHOWN else ""
    advice = "Run `samlad prepare`; started services make them too."
    return failure("indexes", f"missing: {told}{more}", advice)
