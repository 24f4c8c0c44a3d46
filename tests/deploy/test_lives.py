"""A stack as a command: it says where it is, dies whole, and comes back with what it stored."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.samlad.refusal import Exit
from deploy.samlad.stack.state import State, runs

pytestmark = pytest.mark.stack


def start(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "deploy.samlad", "stack", "--data", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def until_ready(folder: Path, process: subprocess.Popen[str]) -> State:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        state = State.read(folder)
        if state and state.ready and state.pid == process.pid:
            return state
        time.sleep(0.05)
    raise AssertionError(process.communicate()[0] if process.poll() is not None else "too slow")


@contextlib.contextmanager
def started(folder: Path) -> Iterator[tuple[subprocess.Popen[str], State]]:
    process = start(folder)
    try:
        yield process, until_ready(folder, process)
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


def test_a_stack_dies_whole_and_comes_back_with_what_it_stored(tmp_path: Path) -> None:
    with started(tmp_path) as (process, state):
        with MongoClient[dict[str, Any]](state.mongo_url) as client:
            client["kept"]["rows"].insert_one({"_id": 1})
        second = start(tmp_path)
        said, _ = second.communicate(timeout=30)
        assert second.returncode == Exit.REFUSED
        assert "already runs here" in said
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        deadline = time.monotonic() + 5
        while any(runs(pid) for pid in state.pids.values()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not any(runs(pid) for pid in state.pids.values())
    with started(tmp_path) as (process, again):
        assert again.mongo_url == state.mongo_url
        with MongoClient[dict[str, Any]](again.mongo_url) as client:
            assert client["kept"]["rows"].find_one() == {"_id": 1}
        process.terminate()
        said, _ = process.communicate(timeout=30)
        assert process.returncode == Exit.DONE
        assert "did not end in order" in said
        assert State.read(tmp_path) is None
