"""`./samlad test` counts honestly: what ran nothing, and what fell over, has failed."""

import subprocess
from pathlib import Path

import pytest
from coverage import CoverageData

from deploy.samlad.places import root
from deploy.samlad.testing import browser, coverage, run, tiers
from deploy.samlad.testing.count import Count, from_report
from deploy.samlad.testing.tiers import NAMES, Tier

HERE = Tier(name="here", says="a tier of this test", marker="")


def test_counts_add_up_and_read_as_a_sentence() -> None:
    assert str(Count(1, 2, 3) + Count(10, 0, 0)) == "11 passed, 2 failed, 3 skipped"


def test_a_report_is_counted_by_outcome(tmp_path: Path) -> None:
    (tmp_path / "r.xml").write_text(
        '<testsuites><testsuite tests="7" failures="1" errors="1" skipped="2"/></testsuites>'
    )
    assert from_report(tmp_path / "r.xml") == Count(3, 2, 2)


@pytest.mark.parametrize("text", ["", "<half"])
def test_a_report_that_is_not_there_or_half_is_a_failure(text: str, tmp_path: Path) -> None:
    (tmp_path / "r.xml").write_text(text)
    assert from_report(tmp_path / "r.xml").failed
    assert from_report(tmp_path / "none.xml").failed


def _pytest_that(monkeypatch: pytest.MonkeyPatch, code: int, report: str | None) -> None:
    def ran(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        [path] = [each.partition("=")[2] for each in command if each.startswith("--junitxml=")]
        if report is not None:
            Path(path).write_text(f"<testsuites><testsuite {report}/></testsuites>")
        return subprocess.CompletedProcess(command, code)

    monkeypatch.setattr(subprocess, "run", ran)


@pytest.mark.parametrize(
    ("code", "report", "count"),
    [
        (0, 'tests="5" skipped="1"', Count(4, 0, 1)),
        (1, 'tests="5" failures="2"', Count(3, 2, 0)),
        (5, 'tests="0"', Count(0, 1, 0)),
        (0, 'tests="0"', Count(0, 1, 0)),
        (3, 'tests="5"', Count(5, 1, 0)),
        (139, None, Count(0, 1, 0)),
    ],
)
def test_a_tier_that_ran_nothing_or_fell_over_has_failed(
    code: int, report: str | None, count: Count, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _pytest_that(monkeypatch, code, report)
    assert run.pytest_of(HERE, tmp_path, {}) == count


def test_a_tier_that_cannot_run_here_says_why(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiers, "chromium", lambda: None)
    assert run.tier_of(tiers.BROWSER, tmp_path) == Count()
    assert "browser: skipped: no Chromium on this machine" in capsys.readouterr().out


def test_a_chromium_that_is_named_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SAMLAD_CHROMIUM", "/opt/chrome")
    assert browser.chromium() == Path("/opt/chrome")
    monkeypatch.delenv("SAMLAD_CHROMIUM")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert browser.chromium() is None


def test_the_tiers_come_in_their_order_and_leave_no_marker_out() -> None:
    assert NAMES == ("lint", "wheels", "unit", "stack", "slow", "system", "browser")
    assert all(f"not {name}" in tiers.UNIT.marker for name in set(NAMES) - {"lint", "unit"})


def test_rules_are_measured_always_and_the_whole_when_it_is_asked_for() -> None:
    usual, whole = (
        {tier.name: tier for tier in tiers.there("embedded", coverage=asked)}
        for asked in (False, True)
    )

    assert {name for name, tier in usual.items() if tier.measured} == {"unit"}
    assert {name for name, tier in whole.items() if tier.measured} == {"unit", "stack"}
    assert usual["unit"].environment() == {tiers.MEASURED: tiers.RULES}
    assert whole["unit"].environment() == {}
    assert tuple(usual) == tuple(whole)


def test_no_demand_is_judged_without_the_tiers_it_is_made_of(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert coverage.judge(tmp_path, ("stack",), whole=True) == Count()
    said = capsys.readouterr().out
    assert "(every branch) is not judged without unit" in said
    assert "the whole is not judged without unit and stack" in said
    assert coverage.judge(tmp_path, ("stack",), whole=False) == Count()
    assert "the whole is not measured; `./samlad test --coverage` does" in capsys.readouterr().out


@pytest.mark.parametrize(("lines", "count"), [([1, 2, 3], Count(1)), ([1, 2], Count(0, 1))])
def test_a_demand_is_kept_or_not_by_what_its_tiers_reached_together(
    lines: list[int], count: Count, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, pure = tmp_path / "code.py", coverage.Demand("all", 100, None, ("unit", "stack"))
    code.write_text("a = 1\nb = 2\nc = 3\n")
    for tier, reached in (("unit", lines[:1]), ("stack.host.pid1", lines[1:])):
        data = CoverageData(str(tmp_path / f".coverage.{tier}"))
        data.add_arcs({str(code): [(one - 1 or -1, one) for one in reached]})
        data.write()
    monkeypatch.setattr(coverage, "DEMANDS", (pure,))

    assert coverage.judge(tmp_path, ("unit", "stack"), whole=True) == count


@pytest.mark.parametrize("tier", [*tiers.TIERS, *tiers.IN_CONTAINERS], ids=lambda tier: tier.says)
def test_a_tier_that_looks_in_some_places_finds_every_test_of_its_own(tier: Tier) -> None:
    mark, places = f"mark.{tier.name}", [root() / place for place in tier.where or ("tests",)]
    files = [file for file in (root() / "tests").rglob("test_*.py") if mark in file.read_text()]

    assert all(place.exists() for place in places)
    away = [file for file in files if not any(file.is_relative_to(place) for place in places)]
    assert away == []
