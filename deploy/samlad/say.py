"""What commands print: words and tables for persons, JSON for programs."""

import json
import sys
from collections.abc import Mapping, Sequence


def as_json(answer: object) -> None:
    """Print an answer as JSON."""
    print(json.dumps(answer, indent=1, ensure_ascii=False, default=str))


def table(rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows as a table; columns are those of the first row. `NO_COLOR` is respected."""
    from rich.console import Console
    from rich.table import Table

    if not rows:
        print("-")
        return
    drawn = Table(*rows[0].keys())
    for row in rows:
        drawn.add_row(*(str(row[name]) for name in rows[0]))
    Console(width=None if sys.stdout.isatty() else 160).print(drawn)


def progress(sentence: str) -> None:
    """Say on the error stream what is being done."""
    print(f"samlad: {sentence}", file=sys.stderr, flush=True)
