"""Nothing personal gets past intake in a publisher's file, whichever cell of it becomes a word."""

import json
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.intake.commands.import_files import Upload
from services.intake.commands.import_screen import look_over
from services.intake.domain.pace import no_rest
from services.intake.domain.readers import survey
from services.intake.domain.readers.kinds import kind_of
from services.intake.domain.readers.reading import NO_MORE, More
from shared.contracts.codes import FindingType
from shared.contracts.refusal import Refused
from shared.security.screen import screen
from tests.intake.conftest import Intake
from tests.intake.test_kinds_api import DATASET, FILES, MAP, PATH, book, text
from tests.support.real import REAL

PNR = "19900101-2385"
PHONE = "070-123 45 67"
MAIL = "anna@example.se"
TEXTS = (PNR, PHONE, MAIL, "0701ж234567", "19900101ж2385")


def tidy(**cells: str) -> bytes:
    usual = {"indicator": "Trygg", "geography": "Ett", "period": "2025", "value": "1"}
    row = usual | {"unit": "procent"} | cells
    return text(";".join(row), ";".join(row.values()))


def dataset(personal: str) -> bytes:
    unit = {"index": ["m"], "label": {"m": "Antal"}, "unit": {"m": {"base": personal}}}
    more = {"id": ["Region", "Tid", "ContentsCode"], "size": [1, 1, 1]}
    told = {**DATASET["dimension"], "ContentsCode": {"category": unit}}  # type: ignore[dict-item]
    return json.dumps({**DATASET, **more, "dimension": told}).encode()


def area_dimension(personal: str) -> bytes:
    told = DATASET["dimension"]
    assert isinstance(told, dict)
    renamed = {personal: told["Region"], "Tid": told["Tid"]}
    role = {"time": ["Tid"], "geo": [personal]}
    whole = {**DATASET, "id": [personal, "Tid"], "role": role, "dimension": renamed}
    return json.dumps(whole).encode()


# what is personal -> the file; the kind; where the refusal says that it stands
CELLS: dict[str, tuple[Callable[[str], bytes], str, str]] = {
    "tidy indicator": (lambda one: tidy(indicator=one), "tidy", "Rad 2, kolumn 1"),
    "tidy geography": (lambda one: tidy(geography=one), "tidy", "Rad 2, kolumn 2"),
    "tidy unit": (lambda one: tidy(unit=one), "tidy", "Rad 2, kolumn 5"),
    "head of a column": (
        lambda one: text(f"Kommun;{one} 2025", "Ett;1"), "bra-kommun", "Rad 1, kolumn 2",
    ),
    "head in a sheet": (
        lambda one: book(["Rån"], ["Kommun", f"{one} 2025"], ["Ett", 1]),
        "bra-lagesbild", "Blad 1, cell B2",
    ),
    "unit of a dataset": (dataset, "json-stat", "Post 1"),
    "dimension of a dataset": (area_dimension, "json-stat", "Post 1"),
    "region of SOL": (
        lambda one: text("Region;Brott;År;Period;Antal;/100 000 inv", f"{one};Rån;2025;Jan;3;4;"),
        "bra-sol", "Rad 2",
    ),
}  # fmt: skip


async def send(
    intake: Intake, content: bytes, source: str, mapping: bytes | None = None
) -> httpx.Response:
    files = {"file": ("f", content)} | ({"map": ("m", mapping)} if mapping else {})
    return await intake.http.post(
        PATH,
        files=files,
        data={"source": source},
        headers=intake.headers("DISTRICT_COORD", str(uuid4())),
    )


