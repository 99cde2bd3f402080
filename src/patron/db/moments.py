"""Days and moments in SQL: which texts are one, and on which day of a time zone a moment lies.

PostgreSQL tells by patterns and arithmetic, and takes the zone as the table that `kernel.zones` has; SQLite, which runs
in this process and knows neither patterns nor zones, asks `kernel` itself. So both come to what predicates come to.
"""

import json
from typing import Any

import apsw
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from patron.db.dialect import INTEGER, TEXT, JsonText
from patron.kernel.iso import DAY_MS, day_of, day_text, ms_of
from patron.kernel.zones import FIRST_DAY, LAST_DAY, Zone, zone_of

_DATE = (
    "(?!0000)[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?!0000)(?:[02468][048]|[13579][26])00)-02-29"
)
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,9})?)?"
_OFFSET = "(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])?"
_DAY_PATTERN = f"^(?:{_DATE})$"
_MOVED = 1_000_000
_MOMENT_PATTERN = f"^(?:{_DATE})[Tt ]{_CLOCK}{_OFFSET}$"


class valid_day(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - named as it is called
    """The text, where it is a day `YYYY-MM-DD`; else NULL."""

    type = TEXT
    inherit_cache = True


class moment_ms(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - named as it is called
    """The epoch ms of a text that is a moment in ISO 8601; else NULL."""

    type = INTEGER
    inherit_cache = True


class local_day(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - named as it is called
    """The day `YYYY-MM-DD` of a moment (epoch ms) in a zone: `local_day(ms, *zone_params(…))`."""

    type = TEXT
    inherit_cache = True


class weekday(sa.sql.functions.GenericFunction[Any]):  # noqa: N801 - named as it is called
    """The day of the week of a valid day; 0 is Sunday."""

    type = INTEGER
    inherit_cache = True


ZONE_PARAMS = (
    sa.bindparam("zone_name", type_=TEXT),
    sa.bindparam("zone_starts", type_=JsonText()),
    sa.bindparam("zone_offsets", type_=JsonText()),
)
"""The zone of `local_day`, whose values `zone_values` gives."""


def zone_values(zone: Zone) -> dict[str, str]:
    """The values of `ZONE_PARAMS`."""
    return {
        "zone_name": zone.name,
        "zone_starts": json.dumps(zone.starts),
        "zone_offsets": json.dumps(zone.offsets),
    }


@compiles(valid_day, "postgresql")
def _valid_day(function: valid_day, compiler: Any, **options: Any) -> str:
    text = compiler.process(function.clauses, **options)
    return f"(CASE WHEN {text} ~ '{_DAY_PATTERN}' THEN {text} END) COLLATE \"C\""


@compiles(moment_ms, "postgresql")
def _moment_ms(function: moment_ms, compiler: Any, **options: Any) -> str:
    text = compiler.process(function.clauses, **options)
    offset = f"substring({text} from '[+-][0-9]{{2}}:?[0-9]{{2}}$')"
    minutes = f"(substring({offset}, 2, 2)::int * 60 + right({offset}, 2)::int)"
    return (
        f"CASE WHEN {text} ~ '{_MOMENT_PATTERN}' THEN "
        f"(left({text}, 10)::date - DATE '1970-01-01')::bigint * {DAY_MS}"
        f" + substring({text}, 12, 2)::int * 3600000 + substring({text}, 15, 2)::int * 60000"
        f" + coalesce(substring({text} from '^.{{16}}:([0-9]{{2}})'), '0')::int * 1000"
        f" + rpad(coalesce(substring({text} from '[.]([0-9]{{1,3}})'), ''), 3, '0')::int"
        f" - coalesce(CASE left({offset}, 1) WHEN '-' THEN -1 ELSE 1 END * {minutes}, 0) * 60000 END"
    )


@compiles(local_day, "postgresql")
def _local_day(function: local_day, compiler: Any, **options: Any) -> str:
    ms, _, starts, offsets = function.clauses
    again, moment = (compiler.process(ms, **options) for _ in range(2))
    array = "ARRAY(SELECT value::bigint FROM jsonb_array_elements_text({}::jsonb))"
    of_starts, of_offsets = (array.format(compiler.process(clause, **options)) for clause in (starts, offsets))
    local = f"({again} + ({of_offsets})[width_bucket({moment}, {of_starts})])"
    # Division cuts towards zero, so everything is moved behind zero for it.
    day = f"({local} + {_MOVED} * {DAY_MS}::bigint) / {DAY_MS} - {_MOVED}"
    known = f"DATE '1970-01-01' + least(greatest({day}, {FIRST_DAY}), {LAST_DAY})::int"
    # least and greatest pass over a NULL, so it is looked for beforehand.
    return f"(CASE WHEN {moment} IS NOT NULL THEN to_char({known}, 'YYYY-MM-DD') END) COLLATE \"C\""


@compiles(local_day, "sqlite")
def _local_day_sqlite(function: local_day, compiler: Any, **options: Any) -> str:
    ms, name, *_ = function.clauses
    return f"local_day({compiler.process(ms, **options)}, {compiler.process(name, **options)})"


@compiles(weekday, "sqlite")
def _weekday_sqlite(function: weekday, compiler: Any, **options: Any) -> str:
    return f"CAST(strftime('%w', {compiler.process(function.clauses, **options)}) AS INTEGER)"


@compiles(weekday, "postgresql")
def _weekday_postgres(function: weekday, compiler: Any, **options: Any) -> str:
    return f"extract(dow from ({compiler.process(function.clauses, **options)})::date)::int"


def teach(connection: apsw.Connection) -> None:
    """Give a connection to SQLite the functions of this module that it asks `kernel` for."""
    connection.create_scalar_function("valid_day", _known_day, 1, deterministic=True)
    connection.create_scalar_function("moment_ms", _known_ms, 1, deterministic=True)
    connection.create_scalar_function("local_day", _day_in, 2, deterministic=True)


def _known_day(*given: Any) -> str | None:
    [text] = given
    return text if text is not None and day_of(text) is not None else None


def _known_ms(*given: Any) -> int | None:
    [text] = given
    return None if text is None else ms_of(text)


def _day_in(*given: Any) -> str | None:
    ms, zone = given
    return None if ms is None else day_text(zone_of(zone).day_of(ms))
