"""`samlad import concerns` and `samlad export concerns`, as an operator calls them."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from deploy.samlad import cli, concern_files
from deploy.samlad.door import Door
from deploy.samlad.refusal import CannotError, Exit
from services.intake.commands.imports import counted

HEADS = "category;place_id;place_type;observed_from;certainty;recurrence;severity;narrative"
CANARY = "Kalle Kanariesson"
Json = dict[str, Any]


def row(severity: int | str, narrative: str = "") -> str:
    return f"ENV.LITTER;PL-HORN;OUTDOOR;2026-06-05 22:10;SEEN;FIRST;{severity};{narrative}"


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, list(arguments))
    if isinstance(done.exception, CannotError):
        return done.exception.code, str(done.exception)
    return done.exit_code, done.stdout


class Front:
    """Stands in for the front door: keeps keys as intake does, fails as often as it is told."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.batches: list[Json] = []
        self.headers: list[Json] = []
        self.failing: list[Callable[[], httpx.Response]] = []
        self.after: Callable[[], httpx.Response] | None = None  # what is met after a first batch
        self.own: set[str] = set()

    def post(self, url: str, **rest: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own arguments
        if self.failing:
            return self.failing.pop(0)()
        if self.batches and self.after:
            return self.after()
        self.batches.append(rest["json"])
        self.headers.append(rest["headers"])
        results = [self._answer(item, rest["json"]["dry_run"]) for item in rest["json"]["items"]]
        return httpx.Response(200, json={"results": results}, request=httpx.Request("POST", url))

    def _answer(self, item: Json, dry_run: bool) -> Json:  # noqa: FBT001 - as it was sent
        key = item["idempotency_key"]
        if item.get("concern_id") in self.own:
            there = {"concern_id": item["concern_id"], "status": "REGISTERED", "replayed": True}
            return {"outcome": "ACCEPTED", **there}
        if "concern" not in item:
            return {"outcome": "REFUSED", "problem": {"title": "Ogiltig / Invalid"}}
        severity = item["concern"]["severity"]
        if severity == 3:
            to = {"label": {"sv": "Brott", "en": "Crime"}, "phone": "114 14"}
            return {"outcome": "DIVERTED", "turn_to": to}
        if severity == 2:
            return {"outcome": "REFUSED", "problem": {"title": "Okänd / Unknown"}}
        known = key in self.known
        self.known |= set() if dry_run else {key}
        status = "QUARANTINED" if "narrative" in item["concern"] else "REGISTERED"
        return {"outcome": "ACCEPTED", "concern_id": key, "status": status, "replayed": known}


def away() -> httpx.Response:
    raise httpx.ConnectError("away")


def busy() -> httpx.Response:
    return httpx.Response(503, headers={"retry-after": "1"}, json={})


def denied() -> httpx.Response:
    return httpx.Response(403, json={"title": "Rollen får inte göra detta"})


@pytest.fixture
def front(monkeypatch: pytest.MonkeyPatch) -> Front:
    this = Front()
    monkeypatch.setattr(httpx, "post", this.post)
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    return this


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lista.csv"
    rows = [row(1), row("x", CANARY), row(3), row(2), row(0, "Fullt"), row(1)]
    path.write_text("\n".join([HEADS, *rows]), "utf-8")
    return path


def imported(file: Path, *more: str) -> tuple[int, Json]:
    there = ("--url", "http://127.0.0.1:9", "--key", "k")
    arguments = ["import", "concerns", str(file), "--json", *there, *more]
    done = CliRunner().invoke(cli.app, arguments)
    error = done.exception
    code = error.code if isinstance(error, CannotError) else done.exit_code
    return code, json.loads(done.stdout)


def test_every_row_is_told_and_nothing_of_what_it_says(front: Front, file: Path) -> None:
    code, told = imported(file)

    assert code == Exit.FAILED
    assert [one["row"] for one in told["rows"]] == [2, 3, 4, 5, 6, 7]
    assert [one["outcome"] for one in told["rows"]] == [
        "TAKEN", "REFUSED", "DIVERTED", "REFUSED", "QUARANTINED", "TAKEN",
    ]  # fmt: skip
    assert told["rows"][1]["columns"] == ["severity"]
    assert "114 14" in told["rows"][2]["reason"]
    assert told["counts"]["TAKEN"] == 2
    assert CANARY not in json.dumps(told)
    assert CANARY not in json.dumps(front.batches)
    _, plain = run("import", "concerns", str(file), "--url", "http://127.0.0.1:9", "--key", "k")
    assert "row 3: severity: ska vara ett heltal" in plain
    assert "already     3" in plain
    assert CANARY not in plain


def test_the_same_and_a_longer_file_bring_only_what_is_new(front: Front, file: Path) -> None:
    imported(file)
    _, again = imported(file)
    file.write_text(file.read_text("utf-8").replace(HEADS, f"{HEADS}\n{row(0)}"), "utf-8")
    _, longer = imported(file)

    assert (again["counts"]["TAKEN"], again["counts"]["ALREADY"]) == (0, 3)
    assert (longer["counts"]["TAKEN"], longer["counts"]["ALREADY"]) == (1, 3)


def test_a_dry_run_asks_the_system_to_keep_nothing(front: Front, file: Path) -> None:
    _, told = imported(file, "--dry-run")

    assert [batch["dry_run"] for batch in front.batches] == [True]
    assert (told["dry_run"], told["counts"]["TAKEN"], front.known) == (True, 2, set())


def test_a_dry_run_without_a_system_reads_the_file(file: Path, tmp_path: Path) -> None:
    asked = ("import", "concerns", str(file), "--data", str(tmp_path))
    code, said = run(*asked, "--dry-run")

    assert code == Exit.FAILED
    assert "row 3: severity" in said
    assert run(*asked)[0] == Exit.NOT_RUNNING


def test_thousands_of_rows_go_in_bounded_batches_with_plain_lines(
    front: Front, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("\n".join([HEADS, *(row(0) for _ in range(1700))]), "utf-8")
    rows = concern_files.read_rows(file, None)
    sent = concern_files.send(Door("http://127.0.0.1:9", "k"), rows, dry_run=False)

    assert counted(sent.rows)["TAKEN"] == len(front.known) == 1700
    assert [len(batch["items"]) for batch in front.batches] == [500, 500, 500, 200]
    said = capsys.readouterr().err.splitlines()
    assert said[-1] == "samlad: 1700 of 1700 rows"


@pytest.mark.parametrize("trouble", [away, busy])
def test_a_moments_trouble_is_waited_out(
    front: Front, file: Path, trouble: Callable[[], httpx.Response]
) -> None:
    front.failing = [trouble, trouble]
    _, told = imported(file)

    assert told["counts"]["UNAVAILABLE"] == 0
    assert told["counts"]["TAKEN"] == 2


def test_an_import_broken_off_midway_is_ended_by_the_next(front: Front, file: Path) -> None:
    file.write_text("\n".join([HEADS, *(row(0) for _ in range(1200))]), "utf-8")
    first = front.post

    def once_then_away(url: str, **rest: Any) -> httpx.Response:  # noqa: ANN401 - as httpx
        return away() if front.batches else first(url, **rest)

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(httpx, "post", once_then_away)
        code, told = imported(file)
    assert (code, told["counts"]["TAKEN"], told["counts"]["UNAVAILABLE"]) == (4, 500, 700)

    code, again = imported(file)
    assert (code, again["counts"]["ALREADY"], again["counts"]["TAKEN"]) == (0, 500, 700)
    assert len(front.known) == 1200


def test_who_may_not_is_told_at_once(front: Front, file: Path) -> None:
    front.failing = [denied]
    code, said = run("import", "concerns", str(file), "--url", "http://x", "--key", "k")

    assert (code, said.startswith("403 ")) == (Exit.REFUSED, True)


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_server_that_does_not_answer_is_no_fault_of_any_row(
    front: Front, file: Path, more: tuple[str, ...]
) -> None:
    front.failing = [away] * 100
    where = ("--url", "http://127.0.0.1:1", "--key", "k", *more)
    done = CliRunner().invoke(cli.app, ["import", "concerns", str(file), *where])

    assert isinstance(done.exception, CannotError)
    assert done.exception.code == Exit.NOT_RUNNING
    assert str(done.exception) == "http://127.0.0.1:1 does not answer."
    assert "row " not in done.stdout
    assert front.batches == []


@pytest.mark.parametrize(
    ("trouble", "code", "words"),
    [(away, Exit.NOT_RUNNING, "does not answer"), (denied, Exit.REFUSED, "403 ")],
)
def test_what_was_taken_before_it_broke_off_is_told(
    front: Front, file: Path, trouble: Callable[[], httpx.Response], code: Exit, words: str
) -> None:
    file.write_text("\n".join([HEADS, *(row(0) for _ in range(1200)), row("x")]), "utf-8")
    front.after = trouble
    where = ("--url", "http://127.0.0.1:1", "--key", "k")
    done = CliRunner().invoke(cli.app, ["import", "concerns", str(file), *where])

    assert isinstance(done.exception, CannotError)
    assert (done.exception.code, words in str(done.exception)) == (code, True)
    for line in ("rows        1201", "taken       500", "unavailable 700", "row 1202: severity"):
        assert line in done.stdout
    assert done.stdout.count("row ") == 1


def test_columns_are_called_what_the_file_calls_them(front: Front, file: Path) -> None:
    file.write_text(
        "Kategori;Plats;Slags plats;Datum;Tid;Säkerhet;Återkommande;Allvar\n"
        "ENV.LITTER;PL-HORN;hemma;2026-06-05;;sett;första gången;1\n",
        "utf-8",
    )
    _, said = run("import", "concerns", str(file), "--url", "http://x", "--key", "k")

    assert "Datum, Tid" in said
    assert "Slags plats" in said
    assert "klockslaget saknas" in said
    assert "observed_from" not in said
    assert "place_type" not in said


def test_a_row_with_the_reference_of_an_own_concern_is_there_already(
    front: Front, file: Path
) -> None:
    own, other = "001e6c1e-1506-54d9-8b14-1c4406d341a2", "0026501b-c7fc-5fd6-9be3-eb2383e40b0d"
    front.own = {own}
    rows = [(own, row(1)), (own.upper(), row("x", CANARY)), (other, row(1)), (other, row("x")),
            ("Dnr 2026/17", row(1)), ("", row(1))]  # fmt: skip
    lines = [f"{reference};{cells}" for reference, cells in rows]
    file.write_text("\n".join([f"Referens;{HEADS}", *lines]), "utf-8")
    for more in (("--dry-run",), ()):
        _, told = imported(file, *more)
        assert [one["outcome"] for one in told["rows"]] == [
            "ALREADY", "ALREADY", "TAKEN", "REFUSED", "TAKEN", "TAKEN",
        ]  # fmt: skip
        assert [one["concern_id"] for one in told["rows"]][:2] == [own, own]
        assert told["rows"][3]["columns"] == ["severity"]
    assert CANARY not in json.dumps(front.batches)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (f'{HEADS}\n{row(1)}\n"{row(1)}'.encode(), "Row 3"),
        (f"{HEADS}\n{row(1)}\x00".encode(), "Row 2"),
    ],
)
def test_a_file_that_cannot_be_read_whole_sends_nothing(
    front: Front, file: Path, content: bytes, words: str
) -> None:
    file.write_bytes(content)
    code, said = run("import", "concerns", str(file), "--url", "http://x", "--key", "k")

    assert (code, words in said, front.batches) == (Exit.REFUSED, True, [])


