"""One agency learns nothing of another's: not by what is answered, nor by what is done for it.

For what is there and another's, and for what is not there, the same is answered, the same commands
go to MongoDB and bring as much back, the same keys and texts are opened (none), and the same of
intake's code runs. What is done alike takes alike long. `others.py` is the table; `test_time.py`
takes the time itself.
"""

import re
from pathlib import Path

import httpx
import pytest

from services.intake.store import Store
from shared.store.stream import Loaded
from tests.conformance.asking import ASKINGS, MINE, THEIRS, absent, quiet
from tests.conformance.conftest import Json
from tests.conformance.others import EVERY, LISTED, MADE, NAMED, OF_NOBODY, Asking, Thing

VOLATILE = {"x-correlation-id", "traceparent", "ratelimit", "date"}
# Moments, ids, names of keys and receipts, the form's token, and the time of day.
OWN_WORDS = re.compile(
    r"<time.*?</time>|\d{4}-\d\d-\d\dT[\d:.]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12}|[0-9A-Z]{5}-[0-9A-Z]{5}"
    r'|(?<=name="csrf" value=")[^"]*|\d\d[:.]\d\d(?:[:.]\d\d(?:\.\d+)?)?Z?'
)


def test_every_operation_of_intake_says_what_it_is_about() -> None:
    listed = NAMED.keys() | MADE.keys() | LISTED.keys() | OF_NOBODY.keys()
    assert set(EVERY) - listed == set(), "add a line to tests/conformance/others.py"
    assert listed - EVERY == set(), "no such operation any more"
    assert not OF_NOBODY.keys() & (NAMED.keys() | MADE.keys() | LISTED.keys())


def test_whatever_names_one_thing_is_asked_for_anothers() -> None:
    parts = ("{form}", "{service_code}", "{identity}")
    naming = {one for one in EVERY if re.search(r"\{\w+\}", re.sub("|".join(parts), "", one))}
    assert naming <= NAMED.keys()


@pytest.mark.stack
@pytest.mark.parametrize(
    ("name", "asking"), [pytest.param(n, a, id=f"{n} {i}") for n, i, a in ASKINGS]
)
async def test_for_what_is_anothers_as_much_is_done_as_for_what_is_not_there(
    tmp_path: Path, mongo_url: str, database_name: str, name: str, asking: Asking
) -> None:
    async with quiet(tmp_path, mongo_url, f"{database_name}_") as desk:
        theirs, own = await desk.others(asking.thing), await desk.made(asking.thing, MINE)
        await desk.ask(MINE, name, asking, absent(asking.thing))  # what is kept for a while

        missing = await desk.ask(MINE, name, asking, absent(asking.thing))
        done_for_missing = desk.seen[-1]
        foreign = await desk.ask(MINE, name, asking, theirs)
        done_for_foreign = desk.seen[-1]
        mine = await desk.ask(MINE, name, asking, own)
        done_for_mine = desk.seen[-1]

        assert mine.status_code < 400, mine.text
        assert _told(missing) != _told(mine)
        assert done_for_missing.answers != done_for_mine.answers, "what is one's own is read"
        assert _told(missing) == _told(foreign)
        assert done_for_missing.commands == done_for_foreign.commands
        assert done_for_missing.answers == done_for_foreign.answers
        assert done_for_missing.calls == done_for_foreign.calls
        assert not done_for_foreign.opened
        assert done_for_mine.opened or "readings" not in name


@pytest.mark.stack
async def test_what_is_loaded_first_and_compared_then_would_be_seen(
    tmp_path: Path, mongo_url: str, database_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def careless(store: Store, concern_id: str, agency: str, _: str) -> Loaded | None:
        found = await store.concerns.load(concern_id)
        return found if found and found.extra["agency"] == agency else None

    monkeypatch.setattr(Store, "own_concern", careless)
    async with quiet(tmp_path, mongo_url, f"{database_name}_") as desk:
        name, asking = "GET /intake/v1/concerns/{concern_id}", Asking()
        theirs = await desk.others(Thing.CONCERN)
        for one in (absent(Thing.CONCERN), absent(Thing.CONCERN), theirs):
            assert (await desk.ask(MINE, name, asking, one)).status_code == 404
        missing, foreign = desk.seen[-2:]
        assert missing.commands == foreign.commands
        assert missing.answers != foreign.answers
        assert missing.calls != foreign.calls


@pytest.mark.stack
@pytest.mark.parametrize("name", MADE)
async def test_a_key_another_agency_has_used_tells_nothing(
    tmp_path: Path, mongo_url: str, database_name: str, name: str
) -> None:
    making = MADE[name]
    theirs, warm, new = making.differs
    done = {}
    for key, odd in ("free", new), ("used", theirs if making.by_content else new):
        async with quiet(tmp_path, mongo_url, f"{database_name}_{key}_") as desk:
            used = await desk.ask(THEIRS, name, making.asking, key="used", odd=theirs)
            await desk.ask(MINE, name, making.asking, key="warm", odd=warm)
            asked = await desk.ask(MINE, name, making.asking, key=key, odd=odd)
            done[key] = desk.seen[-1]
            again = await desk.ask(MINE, name, making.asking, key=key, odd=odd)

            assert used.status_code == asked.status_code < 400, asked.text
            assert "idempotent-replayed" not in asked.headers
            assert again.status_code < 400
            assert desk.seen[-1].commands != done[key].commands, "a repeat of one's own is none"
    assert done["free"].commands == done["used"].commands
    assert done["free"].answers == done["used"].answers
    assert done["free"].calls == done["used"].calls


@pytest.mark.stack
@pytest.mark.parametrize("name", LISTED)
async def test_lists_and_totals_are_of_ones_own_and_made_of_nothing_else(
    tmp_path: Path, mongo_url: str, database_name: str, name: str
) -> None:
    asking = LISTED[name]
    done, told = {}, {}
    for others in 0, 3:
        async with quiet(tmp_path, mongo_url, f"{database_name}_{others}_") as desk:
            own = await desk.made(asking.thing, MINE)
            for _ in range(others):
                await desk.others(asking.thing)
            await desk.ask(MINE, name, asking)
            answer = await desk.ask(MINE, name, asking)
            assert answer.status_code == 200, answer.text
            assert own in answer.text or asking.thing is Thing.CONCERN_ELSEWHERE
            told[others], done[others] = _told(answer), desk.seen[-1]
    assert told[0] == told[3]
    assert done[0].commands == done[3].commands
    assert done[0].answers == done[3].answers
    assert done[0].calls == done[3].calls


def _told(answer: httpx.Response) -> tuple[Json, dict[str, str]]:
    """Everything an answer says but its own ids."""
    told = {n: OWN_WORDS.sub("", v) for n, v in answer.headers.items() if n not in VOLATILE}
    return {"status": answer.status_code, "text": OWN_WORDS.sub("", answer.text)}, told
