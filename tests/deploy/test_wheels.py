"""Every distribution builds from its own folder, installs alone and imports alone."""

import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
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


def _packages(lines: list[str]) -> set[str]:
    return {line.strip() for line in lines if line.strip() and line.strip()[0] not in "#-"}


@pytest.mark.parametrize("name", [*SERVICES, "shared", "embedded"])
def test_a_wheel_asks_for_what_the_lock_files_are_made_from(name: str) -> None:
    folder = {"shared": "shared", "embedded": "deploy/samlad"}.get(name, f"services/{name}")
    source = {"shared": "base"}.get(name, name)
    project = tomllib.loads((root() / folder / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {each for each in project["dependencies"] if not each.startswith("samlad-")}
    listed = _packages((root() / "requirements" / f"{source}.in").read_text("utf-8").splitlines())
    assert asked == listed
