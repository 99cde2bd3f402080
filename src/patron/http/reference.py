"""The document for people: an interactive page whose parts all come from this server, none from elsewhere."""

import asyncio
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import falcon.asgi

from patron.http.answers import answer
from patron.http.edge import EXCHANGE
from patron.http.exchange import Exchange
from patron.http.openapi import document
from patron.http.routes import Route
from patron.kernel.problems import no_such_route

_PAGE: Final = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Patron API</title>
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START: Final = b'SwaggerUIBundle({ url: "openapi.json", dom_id: "#swagger-ui", deepLinking: true });\n'
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere, nothing inline, and no frame around it."""
_MEDIA_TYPES: Final = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}


class Document:
    """`GET /openapi.json`, made when somebody first asks for it: most servers start to serve, and are never asked."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = routes
        self._document: bytes | None = None

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        exchange: Exchange = req.scope[EXCHANGE]
        exchange.route = "/openapi.json"
        if self._document is None:
            self._document = await asyncio.to_thread(document, self._routes)
        answer(resp, exchange, 200, self._document)


class Page:
    """`GET /docs`."""

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        exchange: Exchange = req.scope[EXCHANGE]
        exchange.route = "/docs"
        exchange.headers_out.append(("Content-Security-Policy", _POLICY))
        resp.content_type = "text/html; charset=utf-8"
        answer(resp, exchange, 200, _PAGE)


class PageParts:
    """`GET /docs/{name}`: the page's script, styles and icon."""

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, name: str) -> None:
        exchange: Exchange = req.scope[EXCHANGE]
        exchange.route = "/docs/{name}"
        exchange.headers_out.append(("Cache-Control", "public, max-age=3600"))
        if name == "start.js":
            resp.content_type = "text/javascript; charset=utf-8"
            answer(resp, exchange, 200, _START)
        elif name in _MEDIA_TYPES:
            resp.content_type = _MEDIA_TYPES[name]
            answer(resp, exchange, 200, _part(name))
        else:
            raise no_such_route("The page has no part of this name.")


@cache
def _part(name: str) -> bytes:
    """One of Swagger UI's files, which lie in a folder that is named for its version."""
    (folder,) = (files("swagger_ui_bundle") / "vendor").iterdir()
    return (folder / name).read_bytes()
