"""The whole embedded system: two stores, four services, a mail sink and the front door."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.samlad import topics
from deploy.samlad.demo.client import tell
from deploy.samlad.demo.progress import Progress
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.secret_files import Secrets
from deploy.samlad.stack.caddy import Caddy
from deploy.samlad.stack.mail import MailSink
from deploy.samlad.stack.part import Part
from deploy.samlad.stack.ports import Ports, is_free
from deploy.samlad.stack.state import State
from deploy.samlad.stack.stores import stores
from deploy.samlad.supervisor import Supervisor, end_on_term, only_one, until_told

SERVICES = ("intake", "coordination", "notify", "reporting")
USUAL_PORT = 8080


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How the system is to be started."""

    folder: Path
    port: int | None = None
    demo: bool = True
    fresh: bool = False


@asynccontextmanager
async def running(wish: Wish) -> AsyncIterator[State]:
    """Start everything, yield its addresses, stop everything in order.

    Raises CannotError when another system holds the folder, the port, or a part does not start.
    """
    end_on_term()
    with only_one(wish.folder):
        if wish.fresh:
            forget(wish.folder)
        supervisor = Supervisor(wish.folder, State(data=str(wish.folder)))
        try:
            await _start(supervisor, wish)
            yield supervisor.state
        finally:
            await supervisor.stop()


def forget(folder: Path) -> None:
    """Remove what a system has stored; what set-up fetched stays."""
    for name in ("kafka", "mongo", "mail", "caddy", "logs", "demo"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in ("secret", "vault.key", "keys.json", "demo-keys.json"):
        (folder / name).unlink(missing_ok=True)


async def _start(supervisor: Supervisor, wish: Wish) -> None:
    began = time.monotonic()
    state, folder = supervisor.state, wish.folder
    secrets = Secrets(folder)
    secrets.make(demo=wish.demo)
    ports = Ports(folder / "ports.json")
    front = _front_port(ports, wish.port)
    state.front, state.keys = f"http://127.0.0.1:{front}", str(secrets.demo_keys)
    state.services = {name: f"http://127.0.0.1:{ports.of(name)}" for name in SERVICES}
    state.demo_now = Progress.told(Progress.file(folder)) if wish.demo else ""
    mail = MailSink(folder=folder / "mail", port=ports.of("mail"))
    state.smtp, state.mail_folder = mail.address, str(mail.folder)
    caddy = Caddy(folder=folder / "caddy", port=front, services=state.services)
    first = [*_with_topics(stores(folder, ports, state), state), mail.part()]
    for sentence in ports.moved:
        print(f"samlad: {sentence}", file=sys.stderr)
    await supervisor.start(first)
    shared = environment(state, secrets, demo=wish.demo)
    await supervisor.start([*(service(name, state, shared) for name in SERVICES), caddy.part()])
    state.start_seconds = round(time.monotonic() - began, 2)
    supervisor.say_ready()


def _front_port(ports: Ports, wanted: int | None) -> int:
    if wanted is not None and not is_free(wanted):
        raise CannotError(f"Port {wanted} is taken; choose another with --port.", Exit.REFUSED)
    return ports.of("front", wanted, usual=USUAL_PORT)


def _with_topics(parts: list[Part], state: State) -> list[Part]:
    return [_and_topics(part, state) if part.name == "kafka" else part for part in parts]


def _and_topics(part: Part, state: State) -> Part:
    async def settle() -> None:
        await part.settle()
        left = [each for each in await topics.apply(state.kafka) if not each.well]
        if left:
            told = "; ".join(f"{each.topic}: {each.result}" for each in left)
            raise CannotError(f"The topics are not as described. {told}.", Exit.REFUSED)

    return replace(part, settle=settle)


def environment(state: State, secrets: Secrets, *, demo: bool) -> dict[str, str]:
    """Return the settings every service of this system gets."""
    host, _, port = state.smtp.partition(":")
    return {
        "SAMLAD_HOST": "127.0.0.1",
        "SAMLAD_KAFKA": ",".join(state.kafka),
        "SAMLAD_MONGO_URL": state.mongo_url,
        "SAMLAD_PUBLIC_URL": state.front,
        "SAMLAD_KEYS_FILE": str(secrets.keys),
        "SAMLAD_SECRET_FILE": str(secrets.session),
        "SAMLAD_VAULT_KEY_FILE": str(secrets.vault),
        "SAMLAD_DEMO": str(demo).lower(),
        "SAMLAD_MAIL_HOST": host,
        "SAMLAD_MAIL_PORT": port,
        "SAMLAD_MAIL_FOLDER": state.mail_folder,
        "SAMLAD_LOG_LEVEL": os.environ.get("SAMLAD_LOG_LEVEL", "INFO"),
    }


def service(name: str, state: State, shared: Mapping[str, str]) -> Part:
    """Return a service as a process to look after: ready when its own readiness says so.

    It keeps the demo's time in memory alone, so it is told again after every start.
    """
    url = state.services[name]
    port = url.rpartition(":")[2]

    async def ready() -> bool:
        return await _status(f"{url}/{name}/health/ready") == 200  # noqa: PLR2004 - HTTP's OK

    async def greet() -> None:
        if state.demo_now:
            await tell(url, name, state.demo_now)

    return Part(
        name=name,
        command=[sys.executable, "-m", f"services.{name}.app"],
        environment={**shared, "SAMLAD_PORT": port},
        ready=ready,
        greet=greet,
        stop_within=15.0,
    )


async def _status(url: str) -> int:
    host, _, path = url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    try:
        request = f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        writer.write(request.encode("ascii"))
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()


def keep(wish: Wish) -> None:
    """Start everything, say where, and keep it until Ctrl-C."""
    asyncio.run(_keep(wish))


async def _keep(wish: Wish) -> None:
    async with running(wish) as state:
        print(f"Samlad is up after {state.start_seconds} s: {state.front}/")
        if wish.demo:
            print(f"Sign in as any role: {state.front}/coordination/sign-in")
        print("Ctrl-C stops it.", flush=True)
        await until_told()
