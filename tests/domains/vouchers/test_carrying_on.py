"""An import that is called off, or met by a write on its way: no voucher is lost, none is brought twice."""

from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import msgspec
import pytest

from patron.app import BACKGROUND
from patron.db.actions import Action, Ctx, Read, Wants
from patron.domains.async_actions import BY_ID, Behind, Row, RowsChunk, Start, of_list
from patron.domains.async_actions.files.chunks import ROWS
from patron.domains.async_actions.model import AsyncAction
from patron.domains.async_actions.wire import AsyncActionId
from patron.domains.vouchers import find
from patron.domains.vouchers.actions.bulk import CARRY_ON, START_BULK
from patron.domains.vouchers.actions.create import CREATE
from patron.domains.vouchers.actions.delete import BIN, Delete
from patron.domains.vouchers.actions.import_rows import IMPORT_ROWS
from patron.domains.vouchers.wire.discount import GiftIn
from patron.domains.vouchers.wire.given import VoucherIn
from patron.domains.vouchers.wire.imported import Imported, RedeemedBefore, VoucherImportIn
from patron.queue.by_hand import cancel, retry
from tests.domains.vouchers.conftest import a_code, gift, ok
from tests.domains.vouchers.test_importing import transactions
from tests.queue.toys import Yard, yard
from tests.support.imports import begun, ended, report_of


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Yard]:
    async with yard(database_url) as held:
        yield held


def card(code: str, amount: int = 100) -> VoucherImportIn:
    return VoucherImportIn(code=code, gift=GiftIn(amount=amount))


async def begin(shop: Yard, vouchers: Sequence[VoucherImportIn]) -> str:
    """An import of these; the id of its action."""
    reply = await shop.units.write(START_BULK, shop.ctx(), Start(await of_list("VOUCHERS.IMPORT", vouchers)))
    return msgspec.json.decode(reply.body, type=AsyncActionId).async_action_id


def chunk_of(action_id: str, vouchers: Sequence[VoucherImportIn], **redeemed: int) -> RowsChunk[Imported]:
    said = [Imported(voucher, RedeemedBefore(**redeemed)) for voucher in vouchers]
    return RowsChunk(action_id, 0, [Row(n, each.voucher.code, each) for n, each in enumerate(said, 1)])


async def action_of(shop: Yard, action_id: str) -> AsyncAction:
    read = await shop.units.reading(shop.project_id)
    action = await read.one(BY_ID, project_id=shop.project_id, id=action_id)
    assert action is not None
    return action


async def state(shop: Yard, code: str) -> tuple[int, int, int]:
    """Of a card: its balance, what was redeemed of it, and how many transactions explain that."""
    _, totals, _ = await find(await shop.units.reading(shop.project_id), shop.project_id, code)
    return totals.balance, totals.redeemed_amount, totals.transactions


async def test_an_import_that_is_called_off_has_failed_and_goes_on_when_it_is_retried(shop: Yard) -> None:
    cards = [card(f"c{n}") for n in range(60)]
    action_id = await begin(shop, cards)
    await shop.units.write(IMPORT_ROWS, shop.ctx(), chunk_of(action_id, cards[:ROWS]))
    job = await shop.job()
    await cancel(shop.units, BACKGROUND.all_tasks, shop.project_id, job.id)
    action = await action_of(shop, action_id)
    assert (action.status, action.done_count) == ("FAILED", ROWS)
    assert "could not be brought to its end" in (action.result or "")
    await retry(shop.units, shop.project_id, job.id)
    async with shop.working(CARRY_ON):
        await shop.ended()
    action = await action_of(shop, action_id)
    assert (action.status, action.done_count, action.failed_count) == ("DONE", 60, 0)
    assert [await state(shop, f"c{n}") for n in range(60)] == [(100, 0, 1)] * 60


async def test_a_chunk_that_is_done_twice_counts_once(shop: Yard) -> None:
    cards = [card("c")]
    chunk = chunk_of(await begin(shop, cards), cards, quantity=2, amount=30)
    answers = [(await shop.units.write(IMPORT_ROWS, shop.ctx(), chunk)).body for _ in range(2)]
    assert [msgspec.json.decode(answer, type=Behind) for answer in answers] == [Behind(1, 1, 0)] * 2
    assert await state(shop, "c") == (70, 30, 2)


@pytest.mark.parametrize(("and_binned", "done"), [(False, 1), (True, 0)])
async def test_a_code_that_is_taken_before_it_is_locked_stays_with_who_took_it(
    shop: Yard, *, and_binned: bool, done: int
) -> None:
    async def gather(read: Read, ctx: Ctx, body: RowsChunk[Imported]) -> Wants:
        wants = await IMPORT_ROWS.gather(read, ctx, body)
        await shop.units.write(CREATE, shop.ctx(), VoucherIn(code="c", type="GIFT_VOUCHER", gift=GiftIn(amount=7)))
        if and_binned:
            await shop.units.write(BIN, shop.ctx(), Delete("c"))
        return wants

    cards = [card("c")]
    chunk = chunk_of(await begin(shop, cards), cards)
    late = Action("late", gather, IMPORT_ROWS.apply)
    reply = await shop.units.write(late, shop.ctx(), chunk, bulk=True)
    assert msgspec.json.decode(reply.body, type=Behind) == Behind(1, done, 1 - done)
    if not and_binned:
        assert await state(shop, "c") == (7, 0, 1)


def test_imports_and_creations_of_the_same_codes_at_once_make_each_voucher_once(client: httpx.Client) -> None:
    codes = [a_code() for _ in range(40)]

    def create(code: str) -> int:
        answer = client.post("/v1/vouchers", json=gift(100, code=code))
        assert answer.status_code in (200, 409), answer.text
        return answer.status_code

    def bring(n: int) -> list[dict[str, str]]:
        rows: list[dict[str, Any]] = [gift(100, code=code, category=f"{n}") for code in codes]
        action = ended(client, begun(client.post("/v1/vouchers/import", json=rows)))
        assert (action["status"], action["result"]["failed_count"]) == ("DONE", 0)
        return report_of(action)

    with ThreadPoolExecutor(10) as pool:
        reports = [pool.submit(bring, n) for n in range(5)]
        created = list(pool.map(create, codes))
        told = [row for report in reports for row in report.result()]
    made = created.count(200) + sum(row["found"] == "false" for row in told)
    assert made == len(codes)
    assert [len(transactions(client, code)) for code in codes] == [1] * len(codes)
    assert {ok(client.get(f"/v1/vouchers/{code}"))["gift"]["balance"] for code in codes} == {100}
