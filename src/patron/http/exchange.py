"""One request and its answer, as the edge knows them before and beside the framework."""

from collections.abc import Callable, MutableMapping
from itertools import count
from secrets import token_hex
from time import perf_counter
from typing import Any

from patron.db.actions import Reply
from patron.http.bodies import Receive
from patron.kernel.problems import Problem

UNMATCHED = "unmatched"
LEFT = "patron.left"
"""Where in a request's scope the server's connection puts the function that tells whether the client has hung up."""
CLIENT_LEFT = 499

ShowProblem = Callable[[Problem, str], Reply]
"""Makes a page of a problem and the request's id."""

_PROCESS = f"v-{token_hex(5)}"
_numbers = count()
"""A request's id is the process's part, drawn at its start, and a number: unique, and cheaper than chance."""


def next_request_id() -> str:
    """The id of the next request."""
    return f"{_PROCESS}{next(_numbers):08x}"


def _still_here() -> bool:
    return False


class Exchange:
    """What is known of a request: what came in, who it is from, and how it ended.

    `path` and `query` are as sent, still percent-encoded; `peer` is the address at the other end of the connection.
    `route` is the template that matched, `status` the answer's (499: the client left first), `problem` the key of a
    refusal, which `show_problem` makes a page of where a person reads it. `headers_out` goes with every answer.
    """

    __slots__ = (
        "headers",
        "headers_out",
        "key_id",
        "left",
        "method",
        "path",
        "peer",
        "problem",
        "project_id",
        "query",
        "receive",
        "request_id",
        "route",
        "show_problem",
        "started",
        "status",
    )

    def __init__(self, scope: MutableMapping[str, Any], receive: Receive) -> None:
        self.started = perf_counter()
        self.request_id = next_request_id()
        self.method: str = scope["method"]
        self.path: bytes = scope["raw_path"]
        self.query: bytes = scope["query_string"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.receive = receive
        self.left: Callable[[], bool] = scope.get(LEFT, _still_here)
        client = scope.get("client")
        self.peer: str = client[0] if client else ""
        self.route = UNMATCHED
        self.status = CLIENT_LEFT
        self.project_id: str | None = None
        self.key_id: str | None = None
        self.problem: str | None = None
        self.show_problem: ShowProblem | None = None
        self.headers_out: list[tuple[str, str]] = [
            ("X-Request-Id", self.request_id),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ]

    def header(self, name: bytes) -> str:
        """The header of this lower-case name as text; empty where there is none."""
        return self.headers.get(name, b"").decode("latin-1")
