"""A toy shop of notes over a real SQLite file: all that the edge needs to be tried, and nothing of the domain."""

import asyncio
from dataclasses import dataclass
from html import escape
from typing import Annotated, Any, Literal

import msgspec
import sqlalchemy as sa
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy.schema import CreateIndex, CreateTable

from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.announcer import Announcer
from patron.db.dialect import SQLITE
from patron.db.rows import Rows
from patron.db.rulebook import Rulebook, Rulebooks
from patron.db.sqlite import SqliteDatabase
from patron.db.statements import Statement
from patron.db.tables import METADATA, Table
from patron.db.units import Units
from patron.http.app import build_app
from patron.http.authentication import Who
from patron.http.edge import Asgi
from patron.http.listing import Paging, list_of
from patron.http.operations import Surroundings
from patron.http.pages import PageRoute, Visit, html, see_other
from patron.http.routes import Call, Kind, Route
from patron.http.uploads import Upload
from patron.kernel.json_bounds import check_metadata
from patron.kernel.problems import Problem, not_found, unauthorized

SECRETS = ("a secret for tests, long enough to sign with",)
PUBLIC_URL = "https://notes.example/shop"
KEY = {"X-App-Id": "app-1", "X-App-Token": "token-1"}
OTHER_KEY = {"X-App-Id": "app-2", "X-App-Token": "token-2"}
CLIENT_KEY = {"X-Client-Application-Id": "web-1", "X-Client-Token": "token-3", "Origin": "https://shop.example"}


class Note(msgspec.Struct, frozen=True):
    """A note; `id` is the caller's."""

    project_id: str
    id: str
    text: str
    times_written: int


NOTES = Table(Note, "notes", rank=900, metadata=sa.MetaData())

NOTE = Statement(
    sa.select(NOTES.sa).where(NOTES.c.project_id == sa.bindparam("project_id"), NOTES.c.id == sa.bindparam("id")), Note
)
NOTES_AFTER = Statement(
    sa.select(NOTES.sa)
    .where(NOTES.c.project_id == sa.bindparam("project_id"), NOTES.c.id > sa.bindparam("after"))
    .order_by(NOTES.c.id)
    .limit(sa.bindparam("limit")),
    Note,
)


class Place(msgspec.Struct):
    city: Annotated[str, Meta(max_length=10)] | None | UnsetType = UNSET


class NoteIn(msgspec.Struct):
    text: Annotated[str, Meta(max_length=100)]
    stars: Annotated[int, Meta(ge=0, le=5)] = 0
    kind: Literal["plain", "fancy"] = "plain"
    place: Place | None = None
    metadata: dict[str, Any] | UnsetType = UNSET
    slow: bool = False

    def __post_init__(self) -> None:
        if self.metadata is not UNSET:
            check_metadata(self.metadata)


class NoteOut(msgspec.Struct):
    id: str
    text: str
    times_written: int


class NotesQuery(Paging, frozen=True, kw_only=True):
    before: str | None = msgspec.field(default=None, name="created_at[before]")
    order: Literal["id", "-id"] = "id"


NoteList = list_of("notes", NoteOut)


@dataclass(frozen=True)
class Named:
    id: str
    note: NoteIn | None = None


async def _gather(_read: Read, ctx: Ctx, named: Named) -> Wants:
    if named.note is not None and named.note.slow:
        await asyncio.sleep(0.3)
    wants = Wants()
    wants.make(NOTES, Note(ctx.project_id, named.id, "", 0))
    return wants


def _write(rows: Rows, ctx: Ctx, named: Named) -> Reply:
    note = rows.get(NOTES, (ctx.project_id, named.id))
    assert note is not None
    assert named.note is not None
    if named.note.text == "impossible":
        raise not_found("wonder", named.id)
    if named.note.text == "refused":
        return Reply(400, b'{"refused":true}')
    note = msgspec.structs.replace(note, text=named.note.text, times_written=note.times_written + 1)
    rows.put(NOTES, note)
    return Reply(200, msgspec.json.encode(NoteOut(note.id, note.text, note.times_written)))


async def _gather_removal(read: Read, ctx: Ctx, named: Named) -> Wants:
    if await read.one(NOTE, project_id=ctx.project_id, id=named.id) is None:
        raise not_found("note", named.id)
    wants = Wants()
    wants.lock(NOTES, (ctx.project_id, named.id), to_delete=True)
    return wants


