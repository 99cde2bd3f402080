"""Who a request comes from: the pair of headers that each kind of key travels in."""

from typing import Protocol

from patron.http.bodies import Headers
from patron.http.routes import Kind
from patron.kernel.problems import Problem, unauthorized

HEADERS: dict[Kind, tuple[str, str]] = {
    "server": ("X-App-Id", "X-App-Token"),
    "client": ("X-Client-Application-Id", "X-Client-Token"),
    "management": ("X-Management-Id", "X-Management-Token"),
}
"""The headers in which the id and the token of each kind of key travel (spec C 7.4)."""


class Who(Protocol):
    """The key that a request was made with."""

    @property
    def project_id(self) -> str: ...
    @property
    def app_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...


class Authenticate(Protocol):
    """Finds the key with this id, if the token opens it; raises Problem 401."""

    async def __call__(self, kind: Kind, app_id: str, token: str, origin: str | None, /) -> Who: ...


class Reach(Protocol):
    """Looks whether a key may work in another project; raises Problem 404 as if there were none where it may not."""

    async def __call__(self, who: Who, project_id: str, /) -> None: ...


class Credentials:
    """Reads the credentials of the kinds of keys that a route takes. Made once for a route."""

    def __init__(self, kinds: tuple[Kind, ...]) -> None:
        self._pairs = [(kind, *_on_the_wire(kind)) for kind in kinds]
        self._expected = " or ".join("{} and {}".format(*HEADERS[kind]) for kind in kinds)

    async def check(self, authenticate: Authenticate, headers: Headers) -> Who:
        """The key of this request. Raises Problem 401."""
        for kind, id_name, token_name in self._pairs:
            app_id, token = headers.get(id_name), headers.get(token_name)
            if app_id is not None and token is not None:
                return await authenticate(kind, _text(app_id), _text(token), _origin(headers))
        raise self._missing()

    def _missing(self) -> Problem:
        return unauthorized(f"Send the headers {self._expected}.")


def _on_the_wire(kind: Kind) -> tuple[bytes, bytes]:
    id_name, token_name = HEADERS[kind]
    return id_name.lower().encode(), token_name.lower().encode()


def _origin(headers: Headers) -> str | None:
    origin = headers.get(b"origin")
    return None if origin is None else _text(origin)


def _text(value: bytes) -> str:
    return value.decode("latin-1")
