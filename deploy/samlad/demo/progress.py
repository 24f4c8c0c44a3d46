"""How far the season has been played, so that a second start goes on where the first stopped."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from pydantic import BaseModel

from deploy.samlad.demo.season import local, monday


class Progress(BaseModel):
    """What the player was answered so far.

    Attributes:
        seed: seed of the season.
        weeks: length of the season.
        done: whole weeks played.
        sent: reports sent, each counted once.
        accepted: answered with 202.
        diverted: answered with where to turn.
        quarantined: accepted, but held back for a person to look at.
        ids: the concerns that were accepted; none in a progress stored before these were noted.
        latency_ms: milliseconds from 202 to visible in reporting, of a sample.
        play_seconds: time played so far.
    """

    seed: int
    weeks: int
    done: int = 0
    sent: int = 0
    accepted: int = 0
    diverted: int = 0
    quarantined: int = 0
    ids: Sequence[str] = ()
    latency_ms: Sequence[float] = ()
    play_seconds: float = 0.0

    @staticmethod
    def file(folder: Path) -> Path:
        """Where it lies in a data folder."""
        return folder / "demo" / "progress.json"

    @classmethod
    def resume(cls, path: Path, *, seed: int, weeks: int) -> Self:
        """The stored progress of the same season, or a new one.

        Raises:
            OtherSeasonError: another season lies in this folder.
        """
        try:
            stored = cls.model_validate(json.loads(path.read_text("utf-8")))
        except (FileNotFoundError, ValueError):
            return cls(seed=seed, weeks=weeks)
        if (stored.seed, stored.weeks) != (seed, weeks):
            raise OtherSeasonError(stored.seed, stored.weeks)
        return stored

    @classmethod
    def told(cls, path: Path) -> str:
        """The time the services were told last, in RFC 3339; empty where nothing was played."""
        try:
            stored = cls.model_validate(json.loads(path.read_text("utf-8")))
        except (FileNotFoundError, ValueError):
            return ""
        return stored.now.isoformat() if stored.done else ""

    @property
    def now(self) -> datetime:
        """The evening of the last day that was played; of a whole season the Monday after."""
        after = monday(self.done)
        return local(after, 9) if self.done >= self.weeks else local(after - timedelta(days=1), 18)

    def store(self, path: Path) -> None:
        """Writes the progress in one piece."""
        beside = path.with_suffix(".new")
        beside.write_text(self.model_dump_json(), "utf-8")
        beside.replace(path)


class OtherSeasonError(Exception):
    """The data folder holds a season with another seed or length."""

    def __init__(self, seed: int, weeks: int) -> None:
        super().__init__(
            f"this data folder holds a season of {weeks} weeks with seed {seed}: "
            f"use --weeks {weeks} --seed {seed} to see it, or --fresh to begin anew"
        )
