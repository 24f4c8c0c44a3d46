"""The images: small, sealed, honest about what is in them, and the same when built again."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import time
import tomllib
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy.samlad.places import root
from deploy.samlad.sbom import bill_of
from deploy.samlad.secret_files import Secrets

pytestmark = [pytest.mark.containers]

DOCKER = shutil.which("docker") or "docker"
SERVICES = {"intake": 8081, "coordination": 8082, "notify": 8083, "reporting": 8084}
PYTHON = (*SERVICES, "operator")
IMAGES = (*PYTHON, "caddy")
every_image = pytest.mark.parametrize("part", IMAGES)
every_service = pytest.mark.parametrize("part", SERVICES)

SEALED = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--network=none")
COMPILERS = re.compile(
    r"(.*-)?(gcc|cc|c\+\+|g\+\+|cpp|cc1|clang|clang\+\+|rustc|cargo|go|make|ld|as|tcc)(-[\d.]+)?"
)
CACHES = re.compile(
    r"(.*/)?\.cache/.|.*\.deb$|var/lib/apt/lists/.|var/cache/apt/.*\.bin|(app|build)/.*\.whl$|build/"
)
OURS = ("app/shared/", "app/services/", "app/deploy/")
KEPT = ("access/", "vault/", "demo/", "mail/", "data/", "home/", "root/.ssh", "run/secrets/")
SECRETS = re.compile(r"secret|.*\.(key|pem|p12|env)|\.env.*|(demo-)?keys\.json|id_(rsa|ed25519)")
LIVE = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=2)"


def image(part: str) -> str:
    return f"samlad-{part}:{os.environ.get('SAMLAD_TAG', 'local')}"


def docker(*arguments: str) -> str:
    done = subprocess.run([DOCKER, *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def answers(*arguments: str) -> bool:
    return subprocess.run([DOCKER, *arguments], check=False, capture_output=True).returncode == 0


@cache
def inspected(part: str) -> dict[str, Any]:
    [told] = json.loads(docker("image", "inspect", image(part)))
    config: dict[str, Any] = told["Config"]
    return config


def exported(name: str) -> Iterator[tuple[tarfile.TarInfo, IO[bytes] | None]]:
    """Yield every file of an image as a container of it has them, without starting one."""
    container = docker("create", name, "nothing").strip()
    try:
        with (
            subprocess.Popen([DOCKER, "export", container], stdout=subprocess.PIPE) as export,
            tarfile.open(fileobj=export.stdout, mode="r|") as archive,
        ):
            for member in archive:
                yield member, archive.extractfile(member) if member.isfile() else None
    finally:
        docker("rm", container)


@cache
def files(part: str) -> dict[str, tarfile.TarInfo]:
    return {member.name: member for member, _ in exported(image(part)) if not member.isdir()}


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """Return a folder with the secrets of a service, readable by the user of the images."""
    folder = tmp_path / "access"
    folder.mkdir()
    Secrets(folder).make(demo=False)
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755)
    return folder


@contextlib.contextmanager
def running(part: str, *options: str) -> Iterator[str]:
    """Start a sealed container of an image, without Kafka and MongoDB; gone afterwards."""
    name = f"samlad-test-{part}-{uuid.uuid4().hex[:8]}"
    docker("run", "--detach", "--name", name, *SEALED, *options, image(part))
    try:
        yield name
    finally:
        docker("rm", "--force", "--volumes", name)


@contextlib.contextmanager
def serving(part: str, secrets: Path) -> Iterator[str]:
    """Start a service with its own command, and wait until it answers."""
    settings = {"SECRET_FILE": "secret", "KEYS_FILE": "keys.json", "VAULT_KEY_FILE": "vault.key"}
    given = [f"--env=SAMLAD_{name}=/access/{file}" for name, file in settings.items()]
    with running(part, f"--volume={secrets}:/access:ro", *given) as name:
        url = f"http://127.0.0.1:{SERVICES[part]}/{part}/health/live"
        until(lambda: answers("exec", name, "python", "-c", LIVE, url), name)
        yield name


def until(well: Callable[[], bool], name: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not well():
        assert time.monotonic() < end, docker("logs", name)
        time.sleep(0.2)


def exit_code(name: str) -> str:
    return docker("inspect", "--format={{.State.ExitCode}}", name).strip()


@every_service
def test_a_service_lives_sealed_and_without_kafka_and_mongodb(part: str, secrets: Path) -> None:
    with serving(part, secrets):
        pass


@every_service
def test_a_service_told_to_stop_ends_by_itself(part: str, secrets: Path) -> None:
    with serving(part, secrets) as name:
        docker("stop", name)  # after 10 seconds Docker would kill it
        assert exit_code(name) in {"0", "143"}


def test_the_front_door_opens_sealed_and_is_healthy() -> None:
    with running("caddy", "--tmpfs=/data:uid=10001,gid=10001") as name:
        until(lambda: answers("exec", name, *inspected("caddy")["Healthcheck"]["Test"][1:]), name)
        docker("stop", name)
        assert exit_code(name) == "0"


def test_the_operators_image_helps_sealed() -> None:
    assert "reconcile" in docker("run", "--rm", *SEALED, image("operator"))


@every_image
def test_an_image_runs_as_a_numbered_user_who_is_not_root(part: str) -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", inspected(part)["User"])
    said = docker("run", "--rm", *SEALED, "--entrypoint=id", image(part), "-u")
    assert said.strip() == inspected(part)["User"].partition(":")[0]


@every_image
def test_an_image_says_what_it_is(part: str) -> None:
    labels = inspected(part)["Labels"]
    told = {name.rpartition(".")[2]: value for name, value in labels.items() if ".opencont" in name}
    text = (root() / "deploy" / "samlad" / "pyproject.toml").read_text("utf-8")
    assert told["title"] == f"samlad-{part}"
    assert told["version"] == tomllib.loads(text)["project"]["version"]
    assert told["licenses"].startswith("EUPL-1.2")
    assert told["description"]
    assert told["revision"]


@every_image
def test_an_image_knows_whether_it_is_well_unless_nothing_serves_from_it(part: str) -> None:
    assert bool(inspected(part).get("Healthcheck", {}).get("Test")) == (part != "operator")


@every_image
def test_a_service_brings_no_code_of_another(part: str) -> None:
    found = {
        PurePosixPath(name).parts[2] for name in files(part) if name.startswith("app/services/")
    }
    named = {each for each in found if each in SERVICES}
    assert named == {"caddy": set(), "operator": set(SERVICES)}.get(part, {part})
    assert ("app/deploy/samlad/cli.py" in files(part)) == (part == "operator")


@every_image
def test_nothing_in_an_image_compiles(part: str) -> None:
    runnable = {name for name, file in files(part).items() if file.mode & 0o111 or file.issym()}
    assert {name for name in runnable if COMPILERS.fullmatch(PurePosixPath(name).name)} == set()


@every_image
def test_no_cache_is_left_in_an_image(part: str) -> None:
    assert {name for name in files(part) if CACHES.match(name)} == set()


@every_image
def test_neither_history_nor_tests_are_in_an_image(part: str) -> None:
    ours = {name for name in files(part) if name.startswith(OURS)}
    tested = re.compile(r".*/(tests/.*|conftest\.py|test_[^/]*)")
    assert {name for name in ours if tested.fullmatch(name)} == set()
    assert {name for name in files(part) if ".git" in PurePosixPath(name).parts} == set()


@every_image
def test_no_secret_is_in_an_image(part: str) -> None:
    own = {name for name in files(part) if name.startswith("app/") and "/packages/" not in name}
    assert {name for name in own if SECRETS.fullmatch(PurePosixPath(name).name)} == set()
    assert {name for name in files(part) if name.startswith(KEPT)} == set()


@pytest.mark.parametrize("part", PYTHON)
def test_every_module_has_its_bytecode(part: str) -> None:
    inside = {name for name in files(part) if name.startswith("app/")}
    modules = {PurePosixPath(name) for name in inside if name.endswith(".py")}
    compiled = {re.sub(r"\.cpython-\d+\.pyc$", ".py", name) for name in inside}
    missing = {
        each for each in modules if str(each.parent / "__pycache__" / each.name) not in compiled
    }
    assert len(modules) > 100
    assert missing == set()


@every_image
def test_an_image_adds_less_than_250_mb_to_its_base(part: str) -> None:
    written = docker("history", "--human=false", "--format={{.Size}} {{.CreatedBy}}", image(part))
    ours, _, base = written.partition("ARG REVISION")  # the first line after FROM
    assert base
    assert sum(int(line.split()[0]) for line in ours.splitlines()) < 250_000_000


def _named(told: dict[str, str]) -> tuple[str, str]:
    return re.sub(r"[-_.]+", "-", told["name"]).lower(), told["version"]


@every_image
def test_the_bill_of_materials_is_valid_and_the_same_twice(part: str) -> None:
    bill = bill_of(image(part))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    assert bill_of(image(part)) == bill
    main = json.loads(bill)["metadata"]["component"]
    assert (main["name"], main["version"]) == (f"samlad-{part}", "0.1.0")


@every_image
def test_the_bill_names_what_dpkg_pip_and_caddy_themselves_tell(part: str) -> None:
    def told(program: str, *arguments: str) -> str:
        return docker("run", "--rm", *SEALED, f"--entrypoint={program}", image(part), *arguments)

    components = json.loads(bill_of(image(part)))["components"]
    named = set(map(_named, components))
    shape = "--showformat=${Package}\t${Version}\n"
    lines = told("dpkg-query", "--show", shape).splitlines()
    debian = [dict(zip(("name", "version"), line.split("\t"), strict=True)) for line in lines]
    assert set(map(_named, debian)) - named == set()
    if part == "caddy":
        assert ("caddy", told("caddy", "version").split()[0]) in named
        return
    pip = ("-m", "pip", "--disable-pip-version-check", "list", "--path=/app/packages")
    found = json.loads(told("python", *pip, "--format=json"))
    assert len(found) > 30
    summed = {
        _named(each)
        for each in components
        if any("hashes" in more for more in each.get("externalReferences", ()))
    }
    assert set(map(_named, found)) - summed == set()


def _contents(name: str) -> dict[str, tuple[object, ...]]:
    """Return what is under /app: kind, mode, owner, time, link and sum of every file."""
    return {
        each.name: (
            *(each.type, each.mode, each.uid, each.gid, each.mtime, each.linkname),
            hashlib.sha256(content.read()).hexdigest() if content else None,
        )
        for each, content in exported(name)
        if each.name.startswith("app/") and each.name != "app/"
    }


@pytest.mark.timeout(600)
def test_built_twice_an_image_holds_the_same_files_to_the_byte_and_the_second() -> None:
    tags = [f"samlad-again-{uuid.uuid4().hex[:8]}:{turn}" for turn in ("first", "second")]
    options = ("--quiet", "--no-cache", "--file", str(root() / "services/intake/Dockerfile"))
    try:
        for tag in tags:
            docker("build", *options, "--tag", tag, str(root()))
        first, second = map(_contents, tags)
    finally:
        for tag in tags:
            answers("image", "rm", tag)
    assert len(first) > 4_000
    assert {name for name in {*first, *second} if first.get(name) != second.get(name)} == set()
