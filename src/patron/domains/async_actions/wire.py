"""What is asked and answered of async actions (spec C 5.4)."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.async_actions.model import AsyncAction, Status
from patron.domains.async_actions.policy import operation_status_of, progress_of
from patron.kernel.clock import to_iso

Moment = Annotated[
    str, Meta(description="A date, or a date and time, in ISO 8601.", extra_json_schema={"format": "date-time"})
]


class AsyncActionsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """The query of the list: newest first; `end_date` goes on before a time, `cursor` exactly."""

    limit: Annotated[int, Meta(ge=1, le=100, description="How many entries a page has at most.")] = 10
    end_date: Annotated[Moment | None, Meta(description="Actions that began before this time.")] = None
    cursor: Annotated[
        str | None, Meta(description="The `next_cursor` of the page before; goes on after its last entry.")
    ] = None


class AsyncActionId(msgspec.Struct, frozen=True):
    """The answer to a request that has begun an async action."""

    async_action_id: str


class FailedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that failed, named by the `code` of a voucher or by a `source_id`.

    `row` counts from 1, a header not counted; `key`, `message` and `details` are as in a refusal.
    """

    source_id: str | UnsetType = UNSET
    code: str | UnsetType = UNSET
    row: int
    reason: str | UnsetType = UNSET
    key: str | UnsetType = UNSET
    message: str | UnsetType = UNSET
    details: str | UnsetType = UNSET


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """How an action ended. `reports` are links to CSV files with a line for each row, until `reports_available_till`.

    `failed` (of a CSV file) and `errors` (of bulk work) hold the first 1,000 rows that failed.
    """

    message: str | UnsetType = UNSET
    done_count: int
    failed_count: int
    failed: list[FailedRow] | UnsetType = UNSET
    errors: list[FailedRow] | UnsetType = UNSET
    reports: list[str] = msgspec.field(default_factory=list)
    reports_available_till: str | UnsetType = UNSET


def with_reports(result: Result, links: list[str], till: int) -> Result:
    """A result with the links to its reports, which work until `till` (epoch ms)."""
    return msgspec.structs.replace(result, reports=links, reports_available_till=to_iso(till))


class AsyncActionBase(msgspec.Struct, frozen=True, kw_only=True):
    """An action as lists show it. `processing_time` is in milliseconds, `progress` in per cent."""

    id: str
    type: str
    status: Status
    operation_status: Literal["SUCCESS", "FAILED", "UNKNOWN"]
    created_at: str
    updated_at: str
    request_id: str
    processing_time: int
    progress: Annotated[int, Meta(ge=0, le=100)]
    object: Literal["async_action"]

    @classmethod
    def of(cls, action: AsyncAction, **more: Any) -> Any:
        """The answer for a stored action."""
        return cls(
            id=action.id,
            type=action.type,
            status=action.status,  # type: ignore[arg-type]
            operation_status=operation_status_of(action),  # type: ignore[arg-type]
            created_at=to_iso(action.created_at),
            updated_at=to_iso(action.updated_at),
            request_id=action.request_id,
            processing_time=action.updated_at - action.created_at,
            progress=progress_of(action),
            object="async_action",
            **more,
        )


class AsyncActionOut(AsyncActionBase, frozen=True, kw_only=True):
    """An action with its result, which is absent until it has ended."""

    result: Result | UnsetType


class AsyncActionList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of actions. There is no total: the list only ever goes on."""

    object: Literal["list"]
    data_ref: Literal["async_actions"]
    async_actions: list[AsyncActionBase]
    has_more: bool
    next_cursor: str | UnsetType = UNSET
