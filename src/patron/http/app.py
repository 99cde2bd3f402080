"""The ASGI application, built from routes and from what they are given."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import falcon
import falcon.asgi

from patron.http.addresses import Addresses
from patron.http.answers import answer, refuse_by_itself
from patron.http.client_side import CLIENT, ClientSide, answer_preflight
from patron.http.edge import EXCHANGE, Asgi, Edge
from patron.http.exchange import Exchange, ShowProblem
from patron.http.operations import Operation, Surroundings
from patron.http.pages import PageOperation, PageRoute
from patron.http.probes import Check, Live, Metrics, Ready
from patron.http.rate_limits import RateLimits
from patron.http.reference import Document, Page, PageParts
from patron.http.routes import Kind, Route

Serve = Callable[..., Awaitable[None]]
"""Answers a request with the path's parameters as keywords."""


class Responder(Protocol):
    """What answers one method of one path."""

    @property
    def route(self) -> Route | PageRoute: ...

    async def serve(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, **segments: str) -> None: ...


def build_app(
    routes: Sequence[Route],
    pages: Sequence[PageRoute],
    surroundings: Surroundings,
    show_problem: ShowProblem,
    check: Check,
) -> Asgi:
    """The whole edge as one ASGI application.

    `show_problem` makes a page of what a page's handler raises. `check` returns when the database answers and raises
    a Problem when it does not. The application has no life of its own: open the database before it serves, and
    close it after.
    """
    framework = _framework(check)
    rate_limits = RateLimits()
    client_side = ClientSide(surroundings.client_limit, Addresses(surroundings.trusted_proxies))
    responders: list[Responder] = [
        *(Operation(route, surroundings, rate_limits, client_side) for route in routes),
        *(PageOperation(page, surroundings, show_problem) for page in pages),
    ]
    for paths in _by_depth(_by_path(responders)):
        for path, of_path in paths.items():
            framework.add_route(path, Resource(path, of_path, _shadowed(path, paths)))
    framework.add_route("/openapi.json", Document(routes))
    framework.add_route("/docs", Page())
    framework.add_route("/docs/{name}", PageParts())
    return Edge(framework)


def build_probes(check: Check) -> Asgi:
    """What a process answers that serves nothing: probes and metrics."""
    return Edge(_framework(check))


def _framework(check: Check) -> "falcon.asgi.App[Any, Any]":
    framework = falcon.asgi.App()
    refuse_by_itself(framework)
    framework.add_route("/livez", Live())
    framework.add_route("/readyz", Ready(check))
    framework.add_route("/metrics", Metrics())
    return framework


def _by_path(responders: Iterable[Responder]) -> dict[str, list[Responder]]:
    paths: defaultdict[str, list[Responder]] = defaultdict(list)
    for responder in responders:
        paths[responder.route.path].append(responder)
    return paths


def _by_depth(paths: Mapping[str, list[Responder]]) -> Iterable[dict[str, list[Responder]]]:
    """The paths of one part, those of two, and so on: only these may be taken for each other."""
    depths: defaultdict[int, dict[str, list[Responder]]] = defaultdict(dict)
    for path, responders in paths.items():
        depths[path.count("/")][path] = responders
    return depths.values()


def _shadowed(path: str, paths: Mapping[str, Sequence[Responder]]) -> dict[str, Serve]:
    """By method, what answers an id that is spelled like a fixed part of this path: a voucher may be named `import`.

    The framework would look at the fixed part alone, and refuse every method that only `/v1/vouchers/{code}` takes.
    """
    serve: dict[str, Serve] = {}
    for template, responders in paths.items():
        given = _filled(template, path)
        if given:
            for responder in responders:
                answers: Serve = responder.serve
                serve[responder.route.method] = partial(answers, **given)
    return serve


def _filled(template: str, path: str) -> dict[str, str]:
    """The parameters of a template that fixed parts of a path stand for; empty where the path is another one.

    Both have as many parts.
    """
    pairs = [(one, other) for one, other in zip(template.split("/"), path.split("/"), strict=True) if one != other]
    if not all(one.startswith("{") and not other.startswith("{") for one, other in pairs):
        return {}
    return {one.strip("{}"): other for one, other in pairs}


def keys_of(route: Route | PageRoute) -> tuple[Kind, ...]:
    """The kinds of keys that a route takes; a page takes none."""
    return route.keys if isinstance(route, Route) else ()


class Resource:
    """One path in the framework's form: a responder `on_…` for each method that the path takes.

    HEAD is answered wherever GET is, by its headers; OPTIONS everywhere, by the list of methods, and for a page's
    browser by its leave to ask.
    """

    def __init__(self, path: str, responders: Sequence[Responder], shadowed: Mapping[str, Serve]) -> None:
        self._path = path
        methods: dict[str, Serve] = {**shadowed, **{each.route.method: each.serve for each in responders}}
        if "GET" in methods:
            self.on_head = methods["GET"]
        for method, serve in methods.items():
            setattr(self, f"on_{method.lower()}", serve)
        self._is_for_pages = any(CLIENT in keys_of(responder.route) for responder in responders)
        self._allowed = ", ".join(sorted({*methods, "OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))

    async def on_options(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, **_segments: str) -> None:
        exchange: Exchange = req.scope[EXCHANGE]
        exchange.route = self._path
        exchange.headers_out.append(("Allow", self._allowed))
        if self._is_for_pages:
            answer_preflight(exchange, self._allowed)
        answer(resp, exchange, 204, b"")
