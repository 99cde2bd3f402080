"""The ASGI application, built from routes and from what they are given."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import falcon
import falcon.asgi

from patron.http.answers import answer, refuse_by_itself
from patron.http.edge import EXCHANGE, Asgi, Edge
from patron.http.exchange import Exchange
from patron.http.openapi import document
from patron.http.operations import Operation, Surroundings
from patron.http.pages import Document, Page, PageParts
from patron.http.probes import Check, Live, Metrics, Ready
from patron.http.rate_limits import RateLimits
from patron.http.routes import Route


def build_app(routes: Sequence[Route], surroundings: Surroundings, check: Check) -> Asgi:
    """The whole edge as one ASGI application.

    `check` returns when the database answers and raises a Problem when it does not. The application has no life
    of its own: open the database before it serves, and close it after.
    """
    framework = falcon.asgi.App()
    refuse_by_itself(framework)
    rate_limits = RateLimits()
    for path, operations in _by_path(Operation(route, surroundings, rate_limits) for route in routes).items():
        framework.add_route(path, Resource(path, operations))
    framework.add_route("/livez", Live())
    framework.add_route("/readyz", Ready(check))
    framework.add_route("/metrics", Metrics())
    framework.add_route("/openapi.json", Document(document(routes)))
    framework.add_route("/docs", Page())
    framework.add_route("/docs/{name}", PageParts())
    return Edge(framework)


def _by_path(operations: Iterable[Operation]) -> dict[str, list[Operation]]:
    paths: defaultdict[str, list[Operation]] = defaultdict(list)
    for operation in operations:
        paths[operation.route.path].append(operation)
    return paths


class Resource:
    """One path in the framework's form: a responder `on_…` for each method that the path takes.

    HEAD is answered wherever GET is, by its headers; OPTIONS everywhere, by the list of methods.
    """

    def __init__(self, path: str, operations: Sequence[Operation]) -> None:
        self._path = path
        methods = {operation.route.method: operation.serve for operation in operations}
        if "GET" in methods:
            self.on_head = methods["GET"]
        for method, serve in methods.items():
            setattr(self, f"on_{method.lower()}", serve)
        self._allowed = ", ".join(sorted({*methods, "OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))

    async def on_options(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, **_segments: str) -> None:
        exchange: Exchange = req.scope[EXCHANGE]
        exchange.route = self._path
        exchange.headers_out.append(("Allow", self._allowed))
        answer(resp, exchange, 204, b"")
