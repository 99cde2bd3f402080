"""A filled project, and for each check what breaks its rule."""

import asyncio
from secrets import token_bytes

import apsw
import asyncpg
import msgspec

from patron.app import CHECKS, MADE_CHECKS
from patron.config import Settings
from patron.db.actions import Ctx
from patron.db.inspection import inspecting
from patron.db.verification import Finding, verify
from patron.domains.campaigns.actions.create import CREATE as CREATE_CAMPAIGN
from patron.domains.campaigns.wire.given import CampaignIn, TemplateIn
from patron.domains.customers.actions.delete import DELETE, Delete
from patron.domains.customers.actions.upsert import UPSERT
from patron.domains.customers.wire import AddressIn, CustomerIn
from patron.domains.orders.actions.save import SAVE, Save
from patron.domains.orders.wire import OrderIn
from patron.domains.products.actions.upsert import UPSERT as UPSERT_PRODUCT
from patron.domains.products.actions.upsert_sku import UPSERT_SKU, UpsertSku
from patron.domains.products.wire import ProductIn, SkuIn
from patron.domains.projects.actions.open_project import open_project
from patron.domains.promotions.actions.stacks import CREATE as CREATE_STACK
from patron.domains.promotions.actions.stacks import Create as Stack
from patron.domains.promotions.wire.given import Action, PromotionIn, StackedIn, StackIn, TierIn
from patron.domains.publications.actions.publish import PUBLISH
from patron.domains.publications.policy import asked
from patron.domains.publications.wire.asked import PublicationIn
from patron.domains.vouchers.actions.balance import MOVE, Move
from patron.domains.vouchers.actions.create import CREATE
from patron.domains.vouchers.actions.delete import BIN
from patron.domains.vouchers.actions.delete import Delete as DeleteVoucher
from patron.domains.vouchers.wire.balance import VoucherBalanceIn
from patron.domains.vouchers.wire.discount import Discount, GiftIn
from patron.domains.vouchers.wire.given import VoucherIn
from patron.kernel.clock import now_ms
from patron.running import Opened, opened
from tests.cli.redemption_corruptions import CORRUPTIONS as OF_REDEMPTIONS
from tests.cli.redemption_corruptions import redeem
from tests.cli.rule_corruptions import CORRUPTIONS as OF_RULES
from tests.domains.vouchers.holding import HOLD, Hold

