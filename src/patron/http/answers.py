"""Answers: what leaves the edge, success and refusal alike."""

from typing import Any

import falcon
import falcon.asgi
import msgspec
import structlog
from msgspec import UNSET, UnsetType

from patron.db.actions import JSON, Reply
from patron.http.bodies import ClientLeft, is_worth_discarding
from patron.http.edge import EXCHANGE
from patron.http.exchange import UNMATCHED, Exchange
from patron.http.logs import fault_of
from patron.kernel.problems import Problem, internal_error, method_not_allowed, no_such_route

log = structlog.get_logger("patron.edge")


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every refusal (spec C 7.1). `code` is the HTTP status; `details` say what was expected."""

    code: int
    key: str
    message: str
    details: str
    request_id: str
    resource_id: str | UnsetType = UNSET
    resource_type: str | UnsetType = UNSET


TOO_LARGE = 413

_encode = msgspec.json.Encoder().encode


def answer(resp: falcon.asgi.Response, exchange: Exchange, status: int, body: bytes) -> None:
    """Fill the framework's response; `body` is encoded JSON, or empty."""
    exchange.status = status
    resp.status = status
    resp.set_headers(exchange.headers_out)
    resp.data = body


def send(resp: falcon.asgi.Response, exchange: Exchange, reply: Reply) -> None:
    """Answer with what a handler gave."""
    if reply.media_type != JSON:
        resp.content_type = reply.media_type
    exchange.headers_out += reply.headers
    answer(resp, exchange, reply.status, reply.body)
    if reply.stream is not None:
        resp.data = None  # which would go before the stream
        resp.stream = reply.stream


def refuse(resp: falcon.asgi.Response, exchange: Exchange, problem: Problem) -> None:
    """Answer with the problem's envelope, or with a page where a person reads it."""
    exchange.problem = problem.key
    if problem.retry_after is not None:
        exchange.headers_out.append(("Retry-After", str(problem.retry_after)))
    if problem.status == TOO_LARGE and not is_worth_discarding(exchange.headers):
        exchange.headers_out.append(("Connection", "close"))
    if exchange.show_problem is not None:
        send(resp, exchange, exchange.show_problem(problem, exchange.request_id))
    else:
        answer(resp, exchange, problem.status, envelope_of(problem, exchange.request_id))


def envelope_of(problem: Problem, request_id: str) -> bytes:
    """The body of a refusal."""
    return _encode(
        Envelope(
            code=problem.status,
            key=problem.key,
            message=problem.message,
            details=problem.details,
            request_id=request_id,
            resource_id=problem.resource_id or UNSET,
            resource_type=problem.resource_type or UNSET,
        )
    )


def refuse_by_itself(framework: "falcon.asgi.App[Any, Any]") -> None:
    """Have the framework answer in the envelope whatever a responder raises, or it raises itself."""
    framework.add_error_handler(Exception, _refuse_fault)
    framework.add_error_handler(falcon.HTTPError, _refuse_of_framework)
    framework.add_error_handler(Problem, _refuse_problem)
    framework.add_error_handler(ClientLeft, _leave)


async def _refuse_problem(
    req: falcon.asgi.Request, resp: falcon.asgi.Response, problem: Problem, _params: dict[str, Any]
) -> None:
    refuse(resp, req.scope[EXCHANGE], problem)


async def _refuse_of_framework(
    req: falcon.asgi.Request, resp: falcon.asgi.Response, error: falcon.HTTPError, _params: dict[str, Any]
) -> None:
    exchange: Exchange = req.scope[EXCHANGE]
    if error.status_code == falcon.http_status_to_code(falcon.HTTP_404):
        problem = no_such_route("No operation has this path; /docs lists them all.")
    else:
        exchange.route = req.uri_template or UNMATCHED
        allowed = dict(error.headers or {}).get("Allow", "")
        exchange.headers_out.append(("Allow", allowed))
        problem = method_not_allowed(f"This path takes {allowed}.")
    refuse(resp, exchange, problem)


async def _refuse_fault(
    req: falcon.asgi.Request, resp: falcon.asgi.Response, fault: Exception, _params: dict[str, Any]
) -> None:
    exchange: Exchange = req.scope[EXCHANGE]
    log.error("fault", request_id=exchange.request_id, route=exchange.route, **fault_of(fault))
    refuse(resp, exchange, internal_error())


async def _leave(
    _req: falcon.asgi.Request, resp: falcon.asgi.Response, _left: ClientLeft, _params: dict[str, Any]
) -> None:
    """Nobody reads this answer."""
    resp.data = b""