def _remove(rows: Rows, ctx: Ctx, named: Named) -> Reply:
    note = rows.get(NOTES, (ctx.project_id, named.id))
    if note is None:
        raise not_found("note", named.id)
    rows.remove(NOTES, note)
    return Reply(204)


WRITE_NOTE = Action("write_note", _gather, _write)
REMOVE_NOTE = Action("remove_note", _gather_removal, _remove)


async def _show(call: Call[None, None]) -> Reply:
    note = await call.read.one(NOTE, project_id=call.ctx.project_id, id=call.params["noteId"])
    if note is None:
        raise not_found("note", call.params["noteId"])
    return call.json(NoteOut(note.id, note.text, note.times_written))


async def _list(call: Call[None, NotesQuery]) -> Reply:
    after = "" if call.query.cursor is None else str(call.cursors.open(call.query.cursor)[0])
    found = await call.read.all(NOTES_AFTER, project_id=call.ctx.project_id, after=after, limit=call.query.limit + 1)
    shown = found[: call.query.limit]
    more = len(found) > len(shown)
    return call.json(
        NoteList(
            notes=[NoteOut(note.id, note.text, note.times_written) for note in shown],
            total=len(found),
            has_more=more,
            next_cursor=call.cursors.seal((shown[-1].id,)) if more else UNSET,
        )
    )


async def _list_others(call: Call[None, NotesQuery]) -> Reply:
    assert call.query.cursor is not None
    return call.json(call.cursors.open(call.query.cursor))


async def _put(call: Call[NoteIn, None]) -> Reply:
    return await call.write(WRITE_NOTE, Named(call.params["noteId"], call.body))


async def _upload(call: Call[Upload, None]) -> Reply:
    """The note is the file's name and its content, as far as a note goes."""
    text = f"{call.body.filename}: {call.body.content[:50].decode(errors='replace')}"
    return await call.write(WRITE_NOTE, Named(call.params["noteId"], NoteIn(text)))


async def _who(call: Call[None, None]) -> Reply:
    ctx = call.ctx
    return call.json([ctx.channel, ctx.key_id, ctx.key_name, ctx.origin])


async def _delete(call: Call[None, None]) -> Reply:
    return await call.write(REMOVE_NOTE, Named(call.params["noteId"]))


async def _derive(call: Call[None, None]) -> Reply:
    return call.json(call.derive(call.params["purpose"]).hex())


async def _break(_call: Call[None, None]) -> Reply:
    raise ValueError("Ada Lovelace <ada@example.com> broke it")


async def _echo(call: Call[Any, None]) -> Reply:
    return call.json(call.body)


ROUTES = [
    Route("GET", "/v1/notes", _list, summary="List notes", tag="Notes", query=NotesQuery, answers={200: NoteList}),
    Route("GET", "/v1/others", _list_others, summary="List others", tag="Notes", query=NotesQuery, answers={200: None}),
    Route("GET", "/v1/notes/{noteId}", _show, summary="Get a note", tag="Notes", answers={200: NoteOut}),
    Route("PUT", "/v1/notes/{noteId}", _put, summary="Write a note", tag="Notes", body=NoteIn, answers={200: NoteOut}),
    Route("PUT", "/v1/notes/{noteId}/file", _upload, summary="Upload a note", tag="Notes", body=Upload,
          answers={200: NoteOut}),
    Route("DELETE", "/v1/notes/{noteId}", _delete, summary="Delete a note", tag="Notes", answers={204: None}),
    Route("POST", "/v1/echo", _echo, summary="Say it again", tag="Echo", body=Any, answers={200: None}),
    Route("GET", "/v1/broken", _break, summary="Break", tag="Echo", answers={200: None}),
    Route("GET", "/client/v1/notes", _list, summary="List notes in a browser", tag="Notes", query=NotesQuery,
          answers={200: NoteList}, keys=("client", "server")),
    Route("PUT", "/client/v1/notes/{noteId}", _put, summary="Write a note in a browser", tag="Notes", body=NoteIn,
          answers={200: NoteOut}, keys=("client",), switch="write_notes",
          unsupported={"X-Carrier-Pigeon": "expected none, as Patron keeps no pigeons"}),
    Route("GET", "/client/v1/who", _who, summary="Say who asks", tag="Notes", answers={200: None},
          keys=("client", "server")),
    Route("GET", "/in/{projectId}/notes", _list, summary="List a project's notes", tag="Notes", query=NotesQuery,
          answers={200: NoteList}, project="projectId"),
    Route("PUT", "/in/{projectId}/notes/{noteId}", _put, summary="Write a project's note", tag="Notes", body=NoteIn,
          answers={200: NoteOut}, project="projectId"),
    Route("GET", "/v1/derived/{purpose}", _derive, summary="Derive", tag="Echo", answers={200: None}),
]  # fmt: skip


