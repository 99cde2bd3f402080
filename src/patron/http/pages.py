"""Pages: HTML for people, who have no key. What they may see is said by the link that they were given."""

import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes
from typing import Literal, TypeVar
from urllib.parse import urlsplit

import falcon.asgi

from patron.db.actions import Action, Ctx, Read, Reply
from patron.db.units import Units
from patron.http.answers import send
from patron.http.edge import EXCHANGE
from patron.http.exchange import Exchange, ShowProblem
from patron.http.forms import query_fields, read_form
from patron.http.links import Links
from patron.http.operations import Surroundings
from patron.http.paths import check_uri, decoded_params
from patron.kernel.clock import now_ms
from patron.kernel.problems import forbidden

W = TypeVar("W")

HTML = "text/html; charset=utf-8"
PERSON = "USER_PORTAL"
"""The channel of what somebody does on a page (spec C 2.8)."""
LONGEST_LANGUAGES = 200

_HOST = re.compile(r"https://[a-z0-9.-]+(?::\d{1,5})?")
_ALWAYS = (
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
"""The address of a page may be all that it takes to open it: no other site, search engine or window gets to know it."""


class Visit:
    """One visit of a page: who comes is not known, only what they sent.

    `params` holds the path's parameters, `query` and `form` the fields of either, all decoded; a page that is only
    looked at has an empty form. `languages` is the header Accept-Language. `origin` and `fetch_site` are what the
    browser tells of the page that sent the visitor; a form of another site never gets here. `now` is epoch ms,
    `seed` 16 random bytes. `links` opens and seals what stands in addresses, which begin with `public_url`.
    """

    __slots__ = (
        "_exchange",
        "_units",
        "fetch_site",
        "form",
        "languages",
        "links",
        "now",
        "origin",
        "params",
        "public_url",
        "query",
        "request_id",
        "seed",
    )

    def __init__(
        self,
        exchange: Exchange,
        units: Units,
        params: Mapping[str, str],
        form: Mapping[str, str],
        links: Links,
        public_url: str,
    ) -> None:
        self._exchange = exchange
        self._units = units
        self.params = params
        self.query: Mapping[str, str] = query_fields(exchange.query)
        self.form = form
        self.languages = exchange.header(b"accept-language")[:LONGEST_LANGUAGES]
        self.origin = exchange.header(b"origin") or None
        self.fetch_site = exchange.header(b"sec-fetch-site") or None
        self.now = now_ms()
        self.seed = token_bytes(16)
        self.request_id = exchange.request_id
        self.links = links
        self.public_url = public_url

    def ctx(self, project_id: str) -> Ctx:
        """The context of what this visit does in a project."""
        return Ctx(project_id, self.now, self.seed, self.request_id, PERSON)

    async def read(self, project_id: str) -> Read:
        """Reads of a project that the visitor may see; the log line then names it."""
        self._exchange.project_id = project_id
        return await self._units.reading(project_id)

    async def write(self, ctx: Ctx, action: Action[W], body: W) -> Reply:
        """A write in the project of `ctx`. The reply is what the action says, mostly JSON: not yet a page."""
        self._exchange.project_id = ctx.project_id
        return await self._units.write(action, ctx, body)


PageHandler = Callable[[Visit], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class PageRoute:
    """One page. `path` has its parameters in braces; a `POST` takes a form. HEAD is answered where GET is.

    What the handler raises as a Problem is shown as a page.
    """

    method: Literal["GET", "POST"]
    path: str
    handler: PageHandler


def html(text: str, *, status: int = 200, images: Sequence[str] = (), styles: Sequence[str] = ()) -> Reply:
    """A reply that is a page.

    `images` are URLs (https) from whose hosts it may show pictures; `styles` the contents of its `<style>` elements.
    Beyond those and what this server itself sends as pictures and style sheets, a browser loads nothing, runs no
    script, sends forms nowhere else and shows the page in no frame. ValueError for a URL of another form.
    """
    return Reply(status, text.encode(), HTML, (("Content-Security-Policy", _policy(images, styles)),))


def see_other(location: str) -> Reply:
    """A reply that sends the visitor on to another address by GET (303), such as after a form."""
    return Reply(303, b"", HTML, (("Location", location), ("Content-Security-Policy", _policy((), ()))))


def _policy(images: Sequence[str], styles: Sequence[str]) -> str:
    hosts = "".join(f" {host}" for host in sorted({_host_of(url) for url in images}))
    hashes = "".join(f" 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" for style in styles)
    return (
        f"default-src 'none'; style-src 'self'{hashes}; img-src 'self'{hosts}; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def _host_of(url: str) -> str:
    parts = urlsplit(url)
    host = f"{parts.scheme}://{parts.netloc}".lower()
    if not _HOST.fullmatch(host):
        raise ValueError("an image's URL must be https://host/…")
    return host


class PageOperation:
    """One page, ready to be visited."""

    def __init__(self, route: PageRoute, surroundings: Surroundings, show_problem: ShowProblem) -> None:
        self.route = route
        self._surroundings = surroundings
        self._show_problem = show_problem
        self._links = Links(surroundings.secrets)

    async def serve(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, **segments: str) -> None:
        """The framework's responder; what it raises is answered by the error handlers."""
        exchange: Exchange = req.scope[EXCHANGE]
        exchange.route = self.route.path
        exchange.show_problem = self._show_problem
        exchange.headers_out += _ALWAYS
        send(resp, exchange, await self._reply(exchange, segments))

    async def _reply(self, exchange: Exchange, segments: Mapping[str, str]) -> Reply:
        check_uri(exchange)
        params = decoded_params(segments)
        form: Mapping[str, str] = {}
        if self.route.method == "POST":
            _refuse_other_sites(exchange, self._surroundings.public_url)
            form = await read_form(exchange)
        surroundings = self._surroundings
        visit = Visit(exchange, surroundings.units, params, form, self._links, surroundings.public_url)
        return await self.route.handler(visit)


def _refuse_other_sites(exchange: Exchange, public_url: str) -> None:
    """Whoever knows a page's address may send its form, from a mail program too; a page of another site may not.

    A browser that tells no Sec-Fetch-Site is judged by its Origin, which `no-referrer` makes `null` for our own forms.
    """
    site = exchange.header(b"sec-fetch-site")
    origin = exchange.header(b"origin")
    foreign = site in ("cross-site", "same-site") if site else origin not in ("", "null", _origin_of(public_url))
    if foreign:
        raise forbidden("This form was sent by another site. Open the page itself and send it from there.")


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
