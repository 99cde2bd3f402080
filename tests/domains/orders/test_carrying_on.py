"""An import that is called off, or met by a write on its way: no order is lost, none is done twice, sums are exact."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from patron.app import BACKGROUND
from patron.domains.async_actions import BY_ID, Behind
from patron.domains.async_actions.model import AsyncAction
from patron.domains.async_actions.wire import AsyncActionId
from patron.domains.customers import find
from patron.domains.customers.wire import CustomerIn
from patron.domains.orders.actions.carry_on import CARRY_ON
from patron.domains.orders.actions.import_chunk import IMPORT_CHUNK, Chunk
from patron.domains.orders.actions.save import SAVE, Save
from patron.domains.orders.actions.start_import import START_IMPORT, of_orders
from patron.domains.orders.items import Catalogue
from patron.domains.orders.wire import OrderIn
from patron.kernel.problems import Problem
from patron.queue.by_hand import cancel, retry
from tests.queue.toys import Yard, yard

ADA = CustomerIn(source_id="ada")


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Yard]:
    async with yard(database_url) as held:
        yield held


async def begin(shop: Yard, orders: list[OrderIn]) -> str:
    """An import of these; the id of its action."""
    reply = await shop.units.write(START_IMPORT, shop.ctx(), await of_orders(orders))
    return msgspec.json.decode(reply.body, type=AsyncActionId).async_action_id


async def action_of(shop: Yard, action_id: str) -> AsyncAction:
    read = await shop.units.reading(shop.project_id)
    action = await read.one(BY_ID, project_id=shop.project_id, id=action_id)
    assert action is not None
    return action


async def work(shop: Yard) -> None:
    """Do what waits."""
    async with shop.working(CARRY_ON):
        await shop.ended()


async def sums(shop: Yard) -> tuple[int, int, int]:
    _, totals = await find(await shop.units.reading(shop.project_id), shop.project_id, "ada")
    return totals.orders_amount, totals.orders_count, totals.last_order_amount


async def test_an_import_that_is_called_off_has_failed_and_goes_on_when_it_is_retried(shop: Yard) -> None:
    orders = [OrderIn(source_id=f"o{n}", status="PAID", amount=1, customer=ADA) for n in range(60)]
    action_id = await begin(shop, orders)
    first = Chunk(action_id, 0, list(enumerate(orders[:25], 1)), Catalogue())
    await shop.units.write(IMPORT_CHUNK, shop.ctx(), first)
    job = await shop.job()
    await cancel(shop.units, BACKGROUND.all_tasks, shop.project_id, job.id)
    action = await action_of(shop, action_id)
    assert (action.status, action.done_count) == ("FAILED", 25)
    assert "could not be brought to its end" in (action.result or "")
    assert await sums(shop) == (25, 25, 1)
    await retry(shop.units, shop.project_id, job.id)
    await work(shop)
    action = await action_of(shop, action_id)
    assert (action.status, action.done_count) == ("DONE", 60)
    assert await sums(shop) == (60, 60, 1)


async def test_a_chunk_that_is_done_twice_counts_once(shop: Yard) -> None:
    orders = [OrderIn(status="PAID", amount=3, customer=ADA)]
    chunk = Chunk(await begin(shop, orders), 0, list(enumerate(orders, 1)), Catalogue())
    answers = [(await shop.units.write(IMPORT_CHUNK, shop.ctx(), chunk)).body for _ in range(2)]
    assert [msgspec.json.decode(answer, type=Behind) for answer in answers] == [Behind(1, 1, 0)] * 2
    assert await sums(shop) == (3, 1, 3)


async def test_an_import_that_has_ended_makes_room_for_the_next(shop: Yard) -> None:
    await begin(shop, [OrderIn()])
    with pytest.raises(Problem, match="import_in_progress"):
        await begin(shop, [OrderIn()])
    await work(shop)
    await begin(shop, [OrderIn()])


async def test_of_two_orders_of_a_chunk_that_were_the_last_ones_neither_stays_the_last(shop: Yard) -> None:
    for n in range(4):
        order = OrderIn(source_id=f"o{n}", status="PAID", amount=n, customer=ADA, created_at=f"2024-01-0{n + 1}")
        await shop.units.write(SAVE, shop.ctx(), Save(order))
    await begin(shop, [OrderIn(source_id="o3", status="CANCELED"), OrderIn(source_id="o2", status="CREATED")])
    await work(shop)
    assert await sums(shop) == (1, 2, 1)
