"""Pure decisions about an async action: how far it is, and how it ended."""

import msgspec

from patron.domains.async_actions.model import REPORT_HEADER, AsyncAction, Status

PARTS_PER_FILE = 400
"""So many chunks' reports are downloaded as one file, which bounds what a server holds at a time."""
IMPORTED = {
    "CUSTOMERS.IMPORT_CSV": "customer",
    "ORDERS.IMPORT": "order",
    "PRODUCTS.IMPORT_CSV": "product",
    "SKUS.IMPORT_CSV": "sku",
    "VOUCHERS.IMPORT": "voucher",
    "VOUCHERS.IMPORT_CSV": "voucher",
    "CAMPAIGN.VOUCHERS_IMPORT": "voucher",
    "CAMPAIGN.VOUCHERS_IMPORT_CSV": "voucher",
}
"""Imports by their type: their results have a message, and tell of each row that failed why it did."""
ENDED: tuple[Status, ...] = ("DONE", "FAILED")


def stepped(action: AsyncAction, *, done: int, failed: int, passed: int, now: int) -> AsyncAction:
    """The action after its next chunk, of which so many rows were done and failed; `passed` is the progress made.

    One that had failed is under way again.
    """
    return msgspec.structs.replace(
        action,
        status="IN_PROGRESS",
        position=action.position + 1,
        passed=min(action.total, action.passed + passed),
        done_count=action.done_count + done,
        failed_count=action.failed_count + failed,
        result=None,
        updated_at=now,
    )


def progress_of(action: AsyncAction) -> int:
    """Per cent, 0 to 100; 100 is kept for work that has ended."""
    if action.status in ENDED:
        return 100
    return min(99, 100 * action.passed // action.total) if action.total else 0


def operation_status_of(action: AsyncAction) -> str:
    """SUCCESS where it ended and some row was done, or none failed; UNKNOWN until it ends (spec C 5.4)."""
    if action.status not in ENDED:
        return "UNKNOWN"
    return "SUCCESS" if action.status == "DONE" and (action.done_count or not action.failed_count) else "FAILED"


def is_by_code(kind: str) -> bool:
    """Whether rows of actions of this type are named by codes of vouchers, rather than by source_ids (spec I 0.4)."""
    return "VOUCHERS" in kind


def report_header_of(action: AsyncAction) -> str:
    """The first line of the action's report."""
    return REPORT_HEADER.format(name="code" if is_by_code(action.type) else "source_id")


def report_files_of(action: AsyncAction) -> int:
    """In how many files the report of an action that has ended is downloaded."""
    return -(-action.position // PARTS_PER_FILE)
