"""Making the codes of a campaign against the database's own bulk load of the same rows.

PostgreSQL loads them by COPY, SQLite by one prepared INSERT a table, in one transaction each: the codes are made
before, and nobody looks whether they are free. A server makes them as it always does, by its worker, in units that
survive a crash; it is timed as its async action is, from the request to the end.
"""

import time
from secrets import token_hex
from typing import Annotated, Any

import httpx
import typer

from bench.places import database, served
from bench.report import OUT, Ratio, print_ratios
from bench.shop import BEGIN_MS, Rows, project_of, write
from patron.domains.vouchers.model import (
    DISCOUNT,
    GIFT,
    NEVER,
    VOUCHER_TOTALS,
    VOUCHER_TRANSACTIONS,
    VOUCHERS,
    Voucher,
    VoucherTotals,
    VoucherTransaction,
)
from patron.kernel.codes import CodeConfig, nth_codes
from patron.kernel.ids import make_id
from tests.support.databases import numbers
from tests.support.servers import KEYS

LEAST = 0.3
AMOUNT = 1_000
TEMPLATES: dict[str, dict[str, Any]] = {
    "DISCOUNT_COUPONS": {"type": DISCOUNT, "discount": {"type": "PERCENT", "percent_off": 10}},
    "GIFT_VOUCHERS": {"type": GIFT, "gift": {"amount": AMOUNT}},
}


def main(
    codes: Annotated[int, typer.Option(help="How many codes are made.")] = 100_000,
    rounds: Annotated[int, typer.Option(help="How often each way is measured, in turns.")] = 3,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 when a wanted figure is missed.")] = False,
) -> None:
    """Measure making the codes of coupons, and gift cards with what explains their balances."""
    ratios = []
    for kind in ("SQLite", "PostgreSQL"):
        for campaign_type in TEMPLATES:
            found = [_round(kind, campaign_type, codes) for _ in range(rounds)]
            least = LEAST if campaign_type == "DISCOUNT_COUPONS" else None
            ratios.append(Ratio(f"{kind}: {campaign_type}", found, least))
    if not print_ratios(f"codes made ÷ bulk load ({codes:,} codes)", ratios) and strict:
        raise typer.Exit(1)


def _round(kind: str, campaign_type: str, codes: int) -> float:
    with database(kind) as bulk_url, database(kind) as url:
        with served(bulk_url):
            pass
        rows = _rows(project_of(bulk_url), campaign_type, codes)
        started = time.perf_counter()
        write(bulk_url, rows)
        bulk = codes / (time.perf_counter() - started)
        made = codes / _generate(url, campaign_type, codes)
        OUT.print(f"{kind}: bulk {bulk:6.0f}/s   made {made:6.0f}/s   {campaign_type}")
        return made / bulk


def _generate(url: str, campaign_type: str, codes: int) -> float:
    """How long (s) it takes until all codes are there."""
    body = {
        "name": "Bench",
        "campaign_type": campaign_type,
        "vouchers_count": codes,
        "voucher": TEMPLATES[campaign_type] | {"code_config": {"pattern": "BENCH-########"}},
    }
    ended = {"n": "SELECT COUNT(*) FROM async_actions WHERE status = 'DONE'"}
    with served(url) as address:
        httpx.post(f"{address}/v1/campaigns", json=body, headers=KEYS).raise_for_status()
        while not numbers(url, ended)["n"]:
            time.sleep(0.5)
    return numbers(url, {"ms": "SELECT updated_at - created_at FROM async_actions"})["ms"] / 1_000


def _rows(project_id: str, campaign_type: str, codes: int) -> Rows:
    config = CodeConfig(pattern="########", prefix="BENCH-")
    seed = token_hex(16).encode()
    is_card = campaign_type == "GIFT_VOUCHERS"
    vouchers = [
        _voucher(project_id, code, make_id("v_", BEGIN_MS + n // 100, seed, code), is_card=is_card)
        for n, code in enumerate(nth_codes(config, seed, range(codes)))
    ]
    if not is_card:
        return {VOUCHERS: vouchers}
    totals = [VoucherTotals(project_id, each.code, amount=AMOUNT, balance=AMOUNT, transactions=1) for each in vouchers]
    moves = [_opening(project_id, card, make_id("vtx_", card.created_at, seed, card.code)) for card in vouchers]
    return {VOUCHERS: vouchers, VOUCHER_TOTALS: totals, VOUCHER_TRANSACTIONS: moves}


def _voucher(project_id: str, code: str, voucher_id: str, *, is_card: bool) -> Voucher:
    return Voucher(
        project_id=project_id,
        code=code,
        id=voucher_id,
        campaign_id="camp_bench",
        type=GIFT if is_card else DISCOUNT,
        category=None,
        discount=None if is_card else '{"type":"PERCENT","percent_off":10}',
        gift_effect="APPLY_TO_ORDER" if is_card else None,
        start_at=None,
        expires_at=None,
        validity=None,
        active=1,
        additional_info=None,
        metadata="{}",
        quantity=None,
        publish_count=0,
        created_at=BEGIN_MS,
        updated_at=NEVER,
    )


def _opening(project_id: str, card: Voucher, transaction_id: str) -> VoucherTransaction:
    return VoucherTransaction(
        project_id=project_id,
        code=card.code,
        n=1,
        id=transaction_id,
        voucher_id=card.id,
        campaign_id=card.campaign_id,
        type="CREDITS_ADDITION",
        amount=AMOUNT,
        total=AMOUNT,
        balance=AMOUNT,
        source="API",
        source_id=None,
        reason=None,
        created_at=BEGIN_MS,
    )


if __name__ == "__main__":
    typer.run(main)