async def assert_nothing_stands(intake: Intake, answer: httpx.Response, where: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (422, "STATISTICS.PERSONAL_DATA")
    assert where in answer.json()["detail"]
    said = answer.json()["title"] + answer.json()["detail"]
    assert not any(part in said for part in ("2385", "234567", "45 67", "45-67", "anna"))
    for collection in ("statistics", "imports", "labels", "used_keys"):
        assert await intake.all(collection) == []


@pytest.mark.stack
@pytest.mark.parametrize("cell", CELLS)
async def test_a_personal_text_in_any_cell_refuses_the_file_by_its_place(
    intake: Intake, cell: str
) -> None:
    made, kind, where = CELLS[cell]
    for personal in TEXTS:
        await assert_nothing_stands(intake, await send(intake, made(personal), kind), where)
    assert (await send(intake, made("Antal"), kind)).status_code == 201


@pytest.mark.stack
async def test_a_person_s_name_in_a_table_made_by_hand_refuses_it_and_says_how_to_declare(
    intake: Intake,
) -> None:
    by_hand = {name: CELLS[name] for name in CELLS if name.startswith("tidy")}
    by_hand["survey"] = (lambda one: text("Var;När;Andel;n", f"{one};2025;1;4"), "survey", "Rad 2")
    for made, kind, where in by_hand.values():
        mapping = MAP if kind == "survey" else None
        for name in ("Anna Exempelberg", "anna andersson"):
            answer = await send(intake, made(name), kind, mapping)
            await assert_nothing_stands(intake, answer, where)
            assert "public_names" in answer.json()["detail"]
    assert (await send(intake, tidy(geography="Essinge Brygga"), "tidy")).status_code == 201


@pytest.mark.stack
@pytest.mark.parametrize(
    ("key", "usual", "personal"),
    [
        ("source", "exempelenkaten", "anna-19900101-2385"),
        ("unit", "procent", "0701-234567"),
        ("indicator", "Trygg", MAIL),
    ],
)
async def test_a_personal_text_in_a_map_refuses_it_by_its_key(
    intake: Intake, key: str, usual: str, personal: str
) -> None:
    mapping = MAP.replace(usual.encode(), personal.encode())
    answer = await send(intake, FILES["survey"][0], "survey", mapping)
    await assert_nothing_stands(intake, answer, f"Mappningsfilen: {key}")


@pytest.mark.stack
async def test_a_personal_number_among_the_figures_refuses_the_file(intake: Intake) -> None:
    for number in ("199001012385", "9001012385"):
        answer = await send(intake, tidy(value=number), "tidy")
        await assert_nothing_stands(intake, answer, "Rad 2, kolumn 4")
    for amount in ("199001012386", "9001012386", "412,5"):
        assert (await send(intake, tidy(value=amount), "tidy")).status_code == 201


OFFICIAL = More(
    mapping=MAP.replace(b"[columns]", b'caution = "OFFICIAL_STATISTICS"\n[columns]').replace(
        b'n = "n"', b""
    )
)


def looked_over(value: str, source: str = "tidy", more: More = NO_MORE) -> None:
    content = tidy(value=value)
    if source == "survey":
        content = text("Var;När;Andel", f"Ett;2025;{value}")
    reading = kind_of(source, content, more).read(content, more=more)
    look_over(Upload(source, content, more), reading, labelled, no_rest)


@pytest.mark.parametrize(
    "value",
    [
        "8112289874", "-8112289874", "198112289874", "811228,9874", "19811228,9874",
        "0503121238", "050312,1238", "20050312,1238", "990101,2394",
    ],
)  # fmt: skip
def test_a_personal_number_as_a_number_is_refused_however_it_became_one(value: str) -> None:
    for source, more in (("tidy", NO_MORE), ("survey", OFFICIAL)):
        with pytest.raises(Refused) as why:
            looked_over(value, source, more)
        told = why.value.refusal
        assert told.code == "STATISTICS.PERSONAL_DATA"
        assert ("tusental" in told.sv, "thousands" in told.en) == (True, True)
        assert not any(part in told.sv + told.en for part in ("8112", "9874", "1238", "0101"))


@settings(deadline=None, max_examples=300)
@example("99999999")
@example("412,5")
@example("20050312,12")
@example("33,333333333333336")
@given(
    st.integers(-(10**8) + 1, 10**8 - 1).map(str)
    | st.tuples(st.integers(0, 10**6), st.integers(0, 99)).map(lambda two: f"{two[0]},{two[1]}")
)
def test_counts_below_a_hundred_million_shares_and_rates_are_none(value: str) -> None:
    looked_over(value)
    looked_over(value, "survey", OFFICIAL)


@pytest.mark.stack
async def test_a_map_of_other_columns_is_refused_without_its_words(intake: Intake) -> None:
    mapping = MAP.replace(b'"Andel"', f'"Andel {PNR}"'.encode())
    answer = await send(intake, FILES["survey"][0], "survey", mapping)

    assert (answer.status_code, answer.json()["code"]) == (422, "STATISTICS.WRONG_HEADER")
    assert "columns.value" in answer.json()["detail"]
    assert PNR not in answer.text


def test_what_a_map_of_a_survey_publishes_is_what_is_looked_over() -> None:
    told = survey.mapping_of(MAP).published
    assert told == {"source": "exempelenkaten", "unit": "procent", "indicator": "Trygg"}


@settings(deadline=None, max_examples=300)
@example(b"a = " + b"9" * 5000)
@example(b"a = " + b"[" * 5000)
@example(b"a" + b".a" * 8000 + b" = 1")
@example(b"a = \x00")
@given(st.binary(max_size=200) | st.text('[]{}="\\.,%#\n\ta1-:T ').map(lambda text: text.encode()))
def test_any_map_of_a_survey_is_one_or_is_refused(mapping: bytes) -> None:
    for started in (mapping, MAP + mapping, mapping + b"\n" + MAP):
        with suppress(Refused):
            survey.mapping_of(started)


def labelled(text: str) -> list[FindingType]:
    """As intake looks at a publisher's words."""
    return [one.type for one in screen(text) if one.type is not FindingType.NAME]


@pytest.mark.real
@pytest.mark.timeout(300)
@pytest.mark.parametrize("folder", ["bra", "scb", "skola", "polisen", "civic311"])
def test_nothing_personal_is_seen_in_the_publishers_own_files(folder: str) -> None:
    endings = {".csv", ".txt", ".json", ".jsonl", ".xlsx"}
    files = [one for one in sorted((REAL / folder).rglob("*")) if one.suffix in endings]
    assert files
    for file in files:
        content, more = file.read_bytes(), More("2021")
        kind = kind_of("auto", content, more)
        reading = kind.read(content, more=more)
        look_over(Upload(kind.source, content, more), reading, labelled, no_rest)
