"""What the Brå database file says is what is taken; the rest is accounted for, row by row."""

import csv
from pathlib import Path

import pytest

from services.intake.domain.labels import slug
from services.intake.domain.readers.bra_sol import Unit, read
from services.intake.domain.readers.reading import Reading, Skip
from shared.contracts.refusal import Refused
from tests.support.real import REAL

HEADER = "Region;Brott;År;Period;Antal;/100 000 inv"
SOL = REAL / "bra/sol-databasfil"


def file(*rows: str, header: str = HEADER, encoding: str = "iso-8859-1") -> bytes:
    return "\n".join([header, *rows, ""]).encode(encoding)


def values(reading: Reading) -> dict[tuple[str, str, str, str], float | None]:
    return {
        (one.geography, one.indicator, one.period, one.unit): one.value for one in reading.figures
    }


def skips(reading: Reading) -> list[tuple[int, Skip]]:
    return [(one.place.row, one.reason) for one in reading.skipped]


def code(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read(content)
    return refused.value.refusal.code


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-8", "utf-8-sig"])
def test_a_monthly_row_gives_a_count_and_a_rate(encoding: str) -> None:
    reading = read(file("Ale kommun;Våldsbrott ;2015;Maj;19;66;", encoding=encoding))

    assert values(reading) == {
        ("ale-kommun", "vaaldsbrott", "2015-05", Unit.COUNT): 19,
        ("ale-kommun", "vaaldsbrott", "2015-05", Unit.PER_100K): 66,
    }
    assert (reading.rows, reading.taken, reading.skipped) == (1, 1, ())


def test_every_swedish_month_is_known() -> None:
    months = ["Jan", "Feb", "Mar", "Apr", "Maj", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dec"]
    reading = read(file(*(f"Ale kommun;Bilbrott;2015;{month};1;1;" for month in months)))

    assert sorted({one.period for one in reading.figures}) == [f"2015-{m:02}" for m in range(1, 13)]
    assert reading.period == ("2015-01", "2015-12")


def test_the_annual_layout_has_the_year_in_the_period_column() -> None:
    reading = read(file("Hela landet;Bilbrott;År;2024;5;1;", "Hela landet;Bilbrott;År;2025;6;1;"))

    assert reading.period == ("2024", "2025")


@pytest.mark.parametrize("written", ["2016 prel.;Jan", "2016prel;Jan", "År;2016 prel."])
def test_preliminary_figures_are_marked(written: str) -> None:
    assert all(one.preliminary for one in read(file(f"Ale kommun;Bilbrott;{written};1;1;")).figures)


def test_not_available_is_not_zero() -> None:
    reading = read(file("Ale kommun;Bilbrott;2015;Jan;..;..;", "Ale kommun;Rån;2015;Jan;0;0;"))

    suppressed = {one.indicator: (one.value, one.suppressed) for one in reading.figures}
    assert suppressed == {"bilbrott": (None, True), "raan": (0, False)}


def test_a_rate_may_have_a_decimal_comma() -> None:
    figures = read(file("Ale kommun;Bilbrott;2015;Jan;1;3,5;")).figures

    assert figures[1].value == 3.5


@pytest.mark.parametrize("zeros_first", [True, False])
def test_the_old_heby_with_only_zeros_never_wins(*, zeros_first: bool) -> None:
    rows = ["Heby kommun;Bilbrott;2015;Jan;89;657;", "Heby kommun;Bilbrott;2015;Jan;0;0;"]
    reading = read(file(*(reversed(rows) if zeros_first else rows)))

    assert [one.value for one in reading.figures] == [89, 657]
    assert skips(reading) == [(2 if zeros_first else 3, Skip.ZERO_DUPLICATE)]


def test_exact_duplicates_are_skipped_with_a_reason() -> None:
    row = "Hela landet;Bilbrott;År;2024;19017;180;"
    reading = read(file(row, row, row))

    assert skips(reading) == [(3, Skip.EXACT_DUPLICATE), (4, Skip.EXACT_DUPLICATE)]
    assert reading.taken == 1


def test_nothing_available_gives_way_to_zeros() -> None:
    reading = read(file("Ale kommun;Rån;2015;Jan;..;..;", "Ale kommun;Rån;2015;Jan;0;0;"))

    assert skips(reading) == [(2, Skip.NOT_AVAILABLE_DUPLICATE)]
    assert [one.value for one in reading.figures] == [0, 0]


@pytest.mark.parametrize("definitive_first", [True, False])
def test_within_a_file_the_definitive_figure_wins(*, definitive_first: bool) -> None:
    rows = ["Ale kommun;Rån;2016;Jan;4;2;", "Ale kommun;Rån;2016 prel.;Jan;3;1;"]
    reading = read(file(*(rows if definitive_first else reversed(rows))))

    assert skips(reading) == [(3 if definitive_first else 2, Skip.PRELIMINARY_DUPLICATE)]
    assert reading.figures[0].value == 4


def test_two_different_figures_for_one_thing_refuse_the_file() -> None:
    with pytest.raises(Refused) as refused:
        read(file("Ale kommun;Rån;2016;Jan;4;2;", "Ale kommun;Rån;2016;Jan;3;2;"))

    assert refused.value.refusal.code == "STATISTICS.CONFLICTING_ROWS"
    assert "rad 2" in refused.value.refusal.sv
    assert refused.value.refusal.sv.startswith("Rad 3")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "STATISTICS.WRONG_HEADER"),
        (b"PK\x03\x04\x00\x00", "STATISTICS.NOT_TEXT"),
        (b"a;b;c\n1;2;3\n", "STATISTICS.WRONG_HEADER"),
        (file(), "STATISTICS.NO_ROWS"),
        (file("Ale kommun;Rån;2016;Jan;4"), "STATISTICS.WRONG_FIELDS"),
        (file("Ale kommun;Rån;2016;Jan;4;2;3;"), "STATISTICS.WRONG_FIELDS"),
        (file("Ale kommun;Rån;2016;May;4;2;"), "STATISTICS.UNKNOWN_MONTH"),
        (file("Ale kommun;Rån;16;Jan;4;2;"), "STATISTICS.BAD_YEAR"),
        (file("Ale kommun;Rån;År;Jan;4;2;"), "STATISTICS.BAD_YEAR"),
        (file("Ale kommun;Rån;2016;Jan;-4;2;"), "STATISTICS.BAD_NUMBER"),
        (file("Ale kommun;Rån;2016;Jan;4;.;"), "STATISTICS.BAD_NUMBER"),
        (file(" ;Rån;2016;Jan;4;2;"), "STATISTICS.BAD_LABEL"),
        (file(f"{'A' * 201};Rån;2016;Jan;4;2;"), "STATISTICS.BAD_LABEL"),
        (file("A-B;Rån;2016;Jan;4;2;", "A B;Rån;2016;Jan;4;2;"), "STATISTICS.AMBIGUOUS_LABEL"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_whole(content: bytes, expected: str) -> None:
    assert code(content) == expected


def test_windows_line_ends_and_blank_lines_at_the_end_do_not_matter() -> None:
    content = f"{HEADER};\r\nAle kommun;Rån;2016;Jan;4;2\r\n\r\n".encode()

    assert read(content).rows == 1


def test_slugs_keep_haabo_and_habo_apart() -> None:
    assert slug("Håbo kommun") == "haabo-kommun" != slug("Habo kommun")


def test_a_long_label_keeps_its_own_slug() -> None:
    one, other = slug("x" * 200), slug("x" * 199 + "y")

    assert len(one) == len(other) == 80
    assert one != other


@pytest.mark.real
@pytest.mark.parametrize("name", sorted(path.name for path in SOL.glob("*.txt")))
def test_the_real_files_read_as_an_independent_reading_says(name: str) -> None:
    path = SOL / name
    reading = read(path.read_bytes())
    expected = independent(path)

    found = {key: (figure, rate) for key, figure, rate in _pairs(reading)}
    assert found == expected
    assert reading.rows == sum(1 for _ in _lines(path))
    assert reading.taken == len(expected)
    assert len(reading.skipped) == reading.rows - len(expected)


@pytest.mark.real
def test_the_figures_of_stockholm_are_those_bra_printed() -> None:
    for month, name, count in [
        ("2015-03", "DatabasfilMar2015.txt", 18368),
        ("2015-05", "DatabasfilMay2015.txt", 18294),
        ("2015-06", "DatabasfilJun2015.txt", 18035),
    ]:
        reading = read((SOL / name).read_bytes())
        key = ("stockholm-kommun", "totalt-antal-brott", month, Unit.COUNT)
        assert values(reading)[key] == count
        assert (reading.rows, reading.taken, len(reading.skipped)) == (2910, 2900, 10)


def _pairs(reading: Reading) -> list[tuple[tuple[str, str, str], str, str]]:
    counts, rates = reading.figures[::2], reading.figures[1::2]
    return [
        ((one.geography, one.indicator, one.period), _written(one.value), _written(rate.value))
        for one, rate in zip(counts, rates, strict=True)
    ]


def _written(value: float | None) -> str:
    return ".." if value is None else str(int(value))


def _lines(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    text = raw.decode("utf-8") if path.name.startswith("sol_") else raw.decode("iso-8859-1")
    return [row for row in csv.reader(text.splitlines()[1:], delimiter=";") if row]


def independent(path: Path) -> dict[tuple[str, str, str], tuple[str, str]]:
    """A second reading that shares nothing with the first but the slug of a label."""
    best: dict[tuple[str, str, str], tuple[str, str]] = {}
    months = ["Jan", "Feb", "Mar", "Apr", "Maj", "Jun"]
    months += ["Jul", "Aug", "Sep", "Okt", "Nov", "Dec"]
    for region, crime, year, period, count, rate, _ in _lines(path):
        when = period if year == "År" else f"{year[:4]}-{months.index(period) + 1:02}"
        key = (slug(region), slug(crime), when)
        if key not in best or best[key] == ("0", "0"):
            best[key] = (count, rate)
    return best