SPRING = CampaignIn(
    name="Spring", campaign_type="GIFT_VOUCHERS", voucher=TemplateIn(type="GIFT_VOUCHER", gift=GiftIn(amount=100))
)
HELD_BY_A_SESSION = (
    "INSERT INTO session_locks (project_id, code, session_key, voucher_id, quantity, amount, created_at, expires_at)"
    " SELECT project_id, code, 'ssn_1', id, 1, 5, 1, 9000000000000 FROM vouchers"
    " WHERE project_id = {p} AND code = 'CARD'"
)
ALWAYS = CampaignIn(
    name="Always",
    campaign_type="PROMOTION",
    promotion=PromotionIn(
        tiers=[TierIn(name=name, action=Action(discount=Discount(type="AMOUNT", amount_off=5))) for name in "ab"]
    ),
)
CORRUPTIONS = {
    "projects.version": ["UPDATE projects SET version = 99 WHERE project_id = {p}"],
    "api_keys.version": [
        "INSERT INTO api_keys (app_id, kind, project_id, name, token_hash, origins, created_at, version)"
        " VALUES ({p}, 'server', {p}, '', '', '[]', 1, 99)"
    ],
    "metadata_schemas.version": [
        "INSERT INTO metadata_schemas (project_id, id, related_object, definitions, created_at, version)"
        " VALUES ({p}, 'ms_1', 'customer', '{{}}', 1, 99)"
    ],
    "locations.version": [
        "INSERT INTO locations (project_id, id, name, shape, created_at, version) VALUES ({p}, 'loc_1', '', '', 1, 99)"
    ],
    "segments.version": [
        "INSERT INTO segments (project_id, id, name, type, compared_by, created_at, version)"
        " VALUES ({p}, 'seg_1', '', 'static', '', 1, 99)"
    ],
    "segment_members.of_customer": [
        "INSERT INTO segment_members (project_id, segment_id, customer_id, created_at, since)"
        " VALUES ({p}, 'seg_1', {ada}, 1, 1)"
    ],
    "customer_segments.of_segment": [
        """INSERT INTO customer_segments (project_id, customer_id, kind, segments)"""
        """ VALUES ({p}, {ada}, 'static', '["seg_1"]')"""
    ],
    "segment_members.created_at": [
        "INSERT INTO segment_members (project_id, segment_id, customer_id, created_at, since)"
        " VALUES ({p}, 'seg_1', {ada}, 1, 1)",
        """INSERT INTO customer_segments (project_id, customer_id, kind, segments)"""
        """ VALUES ({p}, {ada}, 'static', '["seg_1"]')""",
    ],
    "segment_listings.without_job": [
        "INSERT INTO segment_listings (project_id, segment_id, id, customers) VALUES ({p}, 'seg_1', '000000', '[]')"
    ],
    "event_definitions.version": [
        "INSERT INTO event_definitions (project_id, name, id, properties, created_at, version)"
        " VALUES ({p}, 'bought', 'ms_1', '{{}}', 1, 99)"
    ],
    "consents.version": [
        "INSERT INTO consents (project_id, id, name, description, category, created_at, version)"
        " VALUES ({p}, 'cnst_1', '', '', '', 1, 99)"
    ],
    "consent_groups.version": [
        "INSERT INTO consent_groups (project_id, id, name, description, consents, created_at, version)"
        " VALUES ({p}, 'cnstgr_1', '', '', '[]', 1, 99)"
    ],
    "jobs.state": [
        "INSERT INTO jobs (project_id, id, task, status, attempts, fence, progress, created_at, updated_at)"
        " VALUES ({p}, 'job_1', 'x', 'queued', 0, 0, 0, 1, 1)"
    ],
    "async_actions.state": [
        "INSERT INTO async_actions (project_id, id, type, status, request_id, mark, options, position, total, passed,"
        " done_count, failed_count, created_at, updated_at)"
        " VALUES ({p}, 'aa_1', 'x', 'DONE', '', '', '{{}}', 0, 0, 0, 0, 0, 1, 1)"
    ],
    "consent_changes.last": [
        "INSERT INTO consent_changes (project_id, id, customer_id, consent_id, value, created_at, channel, key_id,"
        " origin, request_id) VALUES ({p}, 'cnstch_1', {ada}, 'cnst_1', 1, 1, '', '', '', '')"
    ],
    "customer_event_counts.n": [
        "INSERT INTO customer_event_counts (project_id, customer_id, type, n, last_at)"
        " VALUES ({p}, {ada}, 'bought', 2, 1)"
    ],
    "events.uncounted": [
        "INSERT INTO events (project_id, customer_id, id, type, metadata, created_at)"
        " VALUES ({p}, {ada}, 'event_1', 'bought', '{{}}', 1)"
    ],
    "idempotency_keys.without_answer": [
        "INSERT INTO idempotency_keys (project_id, key, fingerprint, status, body, created_at)"
        " VALUES ({p}, 'k', '', 0, '', 1)"
    ],
    "customers.total": ["UPDATE counts SET n = n + 1 WHERE project_id = {p} AND name = 'customers'"],
    "customers.without_totals": ["DELETE FROM customer_totals WHERE project_id = {p} AND customer_id = {ada}"],
    "customer_totals.of_nobody": ["UPDATE customer_totals SET customer_id = 'x' WHERE customer_id = {ada}"],
    "customers.without_key": ["DELETE FROM customer_keys WHERE project_id = {p} AND source_id = 'ada'"],
    "customer_keys.of_nobody": ["UPDATE customer_keys SET customer_id = NULL WHERE customer_id = {ada}"],
    "customers.city": ["UPDATE customers SET city = 'Paris' WHERE id = {ada}"],
    "deleted_customers.still_there": ["UPDATE deleted_customers SET id = {ada} WHERE project_id = {p}"],
    "erasures.still_there": [
        "INSERT INTO erasures (project_id, id, customer_id, counts, created_at) VALUES ({p}, 'del_1', {ada}, '{{}}', 1)"
    ],
    "orders.total": ["UPDATE counts SET n = n + 1 WHERE project_id = {p} AND name = 'orders'"],
    "orders.total_amount": ["UPDATE orders SET discount_amount = 5 WHERE project_id = {p} AND source_id = 'new'"],
    "orders.without_key": ["UPDATE order_keys SET source_id = 'x' WHERE project_id = {p} AND source_id = 'new'"],
    "order_keys.of_nothing": ["UPDATE order_keys SET customer_id = NULL WHERE project_id = {p} AND source_id = 'new'"],
    "customer_totals.orders_amount": ["UPDATE customer_totals SET orders_amount = 41 WHERE customer_id = {ada}"],
    "customer_totals.orders_count": ["UPDATE customer_totals SET orders_count = 1 WHERE customer_id = {ada}"],
    "customer_totals.last_order_at": ["UPDATE customer_totals SET last_order_at = 1 WHERE customer_id = {ada}"],
    "customer_totals.last_order_amount": [
        "UPDATE customer_totals SET last_order_amount = 10 WHERE customer_id = {ada}"
    ],
    "vouchers.total": ["UPDATE counts SET n = n + 1 WHERE project_id = {p} AND name = 'vouchers'"],
    "vouchers.without_totals": ["DELETE FROM voucher_totals WHERE project_id = {p}"],
    "vouchers.in_the_bin": [
        "INSERT INTO binned_vouchers (project_id, code, id, voucher, deleted_at) VALUES ({p}, 'CARD', 'v_1', '{{}}', 1)"
    ],
    "voucher_totals.balance": ["UPDATE voucher_totals SET balance = balance + 1 WHERE project_id = {p}"],
    "voucher_totals.amount": ["UPDATE voucher_totals SET amount = amount + 1 WHERE project_id = {p}"],
    "voucher_totals.subtracted_amount": ["UPDATE voucher_totals SET subtracted_amount = 1 WHERE project_id = {p}"],
    "voucher_totals.redeemed_amount": ["UPDATE voucher_totals SET redeemed_amount = 1 WHERE project_id = {p}"],
    "voucher_totals.transactions": ["UPDATE voucher_totals SET transactions = 3 WHERE project_id = {p}"],
    "voucher_totals.of_nobody": ["DELETE FROM vouchers WHERE project_id = {p}"],
    "voucher_transactions.balance": ["UPDATE voucher_transactions SET balance = 1 WHERE project_id = {p} AND n = 1"],
    "voucher_transactions.of_nobody": [
        "UPDATE voucher_transactions SET code = 'x' WHERE project_id = {p} AND code = 'CARD'"
    ],
    "voucher_transaction_keys.of_nobody": ["UPDATE voucher_transaction_keys SET amount = 1 WHERE project_id = {p}"],
    "voucher_holders.of_nobody": ["UPDATE voucher_holders SET code = 'x' WHERE project_id = {p} AND code = 'CARD'"],
    "customer_totals.gift_amount_to_go": [
        "UPDATE customer_totals SET gift_amount_to_go = 1 WHERE project_id = {p} AND customer_id = {ada}"
    ],
    "publications.total": ["UPDATE counts SET n = n + 1 WHERE project_id = {p} AND name = 'publications'"],
    "vouchers.publish_count": ["UPDATE vouchers SET publish_count = 2 WHERE project_id = {p} AND code = 'GIVEN'"],
    "voucher_holders.of_publication": [
        "UPDATE voucher_holders SET customer_id = 'x' WHERE project_id = {p} AND code = 'GIVEN'"
    ],
    "publications.without_voucher": ["UPDATE publication_vouchers SET given = 0 WHERE project_id = {p}"],
    "publication_keys.of_nothing": ["UPDATE publication_keys SET code = 'x' WHERE project_id = {p}"],
    "memberships.of_nothing": [
        "INSERT INTO memberships (project_id, customer_id, campaign_id, publication_id, code, voucher_id)"
        " SELECT project_id, customer_id, 'camp_1', id, code, 'v_1' FROM publications WHERE project_id = {p}"
    ],
    "merged_customers.into": [
        "INSERT INTO merged_customers (project_id, id, into_id, created_at, links_revoked_at, links_good_at)"
        " VALUES ({p}, 'cust_loser', 'cust_nobody', 1, 0, 0)"
    ],
    "merged_customers.history": [
        "INSERT INTO merged_customers (project_id, id, into_id, created_at, moved_at, links_revoked_at, links_good_at)"
        " VALUES ({p}, 'cust_loser', {ada}, 1, 2, 0, 0)",
        "INSERT INTO events (project_id, customer_id, id, type, metadata, created_at)"
        " VALUES ({p}, 'cust_loser', 'event_1', 'bought', '{{}}', 1)",
    ],
    "deleted_customers.profile": ["UPDATE deleted_customers SET id = 'x' WHERE project_id = {p}"],
    "campaigns.version": ["UPDATE campaigns SET version = 99 WHERE project_id = {p}"],
    "campaigns.without_totals": ["DELETE FROM campaign_totals WHERE project_id = {p}"],
    "campaigns.without_name": ["DELETE FROM campaign_names WHERE project_id = {p}"],
    "campaign_names.of_nobody": ["UPDATE campaign_names SET campaign_id = 'x' WHERE project_id = {p}"],
    "campaign_totals.vouchers_count": [
        "UPDATE campaign_totals SET vouchers_count = vouchers_count + 1 WHERE project_id = {p}"
    ],
    "campaign_days.vouchers": ["UPDATE campaign_days SET vouchers_created = 9 WHERE project_id = {p}"],
    "categories.version": [
        "INSERT INTO categories (project_id, id, name, hierarchy, created_at, version)"
        " VALUES ({p}, 'cat_1', '', 1, 1, 99)"
    ],
    "stacking_rules.version": [
        "INSERT INTO stacking_rules (project_id, id, rules, created_at, version) VALUES ({p}, 'stk_1', '{{}}', 1, 99)"
    ],
    "promotion_tiers.version": ["UPDATE promotion_tiers SET version = 99 WHERE project_id = {p}"],
    "promotion_tiers.without_totals": ["DELETE FROM promotion_tier_totals WHERE project_id = {p}"],
    "promotion_tiers.of_no_campaign": ["UPDATE promotion_tiers SET campaign_id = 'x' WHERE project_id = {p}"],
    "promotion_tiers.hierarchy": ["UPDATE promotion_tiers SET hierarchy = 7 WHERE project_id = {p}"],
    "promotion_tier_totals.total_redeemed": [
        "UPDATE promotion_tier_totals SET total_redeemed = 7 WHERE project_id = {p}"
    ],
    "promotion_tier_totals.total_amount": ["UPDATE promotion_tier_totals SET total_amount = 7 WHERE project_id = {p}"],
    "promotion_tier_totals.total_discount_amount": [
        "UPDATE promotion_tier_totals SET total_discount_amount = 7 WHERE project_id = {p}"
    ],
    "promotion_stacks.version": ["UPDATE promotion_stacks SET version = 99 WHERE project_id = {p}"],
    "promotion_stacks.of_no_campaign": ["UPDATE promotion_stacks SET campaign_id = 'x' WHERE project_id = {p}"],
    "vouchers.of_no_campaign": ["UPDATE campaigns SET deleted_at = 1 WHERE project_id = {p}"],
    "product_collections.version": [
        "INSERT INTO product_collections (project_id, id, name, type, products, created_at, version)"
        " VALUES ({p}, 'pc_1', '', 'STATIC', '[]', 1, 99)"
    ],
    "products.total": ["UPDATE counts SET n = n + 1 WHERE project_id = {p} AND name = 'products'"],
    "products.skus": ["UPDATE products SET skus = skus + 1 WHERE project_id = {p}"],
    "products.without_key": ["DELETE FROM product_keys WHERE project_id = {p}"],
    "product_keys.of_nobody": ["UPDATE product_keys SET owner_id = NULL WHERE project_id = {p}"],
    "skus.without_key": ["DELETE FROM sku_keys WHERE project_id = {p}"],
    "sku_keys.of_nobody": ["UPDATE sku_keys SET owner_id = NULL WHERE project_id = {p}"],
    "deleted_products.still_there": [
        "INSERT INTO deleted_products (project_id, id, source_id, product_id, record, deleted_at)"
        " SELECT project_id, id, '', id, '{{}}', 1 FROM products WHERE project_id = {p}"
    ],
    "voucher_totals.held_quantity": [HELD_BY_A_SESSION],
    "voucher_totals.held_amount": [HELD_BY_A_SESSION],
    "binned_vouchers.voucher": ["UPDATE binned_vouchers SET id = 'v_1' WHERE project_id = {p}"],
    "deleted_products.record": [
        "INSERT INTO deleted_products (project_id, id, source_id, product_id, record, deleted_at)"
        " VALUES ({p}, 'prod_1', '', 'prod_1', '{{}}', 1)"
    ],
    "deleted_skus.record": [
        "INSERT INTO deleted_skus (project_id, id, source_id, product_id, record, deleted_at)"
        " VALUES ({p}, 'sku_1', '', 'prod_1', '{{}}', 1)"
    ],
    "deleted_skus.still_there": [
        "INSERT INTO deleted_skus (project_id, id, source_id, product_id, record, deleted_at)"
        " SELECT project_id, id, '', product_id, '{{}}', 1 FROM skus WHERE project_id = {p}"
    ],
    **OF_REDEMPTIONS,
    **OF_RULES,
}
"""For each check, what breaks its rule."""


