"""Long work as the person sees it: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from deploy.samlad import say

EVERY_SECONDS: Final = 5.0


@contextmanager
def watched(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yield what is told how many are done, and of how many."""
    if not sys.stderr.isatty():
        yield _lines(what)
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=max(of, done))


def _lines(what: str) -> Callable[[int, int], None]:
    told = time.monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal told
        if done >= of or time.monotonic() - told >= EVERY_SECONDS:
            told = time.monotonic()
            say.progress(f"{what}: {done} of {max(of, done)}")

    return tell
