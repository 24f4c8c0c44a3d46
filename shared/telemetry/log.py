"""Structured logs from an allow-list of fields: words and codes, never what somebody wrote.

A field that is not on the list is dropped and counted; a value that does not look like a code,
an id, a number or a time is withheld. Exceptions are told by type and place only. What libraries
log keeps its logger, level and place; its words only where they are literals.
"""

import logging
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger

from shared.telemetry.log_fields import allowed, error_fields, rendered, with_trace

_QUIET = {
    "uvicorn.access": logging.CRITICAL,  # requests are counted by shared.web
    "httpx": logging.WARNING,  # its INFO is one line per request, address included
    "httpcore": logging.WARNING,
    "fastapi": logging.ERROR,  # warns that e-mail addresses are not checked; ours is a constant
    "pymongo": logging.WARNING,  # its commands hold documents
}
_LITERAL_LOGGERS = ("uvicorn", "aiokafka")


def configure(service: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send everything this process logs as JSON lines to `stream` (standard output)."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            _told_exception,
            _served_by(service),
            allowed,
            rendered,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=_LoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    _route_libraries(LibraryHandler(service, stream), level)


def configure_once(service: str, level: str = "INFO") -> None:
    """Configure unless it has been done: no app ever runs with a logger that shows too much."""
    if not structlog.is_configured():
        configure(service, level)


def get(name: str) -> FilteringBoundLogger:
    """The logger of one module; `name` tells the reader which. Safe at import."""
    lazy: FilteringBoundLogger = structlog.get_logger(module=name)
    return lazy


class _LoggerFactory:
    """Gives structlog a writer to the stream and keeps the module's name with it."""

    def __init__(self, out: TextIO | None) -> None:
        self._out = out

    def __call__(self, *_names: str) -> structlog.WriteLogger:
        return structlog.WriteLogger(self._out or sys.stdout)


class LibraryHandler(logging.Handler):
    """Writes what libraries log through `logging`, without their arguments and texts."""

    def __init__(self, service: str, out: TextIO | None) -> None:
        super().__init__()
        self._service = service
        self._out = out

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record as one JSON line; a broken stream is let be."""
        fields = with_trace(_foreign(record) | {"service": self._service})
        out = self._out or sys.stdout
        try:
            out.write(rendered(None, "", allowed(None, "", fields)) + "\n")
            out.flush()
        except (OSError, ValueError):
            self.handleError(record)


def _foreign(record: logging.LogRecord) -> dict[str, Any]:
    literal = record.name.startswith(_LITERAL_LOGGERS) and isinstance(record.msg, str)
    fields: dict[str, Any] = {
        "event": record.msg if literal else "library message",
        "level": record.levelname.lower(),
        "logger": record.name,
        "line": f"{record.module}:{record.lineno}",
    }
    if record.exc_info and record.exc_info[1] is not None:
        fields |= error_fields(record.exc_info[1])
    return fields


def _route_libraries(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    for old in [h for h in root.handlers if isinstance(h, LibraryHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(max(logging.getLevelName(level), logging.INFO))
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "faststream"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(least)
    logging.captureWarnings(capture=True)


def _told_exception(_logger: object, _method: str, fields: EventDict) -> EventDict:
    told = fields.pop("exc_info", None)
    error = told if isinstance(told, BaseException) else sys.exc_info()[1] if told else None
    if error is not None:
        fields.update(error_fields(error))
    return fields


def _served_by(service: str) -> structlog.typing.Processor:
    def stamp(_logger: object, _method: str, fields: EventDict) -> dict[str, Any]:
        return with_trace({**fields, "service": service})

    return stamp
