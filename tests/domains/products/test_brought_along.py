"""Products and SKUs that come along with another write, as an order's items bring them."""

from collections.abc import AsyncIterator
from secrets import token_bytes

import msgspec
import pytest

from patron.config import Settings
from patron.db.actions import Action, Ctx, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.products import (
    find_products,
    find_skus,
    missing,
    missing_sku,
    upsert,
    upsert_sku,
    want_sku_upsert,
    want_upsert,
)
from patron.domains.products.wire import ProductIn, SkuIn
from patron.domains.projects.actions.open_project import open_project
from patron.kernel.clock import now_ms
from patron.kernel.problems import Problem
from patron.running import Opened, opened

Item = tuple[ProductIn, SkuIn]


async def _gather(read: Read, ctx: Ctx, items: list[Item]) -> Wants:
    wants = Wants()
    for n, (product, sku) in enumerate(items):
        await want_upsert(read, ctx, wants, product, str(n))
        await want_sku_upsert(read, ctx, wants, sku, str(n))
    return wants


def _apply(rows: Rows, ctx: Ctx, items: list[Item]) -> Outcome:
    for product, sku in items:
        lacking = missing(rows, ctx, product) or missing_sku(rows, ctx, sku)
        if lacking is not None:
            return Need(lacking)
    made = []
    for n, (product, sku) in enumerate(items):
        owner = upsert(rows, ctx, product, str(n))
        made.append([owner.id, upsert_sku(rows, ctx, owner, sku, str(n)).id])
    return Reply(200, msgspec.json.encode(made))


ORDER = Action("test.order", _gather, _apply)


@pytest.fixture
async def patron(database_url: str) -> AsyncIterator[Opened]:
    async with opened(Settings(database_url=database_url), migrating=True) as patron:
        yield patron


async def order(patron: Opened, project_id: str, items: list[Item]) -> list[tuple[str, str]]:
    reply = await patron.units.write(ORDER, Ctx(project_id, now_ms(), token_bytes(16)), items)
    return msgspec.json.decode(reply.body, type=list[tuple[str, str]])


async def test_items_create_what_is_new_and_change_what_is_known(patron: Opened) -> None:
    project_id = await open_project(patron.units, "Shop")
    tea, green, black = ProductIn(source_id="tea", name="Tea"), SkuIn(source_id="green"), SkuIn(source_id="black")
    first, second, third = await order(patron, project_id, [(tea, green), (tea, black), (ProductIn(), SkuIn())])
    assert first[0] == second[0] != third[0]
    again = await order(patron, project_id, [(ProductIn(id=first[0], price=5), SkuIn(source_id="green", price=4))])
    assert again == [first]
    read = await patron.units.reading(project_id)
    products = await find_products(read, project_id, ["tea", third[0], "nothing", "prod_x"])
    assert {name: product.id for name, product in products.items()} == {"tea": first[0], third[0]: third[0]}
    assert (products["tea"].name, products["tea"].price, products["tea"].skus) == ("Tea", 5, 2)
    skus = await find_skus(read, project_id, ["green", second[1], "nothing"])
    assert [skus["green"].price, skus[second[1]].source_id, len(skus)] == [4, "black", 2]


async def test_an_item_that_is_refused_leaves_nothing_of_the_others(patron: Opened) -> None:
    project_id = await open_project(patron.units, "Shop")
    await order(patron, project_id, [(ProductIn(source_id="tea"), SkuIn(source_id="green"))])
    items = [(ProductIn(source_id="new"), SkuIn()), (ProductIn(source_id="coffee"), SkuIn(source_id="green"))]
    with pytest.raises(Problem, match="409"):
        await order(patron, project_id, items)
    with pytest.raises(Problem, match="404"):
        await order(patron, project_id, [(ProductIn(source_id="new"), SkuIn()), (ProductIn(id="prod_x"), SkuIn())])
    read = await patron.units.reading(project_id)
    assert list(await find_products(read, project_id, ["tea", "new", "coffee"])) == ["tea"]
