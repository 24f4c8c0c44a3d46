"""What the bench of intake found, for a file and for a person, and what was promised."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

from deploy.samlad.bench_load import Outcome

PROMISED: Final = 1.5
STEADY_RATE: Final = 200
STEADY_P99_MS: Final = 50.0
IN_ONE: Final = 50  # concerns of one request, where many are sent in one


@dataclass(frozen=True, slots=True)
class Result:
    """All rounds of each, intake at a steady rate, and whether all that was accepted stands."""

    callers: int
    all_stand: bool
    intake: list[Outcome]
    plain: list[Outcome]
    batches: list[Outcome]
    steady: Outcome

    @property
    def ratio(self) -> float:
        """How many times the rate of the plain endpoint, by the medians of the rounds."""
        return _rate(self.intake) / _rate(self.plain)

    @property
    def kept(self) -> bool:
        """Whether the promise holds: the ratio, the 99th percentile, and nothing lost."""
        quick = self.steady.p99_ms < STEADY_P99_MS and not self.steady.refused
        return self.all_stand and self.ratio >= PROMISED and quick

    def as_json(self) -> dict[str, Any]:
        """The result for a file."""
        return asdict(self) | {
            "ratio": round(self.ratio, 2),
            "promised": PROMISED,
            "steady_p99_promised_ms": STEADY_P99_MS,
        }

    def table(self) -> str:
        """The result for a person."""
        head = f"{'':18}{'accepted/s':>12}{'range':>18}{'p50 ms':>9}{'p99 ms':>9}{'ratio':>8}"
        steady = self.steady
        return "\n".join(
            [
                f"{self.callers} callers, {len(self.intake)} interleaved rounds, w: majority",
                head,
                _line("plain insert_one", self.plain, 1.0),
                _line("intake", self.intake, self.ratio),
                _line(
                    f"… {IN_ONE} a request", self.batches, _rate(self.batches) / _rate(self.plain)
                ),
                (
                    f"intake at {STEADY_RATE}/s: p50 {steady.p50_ms:.1f} ms, "
                    f"p99 {steady.p99_ms:.1f} ms (promised: under {STEADY_P99_MS:.0f})"
                ),
                "everything that was accepted stands"
                if self.all_stand
                else "WHAT STANDS IS NOT WHAT WAS ACCEPTED: the figures mean nothing",
            ]
        )


def _rate(rounds: Sequence[Outcome]) -> float:
    return median(one.per_second for one in rounds)


def _line(name: str, rounds: Sequence[Outcome], ratio: float) -> str:
    rates = [one.per_second for one in rounds]
    spread = f"{min(rates):,.0f} to {max(rates):,.0f}"
    p50, p99 = median(one.p50_ms for one in rounds), median(one.p99_ms for one in rounds)
    return f"{name:18}{median(rates):>12,.0f}{spread:>18}{p50:>9.1f}{p99:>9.1f}{ratio:>7.1f}x"
