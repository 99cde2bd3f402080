"""The OpenAPI document, generated from routes and their types; the same routes give the same bytes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

import msgspec

from patron.http.answers import Envelope
from patron.http.authentication import HEADERS
from patron.http.bodies import may_be_absent
from patron.http.routes import Kind, Route
from patron.http.uploads import PART, Upload

Json = dict[str, Any]

_REF = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"{(\w+)}")
_ALWAYS = frozenset({401, 414, 429, 503})
"""What any operation may be answered with."""
_RETRY_AFTER = frozenset({409, 429, 503})

_DESCRIPTION = (
    "Customers and the incentives they use. Every refusal has the same form, whose `details` say what was expected. "
    "Every answer has the header `X-Request-Id`, by which the server's log can be searched."
)


def document(routes: Sequence[Route]) -> bytes:
    """The OpenAPI 3.1 document of these routes: indented JSON, with a line feed at its end."""
    schemas = _Schemas(routes)
    content: Json = {
        "openapi": "3.1.0",
        "info": {"title": "Patron", "version": version("patron"), "description": _DESCRIPTION},
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in routes)],
        "paths": _paths(routes, schemas),
        "components": {
            "schemas": schemas.components,
            "responses": {str(status): _refusal(status) for status in _all_refusals(routes)},
            "headers": _HEADERS_OUT,
            "parameters": {"IdempotencyKey": _IDEMPOTENCY_KEY},
            "securitySchemes": _security_schemes(routes),
        },
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


class _Schemas:
    """The JSON schemas of all types that the routes name, and of what these refer to."""

    def __init__(self, routes: Sequence[Route]) -> None:
        types = list(dict.fromkeys(kind for route in routes for kind in _types_of(route)))
        queries = list(dict.fromkeys(route.query for route in routes if route.query is not None))
        schemas, components = msgspec.json.schema_components([*types, *queries, Envelope], ref_template=_REF)
        self._schema_of: dict[Any, Json] = dict(zip(types, schemas, strict=False))
        names = {
            query: schema["$ref"].rpartition("/")[2]
            for query, schema in zip(queries, schemas[len(types) :], strict=False)
        }
        self._queries: dict[Any, Json] = {query: components.pop(name) for query, name in names.items()}
        self.components = dict(sorted(components.items()))

    def of(self, kind: Any) -> Json:
        """The schema of a body: mostly a reference."""
        return self._schema_of[kind]

    def of_query(self, kind: type[msgspec.Struct]) -> Json:
        """The schema of a query's struct, whose properties are the parameters."""
        return self._queries[kind]


def _types_of(route: Route) -> Iterable[Any]:
    if route.body not in (None, Upload):
        yield route.body
    yield from (kind for kind in route.answers.values() if kind is not None)


def _paths(routes: Sequence[Route], schemas: _Schemas) -> Json:
    paths: Json = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return paths


def _operation(route: Route, schemas: _Schemas) -> Json:
    operation: Json = {
        "operationId": re.sub(r"[^a-z0-9]+", "-", route.summary.lower()).strip("-"),
        "summary": route.summary,
        "tags": [route.tag],
        "security": [{_scheme(kind, part): [] for part in ("Id", "Token")} for kind in route.keys],
        "parameters": [*_path_parameters(route), *_query_parameters(route, schemas), *_header_parameters(route)],
        "responses": {
            **{str(status): _success(status, kind, schemas) for status, kind in sorted(route.answers.items())},
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in refusals_of(route)},
        },
    }
    if route.body is not None:
        content = _FORM if route.body is Upload else {"application/json": {"schema": schemas.of(route.body)}}
        operation["requestBody"] = {"required": not may_be_absent(route.body), "content": content}
    return operation


def refusals_of(route: Route) -> list[int]:
    """Every status of refusal that the operation may answer with, lowest first."""
    statuses = {*_ALWAYS, *route.problems}
    if _PARAMETER.search(route.path):
        statuses |= {400, 404}
    if route.switch is not None:
        statuses |= {403}
    if route.query is not None:
        statuses |= {400}
    if route.body is not None:
        statuses |= {400, 413, 415}
    if route.writes:
        statuses |= {400, 409, 422}
    return sorted(statuses - set(route.answers))


def _all_refusals(routes: Sequence[Route]) -> list[int]:
    return sorted({status for route in routes for status in refusals_of(route)})


def _path_parameters(route: Route) -> list[Json]:
    schema = {"type": "string", "minLength": 1}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in _PARAMETER.findall(route.path)]


def _query_parameters(route: Route, schemas: _Schemas) -> list[Json]:
    if route.query is None:
        return []
    struct = schemas.of_query(route.query)
    return [_query_parameter(name, schema, struct["required"]) for name, schema in struct["properties"].items()]


def _query_parameter(name: str, schema: Mapping[str, Any], required: Sequence[str]) -> Json:
    """A query cannot say null: a field that may be None is a parameter that may be absent."""
    shown = dict(schema)
    description = shown.pop("description", None)
    options = [option for option in shown.pop("anyOf", ()) if option != {"type": "null"}]
    if options:
        shown = {**(options[0] if len(options) == 1 else {"anyOf": options}), **shown}
    if shown.get("default", "") is None:
        del shown["default"]
    parameter: Json = {"name": name, "in": "query", "required": name in required, "schema": shown}
    if any("$ref" in option or option.get("type") == "object" for option in (shown, *shown.get("anyOf", ()))):
        parameter |= {"style": "deepObject", "explode": True}
    return parameter if description is None else {**parameter, "description": description}


def _header_parameters(route: Route) -> list[Json]:
    return [{"$ref": "#/components/parameters/IdempotencyKey"}] if route.writes else []


def _success(status: int, kind: Any, schemas: _Schemas) -> Json:
    response: Json = {"description": HTTPStatus(status).phrase, "headers": {"X-Request-Id": _ref("X-Request-Id")}}
    if kind is not None:
        response["content"] = {"application/json": {"schema": schemas.of(kind)}}
    return response


def _refusal(status: int) -> Json:
    names = ["X-Request-Id", "Retry-After"] if status in _RETRY_AFTER else ["X-Request-Id"]
    return {
        "description": HTTPStatus(status).phrase,
        "headers": {name: _ref(name) for name in names},
        "content": {"application/json": {"schema": {"$ref": _REF.format(name=Envelope.__name__)}}},
    }


def _ref(header: str) -> Json:
    return {"$ref": f"#/components/headers/{header}"}


def _security_schemes(routes: Sequence[Route]) -> Json:
    kinds = [kind for kind in HEADERS if any(kind in route.keys for route in routes)]
    return {
        _scheme(kind, part): {"type": "apiKey", "in": "header", "name": header}
        for kind in kinds
        for part, header in zip(("Id", "Token"), HEADERS[kind], strict=True)
    }


def _scheme(kind: Kind, part: str) -> str:
    return f"{kind}{part}"


_FORM: Json = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "properties": {PART: {"type": "string", "contentMediaType": "application/octet-stream"}},
            "required": [PART],
        }
    }
}

_HEADERS_OUT: Json = {
    "X-Request-Id": {"description": "Names this request in the server's log.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds after which to try again.", "schema": {"type": "integer"}},
}

_IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Sent again under the same key within a day, a request is answered again and not done again.",
    "schema": {"type": "string", "pattern": "^[ -~]{1,255}$"},
}