async def fill(url: str) -> tuple[str, str]:
    """A project with two customers, a deleted one, orders and a product; its id, and that of the customer `ada`."""
    async with opened(Settings(database_url=url), migrating=True) as patron:
        project_id = await open_project(patron.units, "Shop")
        ada = CustomerIn(source_id="ada", name="Ada", address=AddressIn(city="London"))
        for customer in (ada, CustomerIn(name="nobody's source_id"), CustomerIn(source_id="gone")):
            await patron.units.write(UPSERT, _ctx(project_id), customer)
        await patron.units.write(DELETE, _ctx(project_id), Delete("gone"))
        await patron.units.write(UPSERT_PRODUCT, _ctx(project_id), ProductIn(source_id="tea"))
        await patron.units.write(UPSERT_SKU, _ctx(project_id), UpsertSku("tea", SkuIn(source_id="green")))
        for order in (
            OrderIn(status="PAID", amount=10, customer=CustomerIn(source_id="ada"), created_at="2024-01-01"),
            OrderIn(status="FULFILLED", amount=30, customer=CustomerIn(source_id="ada"), source_id="new"),
            OrderIn(amount=50, customer=CustomerIn(source_id="ada")),
            OrderIn(status="PAID"),
        ):
            await patron.units.write(SAVE, _ctx(project_id), Save(order))
        reply = await patron.units.write(UPSERT, _ctx(project_id), CustomerIn(source_id="ada"))
        ada_id = str(msgspec.json.decode(reply.body)["id"])
        await _give_a_card(patron, project_id, ada_id)
        await patron.units.write(CREATE_CAMPAIGN, _ctx(project_id), SPRING)
        await _promote(patron, project_id)
        await _publish(patron, project_id)
        await redeem(patron, project_id)
        return project_id, ada_id


