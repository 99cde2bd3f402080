"""Logs: one line of JSON for each thing worth telling, on standard error; never a person's data.

Of an exception, its type and its frames are kept, not its message: a database's or a decoder's message may
quote what a request held.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Literal

import msgspec
import structlog

from patron.kernel.clock import now_ms, to_iso

Format = Literal["json", "console"]


def configure_logs(level: str, form: Format) -> None:
    """Set up structlog and the standard library's logging for this process.

    `level` is debug, info, warning or error; `form` is json for machines, console for people.
    """
    threshold = logging.getLevelNamesMapping()[level.upper()]
    renderer: list[Any]
    if form == "json":
        renderer = [_to_json]
        factory: Any = structlog.BytesLoggerFactory(sys.stderr.buffer)
    else:
        renderer = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
        factory = structlog.PrintLoggerFactory(sys.stderr)
    structlog.configure(
        processors=[_add_time_and_level, *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=factory,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(threshold, logging.INFO), handlers=[_ToStructlog()], force=True)


def fault_of(exception: BaseException) -> dict[str, Any]:
    """The fields that tell of an exception, and of what caused it."""
    told: dict[str, Any] = {
        "fault": type(exception).__qualname__,
        "frames": [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(exception.__traceback__)
        ],
    }
    cause = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)
    if cause is not None:
        told["cause"] = fault_of(cause)
    return told


_encode = msgspec.json.Encoder(enc_hook=str).encode


def _to_json(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> bytes:
    return _encode(event)


def _add_time_and_level(_logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {"time": to_iso(now_ms()), "level": method, **event}


class _ToStructlog(logging.Handler):
    """Gives what libraries log by the standard library the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"logger": record.name}
        if record.exc_info and record.exc_info[1]:
            fields |= fault_of(record.exc_info[1])
        structlog.get_logger().log(record.levelno, record.getMessage(), **fields)
