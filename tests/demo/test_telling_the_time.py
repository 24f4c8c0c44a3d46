"""A service that was away is told the demo's time again: it keeps it in memory alone."""

import asyncio
import json
import os
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from deploy.samlad.demo.client import FrontDoor
from deploy.samlad.demo.player import Player
from deploy.samlad.demo.progress import Progress
from deploy.samlad.demo.season import local, monday
from deploy.samlad.stack.part import Child, Part
from deploy.samlad.stack.ports import free_port
from deploy.samlad.stack.state import State
from deploy.samlad.system import service
from tests.support.waiting import eventually

SERVED = """
import http.server, json, os, pathlib
class Service(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer()
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        told = {"pid": os.getpid(), "path": self.path, "body": json.loads(body)}
        with pathlib.Path(os.environ["TOLD"]).open("a") as file:
            file.write(json.dumps(told) + "\\n")
        self.answer()
    def answer(self):
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(os.environ["SAMLAD_PORT"])), Service).serve_forever()
"""
EVENING = "2026-05-03T16:00:00+00:00"


def looked_after(folder: Path, state: State) -> Child:
    """The part of a service, as the system makes it, with a stand-in for its program."""
    made = service("intake", state, {"TOLD": str(folder / "told")})
    stand_in = Part(
        name=made.name,
        command=[made.command[0], "-c", SERVED],
        environment=made.environment,
        ready=made.ready,
        greet=made.greet,
    )
    return Child(stand_in, log=folder / "log", changed=lambda: None)


def told(folder: Path) -> list[dict[str, Any]]:
    path = folder / "told"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


async def test_a_killed_service_is_told_the_day_it_was_told_last(tmp_path: Path) -> None:
    state = State(services={"intake": f"http://127.0.0.1:{free_port()}"})
    kept = looked_after(tmp_path, state)
    await kept.start()
    await asyncio.sleep(0.2)
    assert told(tmp_path) == [], "nothing was played yet"

    state.demo_now = EVENING
    assert kept.pid
    os.kill(kept.pid, signal.SIGKILL)
    await eventually(lambda: told(tmp_path), within=10)
    path = "/intake/v1/demo/tick"
    assert told(tmp_path) == [{"pid": kept.pid, "path": path, "body": {"now": EVENING}}]
    await kept.stop()


async def test_at_a_second_start_a_service_is_told_where_the_season_stands(tmp_path: Path) -> None:
    path = Progress.file(tmp_path)
    assert Progress.told(path) == ""
    path.parent.mkdir()
    Progress(seed=1, weeks=26, done=3).store(path)
    half = Progress.told(path)
    Progress(seed=1, weeks=26, done=26).store(path)
    whole = Progress.told(path)
    assert half == local(monday(3) - timedelta(days=1), 18).isoformat()
    assert whole == local(monday(26), 9).isoformat()

    state = State(services={"intake": f"http://127.0.0.1:{free_port()}"}, demo_now=whole)
    kept = looked_after(tmp_path, state)
    await kept.start()
    await eventually(lambda: [one["body"] for one in told(tmp_path)] == [{"now": whole}], within=10)
    await kept.stop()


async def test_the_player_says_which_time_the_services_know(tmp_path: Path) -> None:
    said: list[str] = []

    class Door(FrontDoor):
        async def get(self, *_: object, **__: object) -> dict[str, Any]:
            return {"items": range(1000)}

        async def post(
            self, path: str, *_: object, now: datetime, **_more: object
        ) -> dict[str, Any]:
            if path.endswith("/demo/tick"):
                assert said == [now.isoformat()]
            return {}

    played = Progress(seed=1, weeks=2, done=2)
    door = Door("http://127.0.0.1:1", {})
    player = Player(
        door,
        played,
        path=tmp_path / "progress.json",
        say=said.append,
        told=lambda now: said.append(now.isoformat()),
    )
    await player.play()
    assert said == [local(monday(2), 9).isoformat()]
