"""The interpreter, told about polls; once per process, when its bus starts. Both were measured.

A poll is tens of thousands of small objects without a single cycle. With Python's own thresholds
the collector walks them over and over while they are alive: a third of a projector's processor
time. What a process has loaded by then stays for good, so it is not walked again either.

While one batch is under way in the driver's thread the next is decoded in this one, and whoever
waits for the interpreter waits for a switch interval. Five milliseconds at each of the driver's
steps made a batch take half as long again; half a millisecond costs nothing that could be seen.
"""

import gc
import sys

NEW_OBJECTS = 100_000
SWITCH_SECONDS = 0.0005


def expect_polls() -> None:
    """Collect more rarely, leave alone what is there already, and switch threads sooner."""
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 10, 10)
    sys.setswitchinterval(SWITCH_SECONDS)
