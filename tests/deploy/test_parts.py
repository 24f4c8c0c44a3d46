"""A part is started, looked after and stopped; nothing is left behind."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from deploy.samlad.refusal import CannotError
from deploy.samlad.stack.part import LONGEST_PAUSE, Child, Part, pause
from deploy.samlad.stack.state import State, command_of, runs
from deploy.samlad.supervisor import Supervisor, only_one
from tests.support.waiting import eventually

SLEEPS = "import time; time.sleep(60)"
STUBBORN = f"""
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('on', flush=True)
{SLEEPS}
"""


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


def part(program: str, name: str = "part", **more: object) -> Part:
    settings = {"ready": yes, "stop_within": 5.0} | more
    return Part(name=name, command=[sys.executable, "-c", program], **settings)  # type: ignore[arg-type]


def child(folder: Path, this: Part) -> Child:
    return Child(this, log=folder / "part.log", changed=lambda: None)


async def test_a_part_that_is_killed_is_started_again_at_once(tmp_path: Path) -> None:
    kept = child(tmp_path, part(SLEEPS))
    await kept.start()
    first = kept.pid
    assert first
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: kept.pid not in {None, first}, within=3)
    assert kept.restarts == 1
    await kept.stop()
    assert kept.pid is None


async def test_a_stopped_part_stays_stopped(tmp_path: Path) -> None:
    kept = child(tmp_path, part(SLEEPS))
    await kept.start()
    pid = kept.pid
    assert pid
    await kept.stop()
    assert not runs(pid)
    assert kept.restarts == 0


async def test_a_part_that_does_not_listen_is_ended_after_its_time(tmp_path: Path) -> None:
    kept = child(tmp_path, part(STUBBORN, stop_within=0.3))
    await kept.start()
    await eventually(lambda: "on" in (tmp_path / "part.log").read_text())
    pid = kept.pid
    assert pid
    await kept.stop()
    assert not runs(pid)


async def test_a_part_whose_program_is_missing_is_tried_again_and_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "program"
    program.symlink_to(sys.executable)
    command = [str(program), "-c", SLEEPS]
    kept = child(tmp_path, Part(name="part", command=command, ready=yes, stop_within=5.0))
    await kept.start()
    program.unlink()
    assert kept.pid
    os.kill(kept.pid, signal.SIGKILL)
    await eventually(lambda: "does not start" in capsys.readouterr().err, within=5)
    program.symlink_to(sys.executable)
    await eventually(lambda: kept.pid is not None, within=5)
    await kept.stop()


def test_pauses_grow_but_never_beyond_the_longest() -> None:
    pauses = [pause(lives) for lives in range(12)]
    assert pauses[:2] == [0.0, 0.0]
    assert pauses == sorted(pauses)
    assert max(pauses) == LONGEST_PAUSE


async def test_the_supervisor_writes_down_who_runs_and_forgets_it_when_stopped(
    tmp_path: Path,
) -> None:
    supervisor = Supervisor(tmp_path, State(data=str(tmp_path)))
    await supervisor.start([part(SLEEPS, "one"), part(SLEEPS, "two")])
    supervisor.say_ready()
    state = State.read(tmp_path)
    assert state
    assert state.ready
    assert set(state.pids) == {"one", "two"}
    assert all(runs(pid) for pid in state.pids.values())
    await supervisor.stop()
    assert State.read(tmp_path) is None
    assert not any(runs(pid) for pid in state.pids.values())


async def test_a_part_that_never_gets_ready_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(self: Child, within: float = 0) -> None:
        raise TimeoutError

    monkeypatch.setattr(Child, "until_ready", never)
    supervisor = Supervisor(tmp_path, State(data=str(tmp_path)))
    with pytest.raises(CannotError, match="slow does not become ready"):
        await supervisor.start([part(SLEEPS, "slow", ready=no)])
    await supervisor.stop()


async def test_readiness_is_waited_for_and_given_up_on(tmp_path: Path) -> None:
    kept = child(tmp_path, part(SLEEPS, ready=no))
    with pytest.raises(TimeoutError):
        await kept.until_ready(within=0.2)


def test_a_second_supervisor_is_refused_while_the_first_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    State(pid=os.getppid(), data=str(tmp_path), front="http://127.0.0.1:1").write(tmp_path)
    monkeypatch.setattr("deploy.samlad.supervisor.command_of", lambda _pid: "python samlad")
    with pytest.raises(CannotError, match="already runs"), only_one(tmp_path):
        pass


async def test_what_a_dead_supervisor_left_behind_is_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = f"folder = {str(tmp_path)!r}; import time; time.sleep(60)"
    left = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    gone = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await gone.wait()
    await eventually(lambda: str(tmp_path) in command_of(left.pid))
    State(pid=gone.pid, data=str(tmp_path), pids={"kafka": left.pid}).write(tmp_path)
    with only_one(tmp_path):
        assert await left.wait() == -signal.SIGKILL
    assert "ends kafka left behind" in capsys.readouterr().err


async def test_a_process_of_somebody_else_is_never_ended(tmp_path: Path) -> None:
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", SLEEPS)
    gone = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await gone.wait()
    State(pid=gone.pid, data=str(tmp_path), pids={"kafka": other.pid}).write(tmp_path)
    with only_one(tmp_path):
        assert runs(other.pid)
    other.kill()
    await other.wait()


def test_a_broken_state_file_is_no_state(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text("{half")
    assert State.read(tmp_path) is None
    assert State.read(tmp_path / "nowhere") is None


async def test_a_part_that_was_killed_is_greeted_again_once_it_answers(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    greeted: list[int | None] = []

    async def answers() -> bool:
        return alive.exists()

    async def greet() -> None:
        assert alive.exists()
        greeted.append(kept.pid)
        if len(greeted) == 2:
            raise ConnectionError

    program = f"import pathlib, time; pathlib.Path({str(alive)!r}).touch(); time.sleep(60)"
    kept = child(tmp_path, part(program, ready=answers, greet=greet))
    await kept.start()
    await eventually(lambda: greeted == [kept.pid])
    first = kept.pid
    assert first
    alive.unlink()
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: len(greeted) == 3, within=5)
    assert greeted == [first, kept.pid, kept.pid], "what failed is tried again"
    assert kept.pid != first
    await kept.stop()
