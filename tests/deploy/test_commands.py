"""The command line: quick help, clear sentences, documented exit codes, JSON where asked for."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from deploy.samlad import cli, doctor
from deploy.samlad.door import Door, open_door
from deploy.samlad.file_kinds import KINDS
from deploy.samlad.imports import LARGEST, account, send
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.secret_files import Secrets
from deploy.samlad.stack.state import State
from deploy.samlad.submission import read
from services.intake.api.concerns import diverted
from services.intake.commands.concerns import Diverted
from services.intake.domain.readers import kinds as intake
from shared.contracts.district import District
from shared.contracts.refusal import Refusal, Refused
from shared.web.problem import of_refusal

ACTOR = ("DISTRICT_COORD", "ANALYST")
ANSWER = {
    "import_id": "i-1",
    "rows": 4,
    "taken": 2,
    "skipped": [
        {"row": 3, "reason": "repeated municipality"},
        {"row": 4, "reason": "repeated municipality"},
    ],
}


def samlad(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.samlad", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, list(arguments))
    if isinstance(done.exception, CannotError):
        return done.exception.code, str(done.exception)
    return done.exit_code, done.output


class Asked:
    """Stands in for the front door: remembers what was asked, answers the same."""

    def __init__(self, status: int, body: object) -> None:
        self.status, self.body = status, body
        self.headers: dict[str, str] = {}
        self.requests: list[dict[str, Any]] = []

    def post(self, url: str, **rest: object) -> httpx.Response:
        self.requests.append({"url": url, **rest})
        request = httpx.Request("POST", url)
        return httpx.Response(self.status, json=self.body, request=request, headers=self.headers)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    this = Asked(200, ANSWER)
    monkeypatch.setattr(httpx, "post", this.post)
    return this


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    secrets = Secrets(tmp_path)
    secrets.make(demo=True)
    State(front="http://127.0.0.1:9", keys=str(secrets.demo_keys), data=str(tmp_path)).write(
        tmp_path
    )
    return tmp_path


def test_help_names_every_command_and_the_exit_codes_and_imports_next_to_nothing() -> None:
    program = "import sys; from deploy.samlad.cli import app; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"pydantic", "fastapi", "motor", "aiokafka", "httpx", "jgo"} & set(loaded)
    before = os.times()
    done = samlad("--help")
    after = os.times()
    spent = after.children_user - before.children_user + after.children_system
    assert spent - before.children_system < 0.5  # of a processor: others may be at work here too
    for command in ("demo", "test", "serve", "up", "doctor", "keys", "import", "topics", "schema"):
        assert command in done.stdout
    assert "Exit codes: 0 done" in done.stdout


def test_colours_are_left_out_when_nobody_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[3" not in samlad("--help").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["serve", "kitchen"], Exit.USAGE),
        (["keys", "create", "NOBODY", "REPORTER"], Exit.USAGE),
        (["keys", "list", "--data", "/nonexistent/folder"], Exit.USAGE),
        (["nonsense"], Exit.USAGE),
        (["reconcile", "--data", "/nonexistent"], Exit.NOT_RUNNING),
        (["topics", "apply", "--data", "/nonexistent"], Exit.NOT_RUNNING),
        (["test", "--tier", "nonsense"], Exit.USAGE),
    ],
)
def test_what_cannot_be_done_has_its_exit_code(arguments: list[str], code: Exit) -> None:
    assert run(*arguments)[0] == code


def test_a_refusal_is_one_line_on_the_error_stream() -> None:
    done = samlad("serve", "kitchen")
    assert done.returncode == Exit.USAGE
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_keys_are_made_listed_and_revoked(tmp_path: Path) -> None:
    file = ("--file", str(tmp_path / "keys.json"))
    code, made = run("keys", "create", "REGION", "REPORTER", "--json", *file)
    assert code == 0
    key = json.loads(made)["key"]
    _, rows = run("keys", "list", "--json", *file)
    [row] = json.loads(rows)
    assert key not in rows
    assert run("keys", "list", *file)[1].count("REGION") == 1
    assert run("keys", "revoke", row["fingerprint"], *file)[0] == 0
    assert json.loads(run("keys", "list", "--json", *file)[1]) == []
    assert run("keys", "create", "REGION", "REPORTER", *file)[1].count("sml_test_") == 1


def test_an_import_tells_what_was_taken_and_why_the_rest_was_not(
    asked: Asked, folder: Path
) -> None:
    file = folder / "bra.csv"
    file.write_bytes(b"a;b\n")
    code, said = run("import", "bra-sol", str(file), "--data", str(folder))
    assert code == 0
    assert "taken      2" in said
    assert "2 rows: repeated municipality" in said
    assert "row 3: repeated municipality" in said
    [request] = asked.requests
    assert request["url"] == "http://127.0.0.1:9/intake/v1/statistics-imports"
    assert request["data"] == {"source": "bra-sol", "dry_run": "false"}
    assert request["headers"]["Authorization"].startswith("Bearer sml_test_")


def test_the_same_file_is_the_same_request_and_a_dry_run_another(
    asked: Asked, tmp_path: Path
) -> None:
    file = tmp_path / "bra.csv"
    file.write_bytes(b"a;b\n")
    door = Door("http://127.0.0.1:9/", "key")
    for dry_run in (False, False, True):
        send(door, file, source="bra-sol", dry_run=dry_run)
    keys = [request["headers"]["Idempotency-Key"] for request in asked.requests]
    assert keys[0] == keys[1] != keys[2]
    assert "Dry run: nothing is kept." in account(ANSWER, dry_run=True)


def test_a_long_account_is_cut_with_a_word(asked: Asked, folder: Path) -> None:
    skipped = [{"row": row, "reason": "suppressed"} for row in range(30)]
    lines = list(account(ANSWER | {"skipped": skipped}, dry_run=False))
    assert lines[-1] == "    … and 10 more (--json shows them)"


def test_an_import_answers_in_json_when_asked(asked: Asked, folder: Path) -> None:
    file = folder / "bra.csv"
    file.touch()
    _, said = run("import", "bra-sol", str(file), "--json", "--data", str(folder))
    assert json.loads(said) == ANSWER


def test_what_is_said_beside_a_file_goes_with_it(asked: Asked, folder: Path) -> None:
    file, mapping = folder / "table.csv", folder / "map.toml"
    file.write_bytes(b"a;b\n")
    mapping.write_text('source = "x"')
    beside = ("--map", str(mapping), "--fetched-on", "2026-05-04", "--period", "2025")
    for arguments in ((), beside):
        assert run("import", "survey", str(file), *arguments, "--data", str(folder))[0] == 0
    plain, full = asked.requests

    assert full["data"] == {
        "source": "survey",
        "dry_run": "false",
        "fetched_on": "2026-05-04",
        "period": "2025",
    }
    assert full["files"]["map"][1] == b'source = "x"'
    assert plain["headers"]["Idempotency-Key"] != full["headers"]["Idempotency-Key"]
    assert run("import", "tidy", str(file), "--fetched-on", "i dag")[0] == Exit.USAGE


def test_a_file_too_large_for_one_piece_is_not_sent(asked: Asked, folder: Path) -> None:
    file = folder / "large.csv"
    file.write_bytes(b"x" * (LARGEST + 1))
    code, said = run("import", "auto", str(file), "--data", str(folder))

    assert (code, asked.requests) == (Exit.USAGE, [])
    assert "5 MiB" in said


def test_a_large_file_is_announced_and_a_sheet_named(asked: Asked, folder: Path) -> None:
    asked.body = ANSWER | {"skipped": [{"row": 7, "sheet": 2, "reason": "NO_FIGURES"}]}
    file = folder / "large.csv"
    file.write_bytes(b"x" * 400_000)
    _, said = run("import", "auto", str(file), "--data", str(folder))

    assert "sending large.csv, 0.4 MiB" in said
    assert "sheet 2, row 7: NO_FIGURES" in said


def test_every_kind_of_file_has_a_command_and_stands_in_the_list() -> None:
    assert [kind.source for kind in KINDS][1:] == [kind.source for kind in intake.KINDS]
    listed = json.loads(run("import", "--kinds", "--json")[1])
    assert [row["source"] for row in listed] == [kind.source for kind in KINDS]
    assert "Skolinspektionen" in run("import", "--kinds")[1]
    for kind in KINDS:
        assert run("import", kind.source, "--help")[0] == 0


def test_concerns_are_submitted_from_a_file_of_any_of_three_forms(
    asked: Asked, folder: Path
) -> None:
    file = folder / "concerns.json"
    for text in ('{"a": 1}', '[{"a": 1}, {"a": 2}]', '{"a": 1}\n{"a": 2}\n'):
        file.write_text(text)
        assert run("submit", str(file), "--data", str(folder))[0] == 0
    keys = [request["headers"]["Idempotency-Key"] for request in asked.requests]
    assert len(keys) == 5
    assert len(set(keys)) == 2


def test_concerns_are_submitted_from_standard_input(asked: Asked, folder: Path) -> None:
    command = ["submit", "-", "--data", str(folder)]
    done = CliRunner().invoke(cli.app, command, input='{"a": 1}')
    assert done.exit_code == 0
    assert len(asked.requests) == 1


def test_a_file_that_is_not_there_is_said_so(folder: Path) -> None:
    code, said = run("submit", "/nonexistent", "--data", str(folder))
    assert (code, said) == (Exit.USAGE, "/nonexistent cannot be read.")


@pytest.mark.parametrize("text", ["not json", "[1, 2]"])
def test_what_is_not_a_concern_is_not_sent(text: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(text)
    with pytest.raises(CannotError) as refused:
        read(tmp_path / "file")
    assert refused.value.code == Exit.USAGE


def test_a_refusal_of_the_system_is_told_with_where_to_turn(asked: Asked) -> None:
    danger = District.load().diversions["DIV.ONGOING_DANGER"]
    asked.status = 422
    asked.body = dict(diverted(Diverted("DIV.ONGOING_DANGER", danger)).extras.members)
    asked.body |= {"title": "Diverted"}
    asked.body |= {"invalid-parameters": [{"property": "severity", "reason": "too large"}]}
    with pytest.raises(CannotError) as said:
        Door("http://127.0.0.1:9", "key").post("/intake/v1/concerns", json={})
    assert str(said.value) == (
        f"422 Diverted; severity: too large; {danger.label.sv} / {danger.label.en}; 112"
    )
    assert said.value.code == Exit.REFUSED


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Refusal("X", "Rad 2: fel.", "Row 2: wrong.", 422), 422),
        (Refusal("KEY", "Nyckeln är använd", "The key was used", 409), 409),
    ],
)
def test_a_refusal_is_said_once(asked: Asked, refusal: Refusal, status: int) -> None:
    asked.status, asked.body = status, of_refusal(refusal).document()
    with pytest.raises(CannotError) as said:
        Door("http://127.0.0.1:9", "key").post("/intake/v1/statistics-imports")
    assert str(said.value) == f"{status} {refusal.sv} / {refusal.en}"


def test_a_detail_of_its_own_follows_the_title(asked: Asked) -> None:
    asked.status, asked.body = 422, {"title": "Fel", "detail": "Något annat"}
    with pytest.raises(CannotError, match=r"^422 Fel; Något annat$"):
        Door("http://127.0.0.1:9", "key").post("/")


def test_a_file_of_an_unknown_kind_is_told_the_kinds_once(asked: Asked) -> None:
    with pytest.raises(Refused) as refused:
        intake.kind_of("auto", b"x")
    asked.status, asked.body = 422, of_refusal(refused.value.refusal).document()
    with pytest.raises(CannotError) as said:
        Door("http://127.0.0.1:9", "key").post("/intake/v1/statistics-imports")
    for kind in intake.KINDS:
        assert len(re.findall(rf"\b{kind.source}[,.]", str(said.value))) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_may_be_tried_again_has_another_code_than_what_is_refused(
    asked: Asked, folder: Path, status: int
) -> None:
    asked.status, asked.body = status, {"title": "En annan inläsning pågår"}
    (folder / "file").write_bytes(b"x")
    code, said = run("import", "tidy", str(folder / "file"), "--data", str(folder))
    assert code == Exit.NOT_RUNNING
    assert "En annan inläsning pågår" in said
    assert "4 not running or busy: try again" in " ".join(run("--help")[1].split())


def test_a_file_taken_in_before_is_said_to_be(asked: Asked, folder: Path) -> None:
    (folder / "file").write_bytes(b"x")
    command = ("import", "tidy", str(folder / "file"), "--data", str(folder))
    asked.body = ANSWER | {"older": 3}
    assert "taken in before" not in run(*command)[1]
    asked.headers = {"idempotent-replayed": "true"}
    said = run(*command)[1]
    assert "taken in before" in said
    assert "older      3" in said


def test_an_address_that_does_not_answer_is_said_so() -> None:
    with pytest.raises(CannotError, match="does not answer") as said:
        Door("http://127.0.0.1:1", "key").post("/")
    assert said.value.code == Exit.NOT_RUNNING


def test_without_a_running_system_an_address_and_a_key_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(CannotError, match="No system runs here") as said:
        open_door(None, None, folder=tmp_path, actor=ACTOR)
    assert said.value.code == Exit.NOT_RUNNING


def test_the_demos_key_of_an_unknown_actor_is_asked_for(folder: Path) -> None:
    assert open_door(None, None, folder=folder, actor=ACTOR)
    with pytest.raises(CannotError, match="give --key"):
        open_door(None, None, folder=folder, actor=("NOBODY", "ANALYST"))


def test_the_doctor_looks_at_the_machine_and_says_that_nothing_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SAMLAD_KAFKA", "SAMLAD_MONGO_URL", "SAMLAD_MAIL_HOST"):
        monkeypatch.delenv(name, raising=False)
    code, said = run("doctor", "--json", "--data", str(tmp_path))
    rows = {each["what"]: each for each in json.loads(said)}
    assert code == 0
    assert rows["Python"]["verdict"] == "OK"
    assert rows["mongod program"]["verdict"] == "OK"
    assert (rows["system"]["verdict"], rows["system"]["found"]) == ("WARN", "not running")


def test_the_doctor_finds_a_dead_process_and_a_service_that_does_not_answer(folder: Path) -> None:
    state = State.read(folder)
    assert state
    state.pids, state.services = {"kafka": 2**22 - 1}, {"intake": "http://127.0.0.1:1"}
    state.write(folder)
    rows = {each.what: each for each in doctor.examine(folder, {})}
    for what in ("kafka process", "intake ready"):
        assert rows[what].verdict is doctor.Verdict.FAIL
        assert rows[what].advice
    assert run("doctor", "--data", str(folder))[0] == Exit.FAILED


def test_schemas_are_written_where_asked_for(tmp_path: Path) -> None:
    assert run("schema", "export", "--folder", str(tmp_path))[0] == 0
    assert {path.parent.name for path in tmp_path.rglob("*.json")} == {
        "asyncapi", "openapi", "schemas"
    }  # fmt: skip