async def _give_a_card(patron: Opened, project_id: str, customer_id: str) -> None:
    """A gift card, held by the customer, whose balance moved; and one in the bin that was held too."""
    for code in ("CARD", "GONE"):
        card = VoucherIn(code=code, type="GIFT_VOUCHER", gift=GiftIn(amount=1_000))
        await patron.units.write(CREATE, _ctx(project_id), card)
        await patron.units.write(HOLD, _ctx(project_id), Hold(code, customer_id))
        await patron.units.write(MOVE, _ctx(project_id), Move(code, VoucherBalanceIn(amount=-300, source_id="1")))
    await patron.units.write(BIN, _ctx(project_id), DeleteVoucher("GONE"))


async def _promote(patron: Opened, project_id: str) -> None:
    """A promotion with two tiers and a stack of one of them."""
    reply = await patron.units.write(CREATE_CAMPAIGN, _ctx(project_id), ALWAYS)
    [first, _] = msgspec.json.decode(reply.body)["promotion"]["tiers"]
    stack = StackIn(name="One", tiers=StackedIn(ids=[first["id"]]))
    await patron.units.write(CREATE_STACK, _ctx(project_id), Stack("Always", stack))


async def _publish(patron: Opened, project_id: str) -> None:
    """A voucher that ada was given under a source_id, and that somebody else was refused."""
    voucher = VoucherIn(code="GIVEN", type="GIFT_VOUCHER", gift=GiftIn(amount=0))
    await patron.units.write(CREATE, _ctx(project_id), voucher)
    for person in ("ada", "eve"):
        customer = CustomerIn(source_id=person)
        body = PublicationIn(voucher="GIVEN", customer=customer, source_id=f"to {person}")
        await patron.units.write(PUBLISH, _ctx(project_id), asked(body, join_once=False))


def _ctx(project_id: str) -> Ctx:
    return Ctx(project_id, now_ms(), token_bytes(16))


async def verified(url: str, project_id: str) -> list[Finding]:
    async with inspecting(url) as inspection:
        return await verify(inspection, [project_id], CHECKS, lambda _rule, _n, _of: None, *MADE_CHECKS)


def execute(url: str, sql: str) -> None:
    """Change something behind the server's back, foreign keys or not."""
    if url.startswith("sqlite"):
        connection = apsw.Connection(url.removeprefix("sqlite:///"))
        connection.set_busy_timeout(10_000)
        connection.execute(sql)
        connection.close()
    else:
        asyncio.run(_in_postgres(url, sql))


async def _in_postgres(url: str, sql: str) -> None:
    session = await asyncpg.connect(url, server_settings={"session_replication_role": "replica"})
    await session.execute(sql)
    await session.close()
