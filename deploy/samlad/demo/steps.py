"""Progress of the season: a bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Step = Callable[[str], None]


@contextmanager
def steps(total: int) -> Iterator[Step]:
    """Yields what to call after each of `total` steps, with a line that says what was done."""
    if not sys.stderr.isatty():
        yield lambda line: print(f"samlad: {line}", file=sys.stderr, flush=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("playing the season", total=total)
        yield lambda line: progress.update(task, advance=1, description=line)
