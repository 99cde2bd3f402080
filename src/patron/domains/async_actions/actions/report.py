"""Reports: links to them, which open without a key until they expire, and the files that they open."""

from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

from patron.db.actions import Read
from patron.domains.async_actions.model import KEEP_REPORTS_MS, AsyncAction
from patron.domains.async_actions.policy import PARTS_PER_FILE, report_files_of, report_header_of
from patron.domains.async_actions.store import BY_ID, LINES
from patron.domains.async_actions.wire import Result, with_reports
from patron.domains.projects import is_open
from patron.http.links import Links
from patron.kernel.problems import no_such_route

PURPOSE = "async action report"
OVER = "This link is over, or incomplete. The async action has new ones while its report is kept."
_PARTS_AT_A_TIME = 20

_decode = msgspec.json.Decoder(Result).decode


def report_links(action: AsyncAction, links: Links, address: str, now: int) -> Result | None:
    """The result of an action, with links to its report below `address`; None where it has not ended.

    A link names a project, an action and a file, and nobody can change that. After its time there are none.
    """
    if action.result is None:
        return None
    till = action.updated_at + KEEP_REPORTS_MS
    files = range(report_files_of(action)) if now < till else ()
    urls = [f"{address}/{links.seal(PURPOSE, [action.project_id, action.id, file], till)}" for file in files]
    return with_reports(_decode(action.result), urls, till)


async def report_file(reading: Callable[[str], Awaitable[Read]], links: Links, token: str, now: int) -> bytes:
    """The file that a link opens, as CSV in UTF-8. Problem 404 for a link that is over, or none of ours.

    It goes with the action and with the project.
    """
    sealed = links.open(PURPOSE, token, now)
    if sealed is None:
        raise no_such_route(OVER)
    project_id, action_id, file = sealed
    read = await reading(project_id)
    action = await read.one(BY_ID, project_id=project_id, id=action_id)
    if action is None or not is_open(read.rulebook):
        raise no_such_route(OVER)
    first = file * PARTS_PER_FILE
    content = bytearray(report_header_of(action).encode())
    async for piece in _pieces(read, project_id, action_id, first, first + PARTS_PER_FILE):
        content += piece.encode()
    return bytes(content)


async def whole_report(read: Read, action: AsyncAction) -> AsyncIterator[str]:
    """The report of an action, header first, in pieces that fit into memory."""
    yield report_header_of(action)
    async for piece in _pieces(read, action.project_id, action.id, 0, action.position):
        yield piece


async def _pieces(read: Read, project_id: str, action_id: str, first: int, end: int) -> AsyncIterator[str]:
    """The report's lines of the chunks from `first` up to before `end`."""
    for n in range(first, end, _PARTS_AT_A_TIME):
        until = min(end, n + _PARTS_AT_A_TIME)
        lines = await read.scan(LINES, project_id=project_id, action_id=action_id, first=n, end=until)
        yield "".join(lines)
