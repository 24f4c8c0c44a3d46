"""Real texts for the bench of the screen, read where somebody keeps them; none is in here."""

import csv
import json
from pathlib import Path

from deploy.samlad.refusal import CannotError


def test_numbers(folder: Path) -> list[str]:
    """The Swedish Tax Agency's test numbers: they belong to nobody."""
    return _column(folder / "pii" / "Testpersonnummer 1990-1999.csv")


def given_names(folder: Path) -> list[str]:
    """Given names in Sweden, by SCB."""
    return _column(folder / "pii" / "tilltalsnamn-kvinnor-minst-100.csv")


def notices(folder: Path) -> list[str]:
    """What the police told of events in Stockholm, each text once."""
    lines = _text(folder / "polisen" / "stockholm-2024.jsonl").splitlines()
    return list(dict.fromkeys(str(json.loads(line)["summary"]) for line in lines))


def _column(file: Path) -> list[str]:
    return [row[0] for row in csv.reader(_text(file).splitlines())][1:]


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError as error:
        raise CannotError(f"{file} is not there.") from error
