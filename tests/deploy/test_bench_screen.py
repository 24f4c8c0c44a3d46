"""`samlad bench screen` prints its table or JSON, and says what it cannot read."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.samlad import benching
from deploy.samlad.bench_screen import SEED
from deploy.samlad.cli import app
from deploy.samlad.refusal import CannotError

RUN = CliRunner()


def test_the_table_names_every_form_and_the_time() -> None:
    result = RUN.invoke(app, ["bench", "screen", "--count", "10"])
    assert result.exit_code == 0, result.output
    assert "personal: full-width digits" in result.output
    assert "false alarms: diary references" in result.output
    assert "ms of processor time (median)" in result.output


def test_json_carries_the_same_rows() -> None:
    result = RUN.invoke(app, ["bench", "screen", "--count", "10", "--json"])
    told = json.loads(result.output)
    assert told["kept"] is True
    assert {"what", "of", "found", "percent", "at_least", "at_most"} == set(told["rows"][0])


def test_a_folder_that_is_not_one_of_real_files_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotError, match="is not there"):
        benching.screen(count=10, seed=SEED, real=tmp_path, as_json=False)


def test_real_files_add_their_rows(tmp_path: Path) -> None:
    for name, lines in {
        "pii/Testpersonnummer 1990-1999.csv": ["Testpersonnummer", "199001012385"],
        "pii/tilltalsnamn-kvinnor-minst-100.csv": ["name,persons", "Tindra,100"],
        "polisen/stockholm-2024.jsonl": ['{"summary": "En man skadas vid ett tunnelbygge."}'],
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("\n".join(lines), "utf-8")
    result = RUN.invoke(
        app, ["bench", "screen", "--count", "10", "--real", str(tmp_path), "--json"]
    )
    rows = {row["what"]: row for row in json.loads(result.output)["rows"]}
    assert rows["real: test personal numbers"]["found"] == 1
    assert rows["real: given names with a surname"]["found"] == 1
    assert rows["real: police notices with any finding"]["found"] == 0