async def _show_page(visit: Visit) -> Reply:
    project_id = visit.links.open("note", visit.params["token"], visit.now)
    if project_id is None:
        raise not_found("page", visit.params["token"])
    read = await visit.read(project_id)
    note = await read.one(NOTE, project_id=project_id, id=visit.query.get("note", "welcome"))
    shown = "nothing" if note is None else note.text
    return html(f"<p>{shown} in {visit.languages}", images=("https://CDN.example/logo.png",), styles=("p {}",))


async def _write_from_page(visit: Visit) -> Reply:
    project_id = visit.links.open("note", visit.params["token"], visit.now)
    await visit.write(visit.ctx(project_id), WRITE_NOTE, Named("welcome", NoteIn(visit.form["text"])))
    return see_other(f"{visit.public_url}/p/{visit.params['token']}")


async def _break_page(_visit: Visit) -> Reply:
    raise ValueError("Ada Lovelace <ada@example.com> broke it")


PAGES = [
    PageRoute("GET", "/p/{token}", _show_page),
    PageRoute("POST", "/p/{token}", _write_from_page),
    PageRoute("GET", "/p/{token}/broken", _break_page),
]


def _show_problem(problem: Problem, request_id: str) -> Reply:
    return html(f"<h1>{escape(problem.message)}</h1>{escape(problem.details)} {request_id}", status=problem.status)


@dataclass(frozen=True)
class ToyKey:
    kind: Kind
    app_id: str
    token: str
    project_id: str
    name: str = "a toy's"


KEYS = (
    ToyKey("server", "app-1", "token-1", "proj_1"),
    ToyKey("server", "app-2", "token-2", "proj_2"),
    ToyKey("client", "web-1", "token-3", "proj_1"),
)


async def authenticate(kind: Kind, app_id: str, token: str, origin: str | None) -> ToyKey:
    for key in KEYS:
        if (key.kind, key.app_id, key.token) == (kind, app_id, token) and (kind == "server" or origin):
            return key
    raise unauthorized("Check the id and the token of the key.")


async def reach(who: Who, project_id: str) -> None:
    """Keys of the first project reach the second one too."""
    if project_id != who.project_id and (who.project_id, project_id) != ("proj_1", "proj_2"):
        raise not_found("project", project_id)


class Toys:
    """The application and what lies under it; `limit` is every project's rate limit."""

    def __init__(self, database: SqliteDatabase) -> None:
        self.database = database
        self.limit: int | None = None
        self.units = Units(database, Rulebooks(()), Announcer())
        self.client_limit = (1_000, 1)
        self.closed: set[str] = set()
        surroundings = Surroundings(
            units=self.units,
            authenticate=authenticate,
            reach=reach,
            rate_limit=self._limit,
            client_limit=lambda _rulebook: self.client_limit,
            refusal=self._refusal,
            secrets=SECRETS,
            public_url=PUBLIC_URL,
            trusted_proxies=("127.0.0.1", "10.0.0.0/8"),
        )
        self.app: Asgi = build_app(ROUTES, PAGES, surroundings, _show_problem, self._check)

    async def make_tables(self) -> None:
        for metadata in (METADATA, NOTES.sa.metadata):
            for table in metadata.sorted_tables:
                await self._define(CreateTable(table))
                for index in table.indexes:
                    await self._define(CreateIndex(index))

    async def _define(self, clause: sa.DDLElement) -> None:
        sql = str(clause.compile(dialect=SQLITE))
        await self.database.in_writer(lambda connection: connection.execute(sql))

    def _limit(self, _rulebook: Rulebook) -> int | None:
        return self.limit

    def _refusal(self, _rulebook: Rulebook, switch: str) -> str | None:
        return f"{switch} is off; switch it on" if switch in self.closed else None

    async def _check(self) -> None:
        await self.database.all(NOTES_AFTER, project_id="", after="", limit=1)
