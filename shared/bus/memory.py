"""The cyclic garbage collector, told about polls.

A poll is tens of thousands of small objects without a single cycle. With Python's own thresholds
the collector walks them over and over while they are alive: a third of a projector's processor
time, measured. What a process has loaded by the time its bus starts stays for good.
"""

import gc

NEW_OBJECTS = 100_000


def expect_polls() -> None:
    """Collect more rarely, and leave alone what is there already."""
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 10, 10)
