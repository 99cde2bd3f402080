"""Async actions as they are stored: the action, what it still has to do, and the report of its rows."""

from typing import Any, Literal

import msgspec

from patron.db.tables import Json, Table

PREFIX = "aa_"

KEEP_REPORTS_MS = 7 * 86_400_000
"""How long the rows of a report can be downloaded, counted from the end of the action."""
KEEP_ACTIONS_MS = 90 * 86_400_000
"""How long an action is told of, counted from its beginning."""
KEEP_CHUNKS_MS = 14 * 86_400_000
"""When what is still to be done goes, of work that failed for good: until then, it can be tried again."""
PURGE_REPORTS_MS = KEEP_REPORTS_MS + 86_400_000
"""When they go. The first rows of a long action were written before it ended, from when its links count."""
REPORT_HEADER = "row,{name},id,found,updated,key,details,changes\r\n"
"""The first line of every report. `name` is what rows are named by; `found` tells a known object from a new one,
`updated` whether the row was done."""
MOST_FAILURES_TOLD = 1_000
"""So many failed rows stand in the action's own result; the report has all."""

Type = Literal[
    "CAMPAIGN.VOUCHERS_GENERATE",
    "CAMPAIGN.VOUCHERS_UPDATE",
    "CAMPAIGN.VOUCHERS_DELETE",
    "CUSTOMERS.IMPORT_CSV",
    "CUSTOMERS.BULK_UPDATE",
    "CUSTOMERS.METADATA_UPDATE",
    "ORDERS.IMPORT",
    "PRODUCTS.IMPORT_CSV",
    "PRODUCTS.BULK_UPDATE",
    "PRODUCTS.METADATA_UPDATE",
    "SKUS.IMPORT_CSV",
    "VOUCHERS.IMPORT",
    "VOUCHERS.IMPORT_CSV",
    "VOUCHERS.BULK_UPDATE",
    "VOUCHERS.METADATA_UPDATE",
    "CAMPAIGN.VOUCHERS_IMPORT",
    "CAMPAIGN.VOUCHERS_IMPORT_CSV",
]
Status = Literal["ENQUEUED", "IN_PROGRESS", "DONE", "FAILED"]


class AsyncAction(msgspec.Struct, frozen=True):
    """Long work (spec C 5.4). Times are epoch ms.

    `position` is the chunk that comes next: a step names the one that it has done, and only the next one moves the
    action. `total` is how many units of progress there are in all, `passed` how many are behind (rows, or bytes of
    a file whose rows nobody has counted); `done_count` and `failed_count` are rows. `options` is JSON of whoever
    began it, empty once it is done; `mark` finds an unfinished action again (empty: nobody looks). `result` is JSON
    once it ended. An action that is DONE stays so; one that has FAILED may be gone on with.
    """

    project_id: str
    id: str
    type: str
    status: str
    request_id: str
    mark: str
    options: Json
    position: int
    total: int
    passed: int
    done_count: int
    failed_count: int
    result: Json | None
    created_at: int
    updated_at: int

    @property
    def rows(self) -> int:
        """How many rows lie behind."""
        return self.done_count + self.failed_count


class Chunk(msgspec.Struct, frozen=True):
    """A part of what an action has to do, as JSON text of whoever began it; it goes with the step that does it."""

    project_id: str
    action_id: str
    n: int
    content: str
    created_at: int


class ReportPart(msgspec.Struct, frozen=True):
    """What became of the rows of one chunk: lines of CSV, and the failures among them as a JSON array."""

    project_id: str
    action_id: str
    n: int
    lines: str
    failures: Json
    created_at: int


class Step(msgspec.Struct, frozen=True):
    """What became of a chunk: rows done and failed, the progress made, the report's lines, the failures among them.

    A chunk without lines leaves nothing in the report.
    """

    done: int
    failed: int
    passed: int
    lines: str = ""
    failures: tuple[Any, ...] = ()


ASYNC_ACTIONS = Table(
    AsyncAction,
    "async_actions",
    rank=140,
    indexes={"created": ("project_id", "created_at", "id"), "mark": ("project_id", "mark")},
)
CHUNKS = Table(
    Chunk,
    "async_action_chunks",
    rank=141,
    key=("project_id", "action_id", "n"),
    indexes={"created": ("project_id", "created_at")},
)
REPORT_PARTS = Table(
    ReportPart,
    "async_action_reports",
    rank=142,
    key=("project_id", "action_id", "n"),
    indexes={"created": ("project_id", "created_at")},
)
