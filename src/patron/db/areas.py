"""Points and areas in SQL: whether a text is a point in one of them.

SQLite, which runs in this process, asks the areas. PostgreSQL gets them as JSON and computes the same from it
in the same order, with whole numbers and doubles, so that it comes to the same of every point.
"""

import json
from typing import Any

import apsw
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from patron.db.dialect import JsonText
from patron.engine.areas import Areas, Together
from patron.engine.areas.circles import HALF_RADIANS, RADIANS, TERMS, Circle
from patron.engine.areas.points import DEGREE, FULL, HALF, PATTERN, QUARTER, geopoint_of
from patron.engine.areas.polygons import Edge, Polygon


class is_located(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - named as it is called
    """Whether a text is a point in an area: `is_located(text, the areas, the same as JSON)`; NULL where it is none."""

    type = sa.Boolean()
    inherit_cache = True


def located(text: sa.ColumnElement[Any], areas: Areas) -> sa.ColumnElement[Any]:
    """Whether a text is a point in one of these areas."""
    in_process = sa.literal(apsw.pyobject(Together(areas)), sa.types.NullType())
    return is_located(text, in_process, sa.literal(json.dumps(_plain(areas)), JsonText()))


def teach(connection: apsw.Connection) -> None:
    """Give a connection to SQLite the function of this module."""
    connection.create_scalar_function("is_located", _is_located, 2, deterministic=True)


def _is_located(*given: Any) -> bool | None:
    text, areas = given
    point = geopoint_of(text)
    return None if point is None else areas.contains(*point)


@compiles(is_located, "sqlite")
def _in_process(function: is_located, compiler: Any, **options: Any) -> str:
    text, areas, _ = (clause for clause in function.clauses)
    return f"is_located({compiler.process(text, **options)}, {compiler.process(areas, **options)})"


def _plain(areas: Areas) -> dict[str, list[Any]]:
    """Areas as JSON: circles, and polygons by their bounds and where their slabs begin in `firsts`.

    That says where each slab begins in `edges`, which has an array of each of an edge's four numbers; a polygon's last
    slab ends where the entry after its own says.
    """
    polygons: list[list[int]] = []
    firsts: list[int] = []
    edges: list[Edge] = []
    for each in areas:
        if isinstance(each, Polygon):
            polygons.append([each.south, each.west, each.north, each.east, len(each.slabs), len(firsts)])
            for slab in each.slabs:
                firsts.append(len(edges))
                edges += slab
            firsts.append(len(edges))
    return {
        "circles": [
            [each.latitude, each.longitude, each.reach, each.cosine, each.most]
            for each in areas
            if isinstance(each, Circle)
        ],
        "polygons": polygons,
        "firsts": firsts,
        "edges": [list(numbers) for numbers in zip(*edges, strict=True)],
    }


def _double(number: float) -> str:
    return f"'{number!r}'::float8"


def _sine(angle: str, square: str) -> str:
    """The series of `engine.areas.circles`, of columns with an angle and its square."""
    total = _double(TERMS[-1])
    for term in TERMS[-2::-1]:
        total = f"({total} * {square} + {_double(term)})"
    return f"{total} * {angle}"


def _list(name: str) -> str:
    """One of the arrays of whole numbers, which is made once for a statement."""
    return f"(ARRAY(SELECT n::bigint FROM given, jsonb_array_elements_text(areas #> '{{{name}}}') AS n))"  # noqa: S608


def _columns(name: str, columns: str) -> str:
    """The rows of a list of lists, whose columns are named, each with its type."""
    told = ", ".join(
        f"(e ->> {n})::{each.split()[1]} AS {each.split()[0]}" for n, each in enumerate(columns.split(", "))
    )
    return f"{name} AS MATERIALIZED (SELECT {told} FROM given, jsonb_array_elements(areas -> '{name}') AS e)"  # noqa: S608


_POINT = (
    f"SELECT round(m[1]::numeric * {DEGREE})::bigint AS lat, round(m[2]::numeric * {DEGREE})::bigint AS lng"  # noqa: S608
    " FROM (SELECT CASE WHEN t ~ '^{pattern}$' THEN string_to_array(substr(t, 5), ',') END AS m"
    " FROM (SELECT {text} AS t OFFSET 0) AS v OFFSET 0) AS w OFFSET 0"
)
_EAST = "abs(p.lng - c.lng)"
_IN_CIRCLE = (
    "SELECT 1 FROM circles AS c"  # noqa: S608
    f" CROSS JOIN LATERAL (SELECT abs(p.lat - c.lat) * {_double(HALF_RADIANS)} AS a,"
    f" least({_EAST}, {FULL} - {_EAST}) * {_double(HALF_RADIANS)} AS b,"
    f" ({QUARTER} - abs(p.lat)) * {_double(RADIANS)} AS d OFFSET 0) AS angle"
    " CROSS JOIN LATERAL (SELECT a * a AS aa, b * b AS bb, d * d AS dd OFFSET 0) AS square"
    f" CROSS JOIN LATERAL (SELECT {_sine('a', 'aa')} AS north, {_sine('b', 'bb')} AS east,"
    f" {_sine('d', 'dd')} AS cosine OFFSET 0) AS sine"
    " WHERE abs(p.lat - c.lat) <= c.reach"
    " AND north * north + c.cosine * sine.cosine * (east * east) <= c.most"
)
_SLAB = "g.at + (p.lat - g.south) * g.slabs / (g.north - g.south + 1)"
_EDGES = ", ".join(f"{_list(f'edges,{n}')}[i] AS {name}" for n, name in enumerate(("lat1", "lng1", "lat2", "lng2")))
_HERE, _EDGE = "(p.lng - lng1) * (lat2 - lat1)", "(lng2 - lng1) * (p.lat - lat1)"
_IN_POLYGON = (
    "SELECT 1 FROM polygons AS g"  # noqa: S608
    " WHERE p.lat BETWEEN g.south AND g.north AND p.lng BETWEEN g.west AND g.east AND ("
    f"SELECT coalesce(bool_or({_HERE} = {_EDGE} AND p.lng BETWEEN least(lng1, lng2) AND greatest(lng1, lng2)), false)"
    f" OR count(*) FILTER (WHERE p.lat < lat2 AND {_HERE} < {_EDGE}) & 1 = 1"
    f" FROM (SELECT {_EDGES} FROM generate_series({_list('firsts')}[{_SLAB} + 1] + 1, {_list('firsts')}[{_SLAB} + 2])"
    " AS i OFFSET 0) AS e WHERE p.lat BETWEEN lat1 AND lat2)"
)


@compiles(is_located, "postgresql")
def _computed(function: is_located, compiler: Any, **options: Any) -> str:
    text, _, areas = (clause for clause in function.clauses)
    point = _POINT.format(text=compiler.process(text, **options), pattern=PATTERN)
    return (
        f"(WITH given AS MATERIALIZED (SELECT {compiler.process(areas, **options)}::jsonb AS areas),"  # noqa: S608
        f" {_columns('circles', 'lat bigint, lng bigint, reach bigint, cosine float8, most float8')},"
        f" {_columns('polygons', 'south bigint, west bigint, north bigint, east bigint, slabs bigint, at bigint')}"
        f" SELECT EXISTS ({_IN_CIRCLE}) OR EXISTS ({_IN_POLYGON}) FROM ({point}) AS p"
        f" WHERE abs(p.lat) <= {QUARTER} AND abs(p.lng) <= {HALF})"
    )
