"""Every event ever released still parses: the corpus only grows."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import EVENTS
from shared.contracts.envelope import Event, decode, encode, to_headers

CORPUS = Path(__file__).parent / "corpus"
RECORDS = [
    pytest.param(record, id=f"{file.stem}-{number}")
    for file in sorted(CORPUS.glob("*.json"))
    for number, record in enumerate(json.loads(file.read_text("utf-8")))
]


def wire(record: dict[str, Any]) -> tuple[list[tuple[str, bytes | None]], bytes]:
    headers: list[tuple[str, bytes | None]] = [
        (name, text.encode()) for name, text in record["headers"].items()
    ]
    return headers, json.dumps(record["data"]).encode()


@pytest.mark.parametrize("record", RECORDS)
def test_a_released_record_still_parses(record: dict[str, Any]) -> None:
    received = decode(*wire(record))
    assert received.meta.type == received.event.type_name() == record["headers"]["ce_type"]
    told = json.loads(encode(received.event))
    assert {name: told[name] for name in record["data"]} == record["data"]


@pytest.mark.parametrize("record", RECORDS)
def test_writing_what_was_read_changes_nothing(record: dict[str, Any]) -> None:
    received = decode(*wire(record))
    assert decode(to_headers(received.meta), encode(received.event)) == received


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_every_event_stands_in_the_corpus(event: type[Event]) -> None:
    assert (CORPUS / f"{event.type_name()}.json").is_file()
