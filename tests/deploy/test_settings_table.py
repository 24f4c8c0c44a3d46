"""docs/operate.md and .env.example name every setting, and none that is not there."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from deploy.samlad import settings_table
from deploy.samlad.documents import export
from deploy.samlad.places import root
from deploy.samlad.refusal import CannotError

PAGE = root() / "docs" / "operate.md"
NAME = re.compile(r"SAMLAD_[A-Z0-9]+(?:_[A-Z0-9]+)*")


def used_in(path: str) -> set[str]:
    return set(NAME.findall((root() / path).read_text("utf-8")))


def rows() -> Iterator[list[str]]:
    for line in settings_table.tables().splitlines():
        if line.startswith("| `SAMLAD_"):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def test_the_committed_tables_are_what_the_settings_say() -> None:
    text = PAGE.read_text("utf-8")
    assert settings_table.spliced(text) == text, "run `./samlad schema export`"


def test_every_setting_has_a_row_of_its_own_and_words() -> None:
    found = list(rows())
    names = [row[0].strip("`") for row in found]
    described = settings_table.settings().keys()
    assert len(names) == len(set(names))
    assert set(names) == {*described, *settings_table.FRONT_DOOR, *settings_table.COMPOSE}
    assert all(row[-1].endswith(".") for row in found)


def test_the_environment_changes_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    before = settings_table.tables()
    for name in settings_table.settings():
        monkeypatch.setenv(name, "7")
    assert settings_table.tables() == before


def test_the_front_doors_settings_are_those_of_its_file() -> None:
    assert used_in("deploy/caddy/Caddyfile") == set(settings_table.FRONT_DOOR)


def test_composes_own_settings_are_those_its_files_read() -> None:
    elsewhere = settings_table.settings().keys() | settings_table.FRONT_DOOR.keys()
    files = {path.name for path in root().glob("docker-compose*.yml")}
    assert files == set(settings_table.COMPOSE_FILES)
    assert settings_table.read_by_compose().keys() - elsewhere == set(settings_table.COMPOSE)


def test_compose_sets_nothing_that_nobody_reads() -> None:
    known = {
        *settings_table.settings(),
        *settings_table.FRONT_DOOR,
        *settings_table.COMPOSE,
        "SAMLAD_DATA",
    }
    for file in settings_table.COMPOSE_FILES:
        assert used_in(file) <= known


def test_the_example_names_all_that_compose_reads_and_gives_no_value() -> None:
    lines = (root() / ".env.example").read_text("utf-8").splitlines()
    given = [line for line in lines if re.match(r"#?\s*SAMLAD_", line)]
    assert all(re.fullmatch(r"#SAMLAD_\w+=", line) for line in given)
    assert {line[1:-1] for line in given} == set(settings_table.read_by_compose())
    for before, line in pairwise(lines):
        assert line not in given or before.startswith("# "), line


def test_every_setting_the_page_speaks_of_is_one() -> None:
    command_line = {"SAMLAD_DATA", "SAMLAD_HOME", "SAMLAD_KEY"}
    in_tables = {row[0].strip("`") for row in rows()}
    assert used_in("docs/operate.md") <= in_tables | command_line


def test_a_page_without_its_marks_is_refused_and_no_page_left_alone(tmp_path: Path) -> None:
    assert settings_table.export(tmp_path) == []
    page = tmp_path / "operate.md"
    page.write_text("nothing")
    with pytest.raises(CannotError, match="settings: begin"):
        settings_table.export(tmp_path)
    page.write_text(f"before\n{settings_table.BEGIN}\nearlier words\n{settings_table.END}\nafter\n")
    assert page in export(tmp_path)
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "earlier words" not in text
