"""Traces: which tables hold rows about one subject, so that all of it can be told, and all of it can go.

Each domain lists its own in `TRACES`; `app.py` hands the whole list to the verbs that tell and erase. The subject is
whoever the rows are about, named by the id that one column holds. Two subjects may become one: then the rows of the
one are given to the other.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec
import sqlalchemy as sa

from patron.db.actions import Read
from patron.db.dialect import TEXT, has_part
from patron.db.statements import Statement
from patron.db.tables import Table

CHUNK = 500
"""How many rows of one table go in one unit."""


class Trace:
    """Rows of one table about a subject, whose id is in the column `by`.

    The primary key or an index begins with the project, `by` and `then`: by these, rows are told and erased in chunks
    (one chunk may be larger by rows of one `then`). `told_as` is the name under which `tell` shows each row to whoever
    asks what is held about them; without one, the rows repeat what others tell, and only go. `counted_as` is the
    counter that an erasure adds them to, `listed_as` the list whose total they are in. With `among`, of the subject's
    rows only those go of which that is true.

    When the subject becomes one with another, the rows are given to that one in chunks, by `given_to`. Where writers
    read the rows by their subject to keep sums right, they are `given_at_once`: all of them, in the moment in which the
    two become one. A table whose key lets a subject have but one row of a kind has `fold` instead: what becomes of the
    other's row and of this one's, in the same moment. Rows of both kinds are few. Where somebody makes such rows anew
    from a list, whose total they pause for that, `made_of` is the name of the list: a merge is before that, or after.
    """

    def __init__(
        self,
        table: Table[Any],
        *,
        by: str,
        then: str,
        told_as: str | None = None,
        tell: Callable[[Any], Any] | None = None,
        counted_as: str | None = None,
        listed_as: str | None = None,
        among: sa.ColumnElement[bool] | None = None,
        fold: Callable[[Any, Any], Any] | None = None,
        given_at_once: bool = False,
        made_of: str | None = None,
    ) -> None:
        self.table = table
        self.by = by
        self.then = then
        self.told_as = told_as
        self.counted_as = counted_as
        self.listed_as = listed_as
        self.made_of = made_of
        self.fold = fold
        self.moves_at_once = given_at_once or fold is not None
        self._tell = tell
        self._among = among
        self._page: Statement[Any] = Statement(
            sa.select(table.sa).where(*self._of_subject(table.sa), table.c[then] > sa.bindparam("after"))
            .order_by(table.c[then]).limit(sa.bindparam("limit")),
            table.struct,
        )  # fmt: skip
        self.every: Statement[Any] = Statement(
            sa.select(table.sa).where(*self._of_subject(table.sa)).order_by(table.c[then]), table.struct
        )
        self.erase: Statement[str] = self._erase()

    def given_to(self, other: sa.ScalarSelect[str]) -> Statement[str]:
        """Gives up to a chunk of the subject's rows to whom `other` tells, and gives one value for each.

        `other` may use the parameters `project_id` and `subject`; where it tells nobody, nothing is given.
        """
        column = self.table.c[self.then]
        return Statement(
            sa.update(self.table.sa)
            .where(*self._of_subject(self.table.sa), column <= self._end_of_chunk(), other.is_not(None))
            .values({self.by: other})
            .returning(column),
            str,
        )

    def as_of(self, row: Any, subject: str) -> Any:
        """This row, if it were about another subject."""
        return msgspec.structs.replace(row, **{self.by: subject})

    async def told(self, read: Read, project_id: str, subject: str) -> AsyncIterator[Any]:
        """What is told of each row, in the order of `then`; reads a chunk at a time."""
        assert self._tell is not None
        after: str | int = "" if isinstance(self.table.c[self.then].type, sa.Text) else -1
        while True:
            rows = await read.scan(self._page, project_id=project_id, subject=subject, after=after, limit=CHUNK)
            whole = rows if len(rows) < CHUNK else self._without_last(rows)
            for row in whole:
                yield self._tell(row)
            if len(rows) < CHUNK:
                return
            after = getattr(whole[-1], self.then)

    def _without_last(self, rows: list[Any]) -> list[Any]:
        """Rows of a chunk without those of its last `then`, of which there may be more; a chunk has at least two."""
        last = getattr(rows[-1], self.then)
        return [row for row in rows if getattr(row, self.then) != last]

    def _of_subject(self, table: Any) -> tuple[sa.ColumnElement[bool], ...]:
        return table.c.project_id == sa.bindparam("project_id"), table.c[self.by] == sa.bindparam("subject")

    def _erase(self) -> Statement[str]:
        """Deletes up to a chunk of the subject's rows and gives one value for each."""
        column = self.table.c[self.then]
        of_chunk = (*self._of_subject(self.table.sa), column <= self._end_of_chunk())
        if self._among is not None:
            of_chunk = (*of_chunk, self._among)
        return Statement(self._deed().where(*of_chunk).returning(column), str)

    def _deed(self) -> sa.Delete | sa.Update:
        """How a row goes."""
        return sa.delete(self.table.sa)

    def _end_of_chunk(self) -> sa.ColumnElement[Any]:
        """The `then` of the last row of the first chunk."""
        other = self.table.sa.alias()
        of_subject = sa.select(other.c[self.then]).where(*self._of_subject(other)).order_by(other.c[self.then])
        end = of_subject.limit(1).offset(CHUNK - 1).scalar_subquery()
        last = sa.select(sa.func.max(other.c[self.then])).where(*self._of_subject(other)).scalar_subquery()
        return sa.func.coalesce(end, last)


class Link(Trace):
    """Rows that stay without their subject, who is named in the column `by`: there, nobody is named any more.

    What else in the row may tell of the subject is put to what `cleared` says, by column; `nobody` stands in `by` then.
    """

    def __init__(
        self,
        table: Table[Any],
        *,
        by: str,
        then: str,
        nobody: str | None = None,
        cleared: Mapping[str, str | None] = MappingProxyType({}),
        **told: Any,
    ) -> None:
        self._left = {
            column: sa.null() if value is None else sa.literal(value, table.c[column].type)
            for column, value in {**cleared, by: nobody}.items()
        }
        super().__init__(table, by=by, then=then, **told)

    def _deed(self) -> sa.Update:
        return sa.update(self.table.sa).values(self._left)


class Mention:
    """Rows that hold a text in which a subject's id may stand: there are few at a time, so all are looked through.

    They wait to be worked on and repeat what other rows hold, so they go with the subject and are not told.
    """

    def __init__(self, table: Table[Any], column: str) -> None:
        self.table = table
        self.column = column
        self.erase: Statement[str] = Statement(
            sa.delete(table.sa)
            .where(
                table.c.project_id == sa.bindparam("project_id"),
                sa.cast(table.c[column], TEXT).like("%" + sa.bindparam("subject", type_=TEXT) + "%"),
            )
            .returning(table.c[table.key[-1]]),
            str,
        )


class Entry(Mention):
    """Rows that hold a JSON array of texts among which a subject's id may be: there, an empty text takes its place.

    The column is text, and the rows stay for the others' sake.
    """

    def __init__(self, table: Table[Any], column: str) -> None:
        super().__init__(table, column)
        quoted = sa.literal('"', TEXT)
        entry = quoted + sa.bindparam("subject", type_=TEXT) + quoted
        self.erase: Statement[str] = Statement(
            sa.update(table.sa)
            .where(table.c.project_id == sa.bindparam("project_id"), has_part(table.c[column], entry))
            .values({column: sa.func.replace(table.c[column], entry, sa.literal('""', TEXT))})
            .returning(table.c[table.key[-1]]),
            str,
        )
