"""`patron verify --repair`: what other rows tell is written anew, beside servers too; the rest is left and told."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import httpx
import pytest

from patron.app import CHECKS
from patron.config import Settings
from patron.db.repairing import repaired
from patron.running import opened
from tests.cli.corruptions import CORRUPTIONS, execute, fill, verified
from tests.cli.running import Shell
from tests.domains.vouchers.holding import Hold, give
from tests.support.databases import numbers
from tests.support.servers import serving

REPAIRED = {
    **{check.name: CORRUPTIONS[check.name] for check in CHECKS if check.repair is not None},
    # what breaks these rules for the checks' own test also leaves a row of nobody
    "orders.without_key": ["DELETE FROM order_keys WHERE project_id = {p} AND source_id = 'new'"],
    "vouchers.without_totals": ["DELETE FROM voucher_totals WHERE project_id = {p} AND code = 'CARD'"],
}
CHANGED_HISTORY = ("events.uncounted", "orders.total_amount")
"""Here what is corrupted is what totals follow from, so they become others."""

SUMS = {
    "customers": "SELECT SUM(orders_amount + 7 * orders_count + 11 * last_order_amount + last_order_at"
    " + 13 * gift_amount_to_go) FROM customer_totals WHERE project_id = {p}",
    "vouchers": "SELECT SUM(amount + 3 * subtracted_amount + 5 * redeemed_amount + 7 * balance + 11 * transactions)"
    " FROM voucher_totals WHERE project_id = {p}",
    "lists": "SELECT SUM(n) FROM counts WHERE project_id = {p}",
    "skus": "SELECT SUM(skus) FROM products WHERE project_id = {p}",
    "keys": "SELECT COUNT(*) FROM customer_keys WHERE project_id = {p}",
    "events": "SELECT COALESCE(SUM(n), 0) FROM customer_event_counts WHERE project_id = {p}",
}
WRITERS = 10


def sums(url: str, project_id: str) -> dict[str, int]:
    return numbers(url, {name: query.format(p=f"'{project_id}'") for name, query in SUMS.items()})


async def _repair(url: str, project_id: str) -> list[str]:
    async with opened(Settings(database_url=url), migrating=False) as patron:
        return [check.name async for check, _, _ in repaired(url, patron.units, [project_id], CHECKS)]


@pytest.mark.parametrize("name", REPAIRED)
def test_each_kind_of_counter_is_named_and_then_rebuilt(shared_database_url: str, name: str) -> None:
    url = shared_database_url
    project_id, ada = asyncio.run(fill(url))
    before = sums(url, project_id)
    for sql in REPAIRED[name]:
        execute(url, sql.format(p=f"'{project_id}'", ada=f"'{ada}'"))
    assert name in {finding.name for finding in asyncio.run(verified(url, project_id))}
    assert name in asyncio.run(_repair(url, project_id))
    assert asyncio.run(verified(url, project_id)) == []
    if name not in CHANGED_HISTORY:
        assert sums(url, project_id) == before


def test_more_rows_than_one_unit_holds_are_rebuilt(shared_database_url: str) -> None:
    url = shared_database_url
    project_id, _ = asyncio.run(fill(url))
    for n in range(3):
        rows = ", ".join(f"('{project_id}', 'c{i}', 'e{i}', 'seen{i % 9}', '{{}}', {i})" for i in range(n, 900, 3))
        execute(url, f"INSERT INTO events (project_id, customer_id, id, type, metadata, created_at) VALUES {rows}")
    assert asyncio.run(_repair(url, project_id)).count("events.uncounted") == 900
    assert sums(url, project_id)["events"] == 900
    execute(url, f"UPDATE customer_event_counts SET n = n + 5 WHERE project_id = '{project_id}'")
    assert asyncio.run(_repair(url, project_id)).count("customer_event_counts.n") == 900
    assert asyncio.run(verified(url, project_id)) == []
    assert asyncio.run(_repair(url, project_id)) == []


def test_totals_of_a_card_whose_transactions_contradict_each_other_are_left(shell: Shell) -> None:
    asyncio.run(fill(shell.database_url))
    execute(shell.database_url, "UPDATE voucher_transactions SET amount = 999999 WHERE code = 'CARD' AND n = 2")
    before = numbers(shell.database_url, {"balance": "SELECT balance FROM voucher_totals WHERE code = 'CARD'"})
    said = shell.run("verify", "--repair", fails=True)
    assert "voucher_transactions.balance" in said
    assert "Not repaired. The rows that it is computed from contradict each other." in said
    after = numbers(shell.database_url, {"balance": "SELECT balance FROM voucher_totals WHERE code = 'CARD'"})
    assert after == before


def test_a_key_that_is_anothers_is_not_taken(shell: Shell) -> None:
    project_id, ada = asyncio.run(fill(shell.database_url))
    execute(
        shell.database_url,
        "UPDATE customer_keys SET customer_id = (SELECT id FROM customers WHERE source_id = '')"
        f" WHERE project_id = '{project_id}' AND source_id = 'ada'",
    )
    said = shell.run("verify", "--repair", fails=True)
    assert f"customers.without_key: Every source_id leads to its customer. Project {project_id}, {ada}" in said
    assert "Another row has its key" in said


def test_a_repair_says_what_was_and_what_is_and_nothing_about_a_person(shell: Shell) -> None:
    project_id, ada = asyncio.run(fill(shell.database_url))
    execute(shell.database_url, f"UPDATE customer_totals SET orders_amount = 41 WHERE customer_id = '{ada}'")
    execute(shell.database_url, f"UPDATE customers SET city = 'Paris' WHERE id = '{ada}'")
    assert "is now" not in shell.run("verify", fails=True)
    said = shell.run("verify", "--repair")
    assert f"customer_totals.orders_amount: Project {project_id}, {ada}: was 41, is now 290." in said
    assert f"customers.city: Project {project_id}, {ada}: written anew." in said
    assert "2 rows repaired." in said
    assert "no difference" in said
    for personal in ("Paris", "London", "Ada"):
        assert personal not in said
    assert "repaired" not in shell.run("verify", "--repair")


def test_a_damaged_file_is_not_written_to(file: Shell) -> None:
    _, ada = asyncio.run(fill(file.database_url))
    execute(file.database_url, "UPDATE counts SET n = n + 1")
    execute(file.database_url, f"DELETE FROM customers WHERE id = '{ada}'")
    said = file.run("verify", "--repair", fails=True)
    assert "Nothing is repaired, as the file itself is damaged" in said
    assert "is now" not in said
    assert "customers.total" in said


def test_help_teaches_what_a_repair_does(file: Shell) -> None:
    said = " ".join(file.run("verify", "--help").split())
    assert "Ends with code 0" in said
    assert "Make a backup before" in said


def test_a_repair_while_ten_clients_write_leaves_it_clean(shell: Shell, contract_log: Path) -> None:
    with serving(shell.database_url, contract_log) as shop:
        holders = []
        for n in range(4):
            customer = shop.client.post("/v1/customers", json={"source_id": f"c{n}"}).json()["id"]
            card = {"type": "GIFT_VOUCHER", "gift": {"amount": 100_000}}
            assert shop.client.post(f"/v1/vouchers/CARD{n}", json=card).status_code == 200
            holders.append(Hold(f"CARD{n}", customer))
        give(shell.database_url, *holders)
        stop: list[bool] = []
        with ThreadPoolExecutor(WRITERS) as pool:
            writers = [pool.submit(_write, shop.url, dict(shop.client.headers), n, stop) for n in range(WRITERS)]
            try:
                execute(shell.database_url, "UPDATE customer_totals SET orders_amount = 5, orders_count = 1")
                execute(shell.database_url, "UPDATE customer_totals SET gift_amount_to_go = gift_amount_to_go + 3")
                execute(shell.database_url, "UPDATE voucher_totals SET subtracted_amount = 50, redeemed_amount = 1")
                execute(shell.database_url, "UPDATE counts SET n = n + 2")
                execute(shell.database_url, "UPDATE products SET skus = skus + 1")
                said = shell.run("verify", "--repair")
            finally:
                stop.append(True)
            assert min(writer.result() for writer in writers) > 0
        assert "customer_totals.gift_amount_to_go" in said
        assert "customers.total" in said
        assert "no difference" in said
        assert "no difference" in shell.run("verify")


_numbers = count()


def _write(url: str, headers: dict[str, str], n: int, stop: list[bool]) -> int:
    """Write whatever moves counters until it is told to stop; how often."""
    done = 0
    with httpx.Client(verify=False, base_url=url, headers=headers, timeout=30) as client:
        while not stop:
            each, customer = next(_numbers), {"source_id": f"c{n % 4}"}
            writes = (
                ("/v1/orders", {"status": "PAID", "amount": each, "customer": customer}),
                (f"/v1/vouchers/CARD{n % 4}/balance", {"amount": 7}),
                ("/v1/customers", {"source_id": f"new{each}"}),
                ("/v1/products", {"source_id": f"tea{each}"}),
                (f"/v1/products/tea{each}/skus", {"source_id": f"green{each}"}),
            )
            for path, body in writes:
                answer = client.post(path, json=body)
                assert answer.status_code in (200, 503), answer.text
            done += 1
    return done