def test_a_map_and_a_key_from_files(front: Front, file: Path, tmp_path: Path) -> None:
    file.write_text(f"{HEADS}\n{row(1)}".replace("category", "Fel").replace(";1;", ";;"), "utf-8")
    by, key = tmp_path / "map.toml", tmp_path / "key"
    by.write_text('[columns]\nFel = "category"\n[constants]\nseverity = "0"', "utf-8")
    key.write_text("sml_test_x\n", "utf-8")
    code, _ = run(
        "import", "concerns", str(file), "--map", str(by),
        "--url", "http://x", "--key-file", str(key),
    )  # fmt: skip

    assert code == 0
    assert front.headers[0]["Authorization"] == "Bearer sml_test_x"
    by.write_text("[columns", "utf-8")
    assert run("import", "concerns", str(file), "--map", str(by), "--key", "k")[0] == Exit.REFUSED


def test_an_export_is_written_as_it_came(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[Json] = []

    def get(url: str, **rest: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own arguments
        asked.append({"url": url, **rest})
        return httpx.Response(200, content=b"\xef\xbb\xbfa;b\r\n")

    monkeypatch.setattr(httpx, "get", get)
    out = tmp_path / "out.csv"
    there = ("--url", "http://x", "--key", "k", "--out", str(out))
    code, _ = run("export", "concerns", "--from", "2026-06-01", "--to", "2026-06-30", *there)

    assert (code, out.read_bytes()) == (0, b"\xef\xbb\xbfa;b\r\n")
    assert asked[0]["url"] == "http://x/intake/v1/concerns"
    assert asked[0]["params"] == {
        "format": "csv", "observed_from": "2026-06-01", "observed_to": "2026-06-30",
    }  # fmt: skip


def test_an_export_without_a_file_goes_to_standard_output(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(httpx, "get", lambda _url, **_: httpx.Response(200, content=b"a;b"))

    assert run("export", "concerns", "--url", "http://x", "--key", "k") == (0, "a;b")


def test_on_a_terminal_a_bar_shows_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with concern_files.progress(1700, done=200) as tell:
        tell(1500)

    assert "1700/1700" in capsys.readouterr().err


def test_a_map_that_is_not_there_is_said_so(file: Path) -> None:
    code, said = run("import", "concerns", str(file), "--map", "/nonexistent", "--key", "k")

    assert (code, "cannot be read" in said) == (Exit.USAGE, True)


def test_an_export_that_is_refused_writes_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    problem = {"title": "Fler rapporter än en fil rymmer", "detail": "Högst 10000"}
    monkeypatch.setattr(httpx, "get", lambda _url, **_: httpx.Response(422, json=problem))
    out = tmp_path / "out.xlsx"
    there = ("--url", "http://x", "--key", "k", "--out", str(out))
    code, said = run("export", "concerns", "--format", "xlsx", *there)

    assert (code, out.exists()) == (Exit.REFUSED, False)
    assert "10000" in said
