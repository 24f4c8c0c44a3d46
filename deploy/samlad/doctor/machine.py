"""What this machine has: Python, room on the disk, browser assets, programs."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.samlad.doctor.finding import Finding, failure, warning, well
from deploy.samlad.places import kit_folder, vendor_folder
from deploy.samlad.refusal import CannotError

MIB = 1024**2
GIB = 1024**3
ENOUGH = 2 * GIB
LEAST = 500 * MIB
FETCH = "Run `samlad set-up`."


def python() -> list[Finding]:
    """Say which Python and which system this is."""
    version = platform.python_version()
    old = failure("Python", version, "Install Python 3.11 or later.")
    return [
        well("Python", version) if sys.version_info >= (3, 11) else old,
        well("operating system", platform.platform())
        if sys.platform == "linux"
        else warning("operating system", platform.platform(), "Use Linux: nothing else is tried."),
    ]


def disk(folder: Path) -> list[Finding]:
    """Say how much room the data folder has."""
    return [room(shutil.disk_usage(_there(folder)).free)]


def room(free: int) -> Finding:
    """Judge the free bytes: FAIL under 500 MiB, WARN under 2 GiB."""
    found = f"{free / GIB:.1f} GiB free"
    if free < LEAST:
        return failure("disk", found, "Make room now: Kafka and MongoDB stop on a full disk.")
    if free < ENOUGH:
        return warning("disk", found, "Make room soon: give the disk at least 2 GiB.")
    return well("disk", found)


def data_folder(folder: Path) -> list[Finding]:
    """Say whether an embedded system may write where it keeps its data."""
    if os.access(_there(folder), os.W_OK):
        return [well("data folder", str(folder))]
    advice = "Give yourself the right to write there, or choose another folder with --data."
    return [failure("data folder", f"{folder} cannot be written", advice)]


def _there(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())


def assets() -> list[Finding]:
    """Say whether the browser assets are those of the lock file, as set-up stamps them."""
    from deploy.samlad.stack.artifacts import locked
    from deploy.samlad.stack.assets import STAMP

    folder = vendor_folder()
    stamp = folder / STAMP
    wanted = "\n".join(jar.sha256 for jar in locked("web.lock"))
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return [well("assets", str(folder))]
    found = "not those of the lock file" if stamp.is_file() else "not there"
    return [warning("assets", f"{found}: pages work without maps and live updates", FETCH)]


def programs() -> list[Finding]:
    """Say which parts of an embedded system are there; without a Chromium pages go untested."""
    return list(_programs())


def _programs() -> Iterator[Finding]:
    from deploy.samlad.stack import caddy, mongo
    from deploy.samlad.testing.browser import chromium

    jars = len(list((kit_folder() / "kafka").glob("*.jar")))
    yield (
        well("Kafka program", f"{jars} jars")
        if jars
        else warning("Kafka program", "no jars", FETCH)
    )
    yield _program("mongod program", mongo.program)
    yield _program("caddy program", caddy.program)
    browser = chromium()
    found = str(browser) if browser else "none: pages are not tested in a browser"
    yield well("Chromium", found)


def _program(name: str, find: Callable[[], Path]) -> Finding:
    try:
        return well(name, str(find()))
    except CannotError as error:
        return warning(name, str(error), FETCH)
