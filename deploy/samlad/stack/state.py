"""What a running system says about itself: `stack.json` in its data folder."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(kw_only=True)
class State:
    """Addresses and process ids; rewritten whenever a process is started again.

    `demo_now` is the demo's time as the services were told last, in RFC 3339.
    """

    pid: int = field(default_factory=os.getpid)
    data: str = ""
    ready: bool = False
    front: str = ""
    kafka: list[str] = field(default_factory=list)
    mongo_url: str = ""
    smtp: str = ""
    mail_folder: str = ""
    services: dict[str, str] = field(default_factory=dict)
    keys: str = ""
    pids: dict[str, int] = field(default_factory=dict)
    restarts: dict[str, int] = field(default_factory=dict)
    start_seconds: float = 0.0
    demo_now: str = ""

    def write(self, folder: Path) -> None:
        """Replace the file in one step: a reader never sees half of it."""
        folder.mkdir(parents=True, exist_ok=True)
        half = folder / "stack.json.half"
        half.write_text(json.dumps(asdict(self), indent=1), "utf-8")
        half.replace(folder / "stack.json")

    @classmethod
    def read(cls, folder: Path) -> "State | None":
        """Return what was written, or nothing where no readable file lies."""
        try:
            return cls(**json.loads((folder / "stack.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def alive(self) -> bool:
        """Return whether the supervisor that wrote this still runs."""
        return runs(self.pid)


def runs(pid: int) -> bool:
    """Return whether a process of this id exists and is not a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return True


def command_of(pid: int) -> str:
    """Return the command line of a process (Linux), else an empty string."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
