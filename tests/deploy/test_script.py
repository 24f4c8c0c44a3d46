"""The samlad script: works under a plain POSIX shell, says in one line what it lacks."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.samlad.places import root

SHELLS = [name for name in ("dash", "sh", "bash") if shutil.which(name)]
PYTHON = """#!/bin/sh
# A stand-in for Python and pip: old or new, working or not, as the test wants it.
case "$*" in
    *version_info*) exit ${FAKE_OLD:-0} ;;
    "-m venv "*) [ -z "${FAKE_NO_VENV:-}" ] || exit 1
        mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; exit 0 ;;
    *"pip install"*) echo "$*" >> "$FAKE_LOG"; echo "Collecting thing"; exit ${FAKE_PIP:-0} ;;
    "-m deploy.samlad "*) echo "runs $*"; exit 0 ;;
    *) exit 0 ;;
esac
"""


class Checkout:
    """A folder with the script, lock files and a pretended Python."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "requirements").mkdir()
        for name in ("embedded", "dev"):
            (folder / "requirements" / f"{name}.txt").write_text(f"{name}==1\n")
        shutil.copy(root() / "samlad", folder / "samlad")
        (folder / "tools").mkdir()
        self._tools("sh", "env", "cat", "cksum", "mkdir", "touch", "rm", "dirname", "readlink")
        self._tools("date", "grep", "tail", "cp", "expr")
        self.python = folder / "tools" / "python3"
        self.python.write_text(PYTHON)
        self.python.chmod(0o755)

    def _tools(self, *names: str) -> None:
        for name in names:
            found = shutil.which(name)
            if found:
                (self.folder / "tools" / name).symlink_to(found)

    def run(self, *arguments: str, shell: str = "sh", **fakes: str) -> tuple[int, str, str]:
        environment = {
            "PATH": str(self.folder / "tools"),
            "FAKE_LOG": str(self.folder / "pip.log"),
            **fakes,
        }
        command = [str(shutil.which(shell)), str(self.folder / "samlad"), *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment, cwd="/"
        )
        return done.returncode, done.stdout, done.stderr

    def installs(self) -> list[str]:
        log = self.folder / "pip.log"
        return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.parametrize("shell", SHELLS)
def test_it_makes_the_environment_once_and_then_starts_at_once(
    shell: str, checkout: Checkout
) -> None:
    code, out, err = checkout.run("doctor", shell=shell)
    assert (code, out) == (0, "runs -m deploy.samlad doctor\n")
    assert "makes the environment" in err
    assert checkout.run("doctor", shell=shell) == (0, "runs -m deploy.samlad doctor\n", "")
    [install] = checkout.installs()
    assert "--require-hashes" in install
    assert install.endswith("requirements/embedded.txt")


def test_the_tests_need_more_and_what_they_installed_serves_the_demo_too(
    checkout: Checkout,
) -> None:
    checkout.run("test")
    checkout.run("demo")
    [install] = checkout.installs()
    assert install.endswith("requirements/dev.txt")


def test_a_changed_lock_file_is_installed_again(checkout: Checkout) -> None:
    checkout.run("demo")
    (checkout.folder / "requirements" / "embedded.txt").write_text("embedded==2\n")
    checkout.run("demo")
    assert len(checkout.installs()) == 2


def test_a_half_made_environment_is_made_anew(checkout: Checkout) -> None:
    assert checkout.run("demo", FAKE_PIP="1")[0] == 3
    code, _, err = checkout.run("demo")
    assert code == 0
    assert "half-made" in err
    assert checkout.run("demo")[2] == ""


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.run("demo")
    (checkout.folder / ".venv" / "bin" / "python").unlink()
    code, _, err = checkout.run("demo")
    assert code == 0
    assert "made anew" in err


def test_without_a_python_new_enough_it_says_so_in_one_line(checkout: Checkout) -> None:
    code, out, err = checkout.run("demo", FAKE_OLD="1")
    assert (code, out) == (3, "")
    [line] = err.splitlines()
    assert "Python 3.11 or newer" in line


def test_without_venv_it_says_what_to_install(checkout: Checkout) -> None:
    code, _, err = checkout.run("demo", FAKE_NO_VENV="1")
    assert code == 3
    assert "apt install python3-venv" in err
    assert not (checkout.folder / ".venv").exists()


def test_a_network_that_is_away_is_exit_code_3(checkout: Checkout) -> None:
    code, _, err = checkout.run("demo", FAKE_PIP="1")
    assert code == 3
    assert "could not be installed" in err.splitlines()[-1]


def test_it_is_found_through_a_link_and_from_anywhere(checkout: Checkout, tmp_path: Path) -> None:
    link = tmp_path / "linked"
    link.symlink_to(checkout.folder / "samlad")
    environment = {"PATH": str(checkout.folder / "tools"), "FAKE_LOG": os.devnull}
    command = [str(shutil.which("sh")), str(link), "doctor"]
    done = subprocess.run(command, capture_output=True, check=False, env=environment, cwd="/")
    assert done.returncode == 0
    assert (checkout.folder / ".venv").is_dir()
