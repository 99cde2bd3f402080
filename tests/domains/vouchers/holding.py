"""Giving vouchers to customers, as domains above do: in a unit, by the verbs of this one."""

import asyncio
from secrets import token_bytes

import msgspec

from patron.config import Settings
from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains import vouchers
from patron.kernel.clock import now_ms
from patron.running import opened, project_ids


class Hold(msgspec.Struct, frozen=True):
    """Give the voucher with this code to the customer with this id, or take it from whoever holds it (None)."""

    code: str
    customer_id: str | None


async def _gather(read: Read, ctx: Ctx, body: Hold) -> Wants:
    wants = Wants()
    code = await vouchers.want(read, ctx, wants, body.code)
    await vouchers.want_holder(read, ctx, wants, code, to_delete=body.customer_id is None)
    if body.customer_id is not None:
        vouchers.want_customer(ctx, wants, body.customer_id)
    return wants


def _apply(rows: Rows, ctx: Ctx, body: Hold) -> Outcome:
    voucher = vouchers.found(rows, ctx, body.code)
    lacking = vouchers.missing(rows, ctx, voucher)
    if lacking is not None:
        return Need(lacking)
    if body.customer_id is None:
        vouchers.release(rows, ctx, voucher)
    else:
        vouchers.hold(rows, ctx, voucher, body.customer_id)
    return Reply(204)


HOLD = Action("tests.hold", _gather, _apply)


def give(database_url: str, *deeds: Hold) -> None:
    """Do this in the one project of a database, beside a server that runs over it."""
    asyncio.run(_give(database_url, deeds))


async def _give(database_url: str, deeds: tuple[Hold, ...]) -> None:
    async with opened(Settings(database_url=database_url), migrating=False) as patron:
        [project_id] = await project_ids(patron)
        await asyncio.gather(
            *(patron.units.write(HOLD, Ctx(project_id, now_ms(), token_bytes(16)), deed) for deed in deeds)
        )
