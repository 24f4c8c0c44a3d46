"""The images are made from what is locked, and the services' in one and the same way."""

import re
import tomllib
from pathlib import Path

import pytest

from deploy.samlad.places import root

SERVICES = ("intake", "coordination", "notify", "reporting")
FILES = {
    **{name: f"services/{name}/Dockerfile" for name in SERVICES},
    "operator": "deploy/Dockerfile",
    "caddy": "deploy/caddy/Dockerfile",
}
MEMBERS = {**{name: f"services/{name}" for name in SERVICES}, "operator": "deploy/samlad"}
every_file = pytest.mark.parametrize("part", FILES)


def _text(part: str) -> str:
    return (root() / FILES[part]).read_text("utf-8")


def _lines(part: str) -> list[str]:
    """Return the instructions, each on one line, without comments."""
    joined = re.sub(r"\\\n\s*", "", _text(part))
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


def _of(part: str, instruction: str) -> list[str]:
    lines = (line.split(maxsplit=1) for line in _lines(part))
    return [rest for name, rest in lines if name == instruction]


def _last_stage(part: str) -> list[str]:
    lines = _lines(part)
    begin = max(at for at, line in enumerate(lines) if line.startswith("FROM "))
    return lines[begin:]


def _label(part: str, name: str) -> str:
    found = re.search(rf'org\.opencontainers\.image\.{name}="([^"]*)"', _text(part))
    assert found, name
    return found[1]


def _project(folder: str) -> dict[str, str]:
    text = (root() / folder / "pyproject.toml").read_text("utf-8")
    found: dict[str, str] = tomllib.loads(text)["project"]
    return found


def _without_what_is_its_own(part: str) -> str:
    [port] = _of(part, "EXPOSE")
    text = _text(part).replace(_label(part, "description"), "DESCRIPTION")
    return re.sub(rf"\b{part}\b", "NAME", text).replace(port, "PORT")


@pytest.mark.parametrize("part", SERVICES[1:])
def test_the_services_files_differ_in_name_port_and_description_alone(part: str) -> None:
    assert _without_what_is_its_own(part) == _without_what_is_its_own(SERVICES[0])


def test_every_service_has_a_port_of_its_own() -> None:
    assert len({tuple(_of(part, "EXPOSE")) for part in SERVICES}) == len(SERVICES)


@pytest.mark.parametrize("part", MEMBERS)
def test_the_labels_tell_what_the_distribution_tells(part: str) -> None:
    project = _project(MEMBERS[part])
    assert _label(part, "version") == project["version"]
    assert _label(part, "licenses") == project["license"]
    if part in SERVICES:
        assert _label(part, "description") == project["description"]


@every_file
def test_no_other_dockerfile_is_overlooked(part: str) -> None:
    found = {
        path.relative_to(root()).as_posix()
        for folder in ("services", "deploy")
        for path in (root() / folder).rglob("*Dockerfile*")
    }
    assert found == set(FILES.values())
    assert _label(part, "title") == f"samlad-{part}"


@every_file
def test_the_base_is_named_with_a_version_and_no_registry(part: str) -> None:
    bases = [value for value in _of(part, "ARG") if value.partition("=")[0] != "REVISION"]
    assert bases
    for value in bases:
        name, _, tag = value.partition("=")[2].partition(":")
        assert re.fullmatch(r"[a-z]+", name), value
        assert re.match(r"\d|trixie", tag), value
    assert "latest" not in _text(part)


@every_file
def test_stages_are_made_from_the_base_and_copy_from_each_other_alone(part: str) -> None:
    stages = [re.split(r" AS ", value) for value in _of(part, "FROM")]
    names = {stage[1] for stage in stages if stage[1:]}
    assert {stage[0] for stage in stages} <= {"${PYTHON}", "${DEBIAN}"}
    taken = {found for value in _of(part, "COPY") for found in re.findall(r"--from=(\S+)", value)}
    assert taken <= names


@every_file
def test_only_locked_packages_are_fetched(part: str) -> None:
    steps = [step.strip() for value in _of(part, "RUN") for step in value.split("&&")]
    fetching = [step for step in steps if re.search(r"pip|curl|wget|apt|uv\b|git\b", step)]
    assert fetching
    assert all(step.startswith("pip install ") for step in fetching)
    assert all("--require-hashes" in step and "--no-cache-dir" in step for step in fetching)
    assert all(re.search(r"-r \S*/?[a-z]+\.txt$", step) for step in fetching)
    assert not _of(part, "ADD")
    assert "--pull" not in _text(part)
    assert "://" not in _text(part)


@every_file
def test_nothing_runs_in_the_last_stage_and_its_user_is_not_root(part: str) -> None:
    last = _last_stage(part)
    assert not [line for line in last if line.startswith(("RUN ", "SHELL "))]
    users = [line for line in last if line.startswith("USER ")]
    assert len(users) == 1
    assert re.fullmatch(r"USER [1-9]\d*:[1-9]\d*", users[0])
    assert not [line for line in last[last.index(users[0]) :] if line.startswith("COPY ")]


@every_file
def test_what_serves_says_how_to_ask_after_it(part: str) -> None:
    assert bool(_of(part, "HEALTHCHECK")) == (part != "operator")


@pytest.mark.parametrize("part", [name for name in FILES if name != "caddy"])
def test_bytecode_and_times_are_the_same_in_every_build(part: str) -> None:
    text = _text(part)
    assert "PYTHONHASHSEED=0 python -m compileall -q --invalidation-mode unchecked-hash" in text
    assert "--no-compile" in text
    assert "touch --no-dereference --date @0" in text


def test_the_context_holds_only_what_an_image_is_made_of() -> None:
    lines = Path(root() / ".dockerignore").read_text("utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert not {"!tests", "!.git", "!.samlad", "!.venv", "!."} & set(rules)
