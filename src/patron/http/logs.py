"""Logs: one line of JSON for each thing worth telling, on standard error; never a person's data.

Of an exception, its type and its frames are kept, not its message: a database's or a decoder's message may
quote what a request held.
"""

import asyncio
import atexit
import logging
import sys
import traceback
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any, BinaryIO, Literal

import msgspec
import structlog

from patron.kernel.clock import now_ms, to_iso

Format = Literal["json", "console"]

FLUSH_SECONDS = 0.1
FLUSH_LINES = 500


class RequestLine(msgspec.Struct):
    """What is told of a request. `ms` is its duration; `problem` is the key of a refusal."""

    time: str
    level: str
    event: str
    method: str
    route: str
    status: int
    ms: float
    request_id: str
    project_id: str | None
    key_id: str | None
    problem: str | None


class Lines:
    """Where lines go: to the stream at once, or a moment later with others where an event loop runs.

    Warnings and errors do not wait. What has not been written when the process is killed is lost.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._waiting: list[bytes] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        atexit.register(self.flush)

    def info(self, line: bytes) -> None:
        self._waiting.append(line)
        if len(self._waiting) >= FLUSH_LINES:
            self.flush()
        elif self._loop is None:
            self._flush_soon()

    debug = info

    def error(self, line: bytes) -> None:
        self._waiting.append(line)
        self.flush()

    warning = critical = error

    def flush(self) -> None:
        """Write what waits."""
        self._loop = None
        if self._waiting:
            self._waiting.append(b"")
            self._stream.write(b"\n".join(self._waiting))
            self._stream.flush()
            self._waiting.clear()

    def _flush_soon(self) -> None:
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
        else:
            self._loop.call_later(FLUSH_SECONDS, self.flush)


_request_lines: Lines | None = None
"""Where requests are told of without structlog, which would cost more than the rest of a request's telling."""


def configure_logs(level: str, form: Format) -> None:
    """Set up structlog and the standard library's logging for this process.

    `level` is debug, info, warning or error; `form` is json for machines, console for people.
    """
    global _request_lines  # noqa: PLW0603 - logging is the process's, like the stream it goes to
    threshold = logging.getLevelNamesMapping()[level.upper()]
    if form == "json":
        lines = Lines(sys.stderr.buffer)
        _request_lines = lines if threshold <= logging.INFO else None
        structlog.configure(
            processors=[_add_time_and_level, _to_json],
            wrapper_class=structlog.make_filtering_bound_logger(threshold),
            logger_factory=lambda *_names: lines,
        )
    else:
        _request_lines = None
        structlog.configure(
            processors=[_add_time_and_level, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())],
            wrapper_class=structlog.make_filtering_bound_logger(threshold),
            logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        )
    logging.basicConfig(level=max(threshold, logging.INFO), handlers=[_ToStructlog()], force=True)


def log_request(line: RequestLine) -> None:
    """Tell of a request that has ended."""
    if _request_lines is None:
        structlog.get_logger().info(**msgspec.structs.asdict(line))
    else:
        _request_lines.info(_encode(line))


def log_time(ms: int) -> str:
    """Epoch milliseconds as ISO 8601 UTC, always with milliseconds, so that lines sort as text."""
    return f"{_second(ms // 1000)}.{ms % 1000:03d}Z"


@lru_cache(2)
def _second(seconds: int) -> str:
    return to_iso(seconds * 1000).removesuffix("Z")


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
    return {"time": log_time(now_ms()), "level": method, **event}


class _ToStructlog(logging.Handler):
    """Gives what libraries log by the standard library the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"logger": record.name}
        if record.exc_info and record.exc_info[1]:
            fields |= fault_of(record.exc_info[1])
        structlog.get_logger().log(record.levelno, record.getMessage(), **fields)
