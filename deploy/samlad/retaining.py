"""A disposal run through intake's API: part by part, until nothing that is due is left."""

from typing import Any, Final, Protocol

from deploy.samlad.watching import watched

PATH: Final = "/intake/v1/disposals"


class Asked(Protocol):
    """The front door."""

    def post(self, path: str, **content: Any) -> dict[str, Any]:  # noqa: ANN401 - as Door has it
        """Send something and return the answer's JSON."""
        ...


def dispose(door: Asked, *, carry_out: bool) -> dict[str, Any]:
    """Return the report of the whole run: what was due at its beginning, and what went."""
    report = door.post(PATH, json={"dry_run": not carry_out})
    if not carry_out:
        return report
    with watched("disposed of") as tell:
        last, due = report, sum(row["due"] or 0 for row in report["rows"])
        tell(_gone(report), due)
        while last["left"] and _gone(last):
            last = door.post(PATH, json={"dry_run": False})
            for row, more in zip(report["rows"], last["rows"], strict=True):
                row["deleted"] += more["deleted"]
            report["left"] = last["left"]
            tell(_gone(report), due)
    return report


def as_table(report: dict[str, Any]) -> list[dict[str, object]]:
    """Return a row per kind."""
    return [
        {
            "kind": row["kind"],
            "due": "-" if row["due"] is None else row["due"],
            "deleted": row["deleted"],
            "decision": _decision(row["decision"]),
        }
        for row in report["rows"]
    ]


def _gone(report: dict[str, Any]) -> int:
    return sum(row["deleted"] for row in report["rows"])


def _decision(decision: dict[str, Any] | None) -> str:
    if decision is None:
        return "no decision (inget beslut)"
    return f"{decision['reference']}: {decision['days']} days, from {decision['valid_from']}"
