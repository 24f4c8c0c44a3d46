"""How the command line says that something cannot be done."""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    CANNOT_FETCH = 3
    NOT_RUNNING = 4
    REFUSED = 5


class CannotError(Exception):
    """One clear sentence for the person, and the exit code that goes with it."""

    def __init__(self, sentence: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(sentence)
        self.code = code
