"""The official Python client, unmodified, lives with the server: every method whose endpoint exists is called."""

import inspect
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import voucherify
from voucherify import (
    ApiClient,
    ApiException,
    AsyncActionsApi,
    BinApi,
    CampaignsApi,
    CampaignsCreateRequestBody,
    CampaignsImportVoucherItem,
    CampaignsUpdateRequestBody,
    CampaignsVouchersCreateInBulkRequestBody,
    CampaignsVouchersCreateRequestBody,
    CategoriesApi,
    CategoriesCreateRequestBody,
    CategoriesUpdateRequestBody,
    ClientEventsCreateRequestBody,
    ClientQualificationsCheckEligibilityRequestBody,
    ClientRedemptionsRedeemRequestBody,
    ClientSideApi,
    ClientValidationsValidateRequestBody,
    Configuration,
    CreatePublicationCampaign,
    Customer,
    CustomersApi,
    CustomersCreateRequestBody,
    CustomersMetadataUpdateInBulkRequestBody,
    CustomersUpdateInBulkRequestBody,
    CustomersUpdateRequestBody,
    EventsApi,
    EventsCreateRequestBody,
    FilterConditionsString,
    Junction,
    LocationsApi,
    ManagementApi,
    ManagementProjectsCreateRequestBody,
    ManagementProjectsCustomEventSchemasCreateRequestBody,
    ManagementProjectsCustomEventSchemasUpdateRequestBody,
    ManagementProjectsMetadataSchemasCreateRequestBody,
    ManagementProjectsMetadataSchemasUpdateRequestBody,
    ManagementProjectsStackingRulesCreateRequestBody,
    ManagementProjectsStackingRulesUpdateRequestBody,
    ManagementProjectsUpdateRequestBody,
    MetadataSchemasApi,
    OrdersApi,
    OrdersCreateRequestBody,
    OrdersImportCreateRequestBodyItem,
    OrdersUpdateRequestBody,
    ParameterFiltersListBin,
    ParameterFiltersListBinId,
    ParameterFiltersListCampaigns,
    ParameterFiltersListCampaignsCampaigns,
    ParameterFiltersListPublications,
    ParameterFiltersListPublicationsFailureCode,
    ProductCollectionsApi,
    ProductCollectionsCreateRequestBody,
    ProductsApi,
    ProductsCreateRequestBody,
    ProductsMetadataUpdateInBulkRequestBody,
    ProductsSkusCreateRequestBody,
    ProductsSkusUpdateRequestBody,
    ProductsUpdateInBulkRequestBody,
    ProductsUpdateRequestBody,
    PromotionsApi,
    PromotionsStacksCreateRequestBody,
    PromotionsStacksUpdateRequestBody,
    PromotionsTiersCreateRequestBody,
    PromotionsTiersUpdateRequestBody,
    PublicationsApi,
    PublicationsCreateRequestBody,
    QualificationsApi,
    QualificationsCheckEligibilityRequestBody,
    RedemptionsApi,
    RedemptionsRedeemRequestBody,
    RedemptionsRollbackCreateRequestBody,
    SegmentsApi,
    SegmentsCreateRequestBody,
    ValidationRulesApi,
    ValidationRulesAssignmentsCreateRequestBody,
    ValidationRulesCreateRequestBody,
    ValidationRulesUpdateRequestBody,
    ValidationsApi,
    ValidationsValidateRequestBody,
    VouchersApi,
    VouchersBalanceUpdateRequestBody,
    VouchersCreateRequestBody,
    VouchersCreateWithSpecificCodeRequestBody,
    VouchersImportCreateItemRequestBody,
    VouchersMetadataUpdateInBulkRequestBody,
    VouchersUpdateInBulkItemRequestBody,
    VouchersUpdateRequestBody,
)

from patron.kernel.clock import now_ms
from tests.journeys.operations import Call, operations, same, templates_of
from tests.support.management import CLIENT_KEYS, MANAGEMENT_KEYS, PAGES, managed
from tests.support.servers import KEYS, note_answer


class Watched(ApiClient):  # type: ignore[misc]
    """The client, with a list of its requests; each answer goes to the contract's log."""

    def __init__(self, url: str, contract_log: Path) -> None:
        super().__init__(Configuration(host=url, api_key={**KEYS, **MANAGEMENT_KEYS, **CLIENT_KEYS}))
        self.calls: list[Call] = []
        self._contract_log = contract_log

    def call_api(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        self.calls.append((method, url))
        answer = super().call_api(method, url, *args, **kwargs)
        answer.read()
        path = url.removeprefix(self.configuration.host)
        note_answer(self._contract_log, method=method, path=path, status=answer.status, body=answer.data or b"")
        return answer


@pytest.fixture(scope="module")
def client(shared_database_url: str, contract_log: Path) -> Iterator[Watched]:
    with managed(shared_database_url, contract_log) as server, Watched(server.url, contract_log) as client:
        yield client
        client.rest_client.pool_manager.clear()  # which the client's own end leaves open


@pytest.fixture
def customers(client: Watched) -> Any:
    return CustomersApi(client)


@pytest.fixture
def management(client: Watched) -> Any:
    return ManagementApi(client)


def test_a_customer_is_created_found_changed_and_deleted(customers: Any) -> None:
    made = customers.create_customer(
        CustomersCreateRequestBody(
            source_id="ada@example.com",
            name="Ada",
            email="ada@example.com",
            address={"city": "London", "country": "GB"},
            metadata={"vip": True, "visits": 3},
        )
    )
    assert made.id.startswith("cust_")
    assert (made.name, made.address.city, made.metadata) == ("Ada", "London", {"vip": True, "visits": 3})
    assert made.summary.redemptions.total_redeemed == 0
    for name in (made.id, "ada@example.com"):
        assert customers.get_customer(name).to_dict() == made.to_dict()
    changed = customers.update_customer(
        "ada@example.com",
        CustomersUpdateRequestBody(name="Ada Lovelace", metadata={"visits": 4}, address={"city": "Bath"}),
    )
    assert (changed.id, changed.name, changed.email) == (made.id, "Ada Lovelace", "ada@example.com")
    assert changed.metadata == {"vip": True, "visits": 4}
    assert (changed.address.city, changed.address.country) == ("Bath", "GB")
    assert changed.updated_at is not None
    assert customers.delete_customer(made.id) is None
    with pytest.raises(ApiException) as refusal:
        customers.get_customer(made.id)
    assert (refusal.value.status, json.loads(refusal.value.body)["key"]) == (404, "not_found")


def test_a_customer_is_deleted_permanently(customers: Any) -> None:
    made = customers.create_customer(CustomersCreateRequestBody(source_id="forget-me", name="Ada"))
    erased = customers.customer_permanently_deletion("forget-me")
    assert (erased.related_object_id, erased.status, erased.object) == (made.id, "DONE", "pernament_deletion")
    assert erased.data_json.customer == 1
    with pytest.raises(ApiException) as refusal:
        customers.customer_permanently_deletion(made.id)
    assert refusal.value.status == 404


def test_an_upsert_finds_its_customer_by_source_id_and_by_id(customers: Any) -> None:
    made = customers.create_customer(CustomersCreateRequestBody(source_id="upsert", name="first", phone="1"))
    by_source_id = customers.create_customer(CustomersCreateRequestBody(source_id="upsert", name="second"))
    assert (by_source_id.id, by_source_id.name, by_source_id.phone) == (made.id, "second", "1")
    by_id = customers.create_customer(CustomersCreateRequestBody(id=made.id, name="third"))
    assert (by_id.id, by_id.source_id, by_id.name) == (made.id, "upsert", "third")


def test_a_model_that_was_made_from_a_dictionary_works_too(customers: Any) -> None:
    """Such a model sends a null for each field that it was not given."""
    customers.create_customer(CustomersCreateRequestBody(source_id="from-dict", name="x", metadata={"kept": 1}))
    body = CustomersCreateRequestBody.from_dict({"source_id": "from-dict", "name": "y"})
    made = customers.create_customer(body)
    assert (made.source_id, made.name, made.metadata) == ("from-dict", "y", {"kept": 1})


@pytest.mark.parametrize("source_id", ["a/b", "a b+c", "100%", "ü-🎁", "a?b=c&d#e", "a%2Fb"])
def test_any_character_may_stand_in_a_source_id(customers: Any, source_id: str) -> None:
    made = customers.create_customer(CustomersCreateRequestBody(source_id=source_id))
    assert customers.get_customer(source_id).id == made.id
    assert customers.update_customer(source_id, CustomersUpdateRequestBody(name="found")).id == made.id
    customers.delete_customer(source_id)


def test_a_date_and_an_explicit_null_go_to_and_fro(customers: Any) -> None:
    made = customers.create_customer(CustomersCreateRequestBody(source_id="dates", birthdate="2000-02-29", name="x"))
    assert str(made.birthdate) == "2000-02-29"
    cleared = customers.update_customer("dates", CustomersUpdateRequestBody(birthdate=None, name="x"))
    assert cleared.birthdate is None


def test_lists_come_in_pages_in_every_order_and_filtered(customers: Any) -> None:
    for n in range(25):
        customers.create_customer(
            CustomersCreateRequestBody(
                source_id=f"list-{n:02}", name=f"Lister {n % 2}", email="list@example.com", address={"city": "Gdynia"}
            )
        )
    everybody = [
        each for page in (1, 2, 3) for each in customers.list_customers(limit=10, page=page, city="Gdynia").customers
    ]
    assert len({each.id for each in everybody}) == 25
    for order in ("created_at", "-created_at", "updated_at", "-updated_at", "source_id", "-source_id"):
        assert len(customers.list_customers(limit=100, order=order, email="list@example.com").customers) == 25
    ordered = customers.list_customers(limit=100, order="source_id", name="Lister 1")
    assert [each.source_id for each in ordered.customers] == [f"list-{n:02}" for n in range(1, 25, 2)]
    assert ordered.total == 12
    now = datetime.fromtimestamp(now_ms() / 1000, UTC)
    hour = timedelta(hours=1)
    assert customers.list_customers(created_at_before=now - hour).total == 0
    assert customers.list_customers(created_at_after=now - hour, email="list@example.com").total == 25
    assert customers.list_customers(updated_at_after=now + hour).total == 0
    assert customers.list_customers(updated_at_before=now - hour).total == 0
    assert len(customers.list_customers(limit=100, starting_after=now + hour).customers) >= 25


def test_metadata_schemas_are_looked_up(client: Watched, management: Any, customers: Any) -> None:
    schemas = MetadataSchemasApi(client)
    own = management.list_projects().data[0].id
    made = management.create_metadata_schema(
        own,
        ManagementProjectsMetadataSchemasCreateRequestBody(
            related_object="customer",
            properties={"shoe_size": {"type": "number", "array": False, "optional": True, "gte": 14}},
        ),
    )
    assert schemas.get_metadata_schema("customer").id == made.id
    assert [each.related_object for each in schemas.list_metadata_schemas().schemas] == ["customer"]
    with pytest.raises(ApiException) as refusal:
        customers.create_customer(CustomersCreateRequestBody(metadata={"shoe_size": 13}))
    assert json.loads(refusal.value.body)["key"] == "metadata_validation_failed"
    management.delete_metadata_schema(own, made.id)


def test_a_project_is_managed_with_its_schemas(management: Any) -> None:
    made = management.create_project(
        ManagementProjectsCreateRequestBody(
            name="Shop", timezone="Europe/Warsaw", currency="EUR", case_sensitive_codes=True
        )
    )
    assert made.server_side_key.app_token
    assert management.get_project(made.id).name == "Shop"
    changed = management.update_project(made.id, ManagementProjectsUpdateRequestBody(name="Shop Berlin"))
    assert (changed.name, changed.currency) == ("Shop Berlin", "EUR")
    size = {"type": "string", "array": False, "optional": True, "min_length": 1}
    schema = management.create_metadata_schema(
        made.id,
        ManagementProjectsMetadataSchemasCreateRequestBody(related_object="order", properties={"size": size}),
    )
    assert management.get_metadata_schema1(made.id, schema.id).properties["size"]["min_length"] == 1
    management.update_metadata_schema(
        made.id,
        schema.id,
        ManagementProjectsMetadataSchemasUpdateRequestBody(allow_defined_only=True, properties={"size": size}),
    )
    assert [each.allow_defined_only for each in management.list_metadata_schemas1(made.id).data] == [True]
    management.delete_metadata_schema(made.id, schema.id)
    management.delete_project(made.id)
    assert made.id not in [each.id for each in management.list_projects().data]


def test_events_are_defined_tracked_and_told(client: Watched, management: Any, customers: Any) -> None:
    project = management.list_projects().data[-1].id
    made = management.create_custom_event_schema(
        project,
        ManagementProjectsCustomEventSchemasCreateRequestBody(
            name="review_left", schema={"properties": {"rating": {"type": "number", "optional": False}}}
        ),
    )
    assert made.id in [each.id for each in management.list_custom_event_schemas(project).data]
    change = ManagementProjectsCustomEventSchemasUpdateRequestBody(
        schema={"properties": {"text": {"type": "string", "optional": True}}}
    )
    changed = management.update_custom_event_schema(project, made.id, change)
    assert sorted(changed.var_schema.properties) == ["rating", "text"]
    assert management.get_custom_event_schema(project, made.id).updated_at is not None

    body = EventsCreateRequestBody(
        event="review_left", customer={"source_id": "reviewer", "name": "Ada"}, metadata={"rating": 5}
    )
    told = EventsApi(client).track_custom_event(body)
    assert (told.type, told.customer.source_id, told.metadata) == ("review_left", "reviewer", {"rating": 5})
    page = customers.list_customer_activity("reviewer", limit=1)
    assert (page.has_more, page.data[0].type) == (True, "customer.custom_event")
    assert page.data[0].data["event"]["metadata"] == {"rating": 5}
    rest = customers.list_customer_activity("reviewer", starting_after_id=page.more_starting_after)
    assert (rest.has_more, [each.type for each in rest.data]) == (False, ["customer.created"])
    assert rest.data[0].data["customer"]["name"] == "Ada"
    assert rest.data[0].group_id == page.data[0].group_id
    filtered = customers.list_customer_activity(
        "reviewer", type="customer.created", category="ACTION", order="created_at", start_date=page.data[0].created_at
    )
    assert [each.id for each in filtered.data] == [rest.data[0].id]

    management.delete_custom_event_schema(project, made.id)
    with pytest.raises(ApiException) as undefined:
        EventsApi(client).track_custom_event(body)
    assert undefined.value.status == 404


def test_a_page_tracks_where_its_project_lets_it(client: Watched) -> None:
    body = ClientEventsCreateRequestBody(event="any", customer={"source_id": "visitor"})
    with pytest.raises(ApiException) as refusal:
        ClientSideApi(client).track_custom_event_client_side(PAGES, body)
    assert (refusal.value.status, json.loads(refusal.value.body)["key"]) == (403, "forbidden")


def test_customers_are_changed_in_bulk_and_imported(client: Watched, customers: Any, tmp_path: Path) -> None:
    actions = AsyncActionsApi(client)
    bulk = customers.update_customers_in_bulk(
        [
            CustomersUpdateInBulkRequestBody(source_id="bulk-1", name="One", metadata={"a": 1}),
            CustomersUpdateInBulkRequestBody(source_id="bulk-2", address={"city": "Oslo"}),
        ]
    )
    assert _ended(actions, bulk).result["done_count"] == 2
    metadata = customers.update_customers_metadata_in_bulk(
        CustomersMetadataUpdateInBulkRequestBody(source_ids=["bulk-1", "bulk-3"], metadata={"b": True})
    )
    assert _ended(actions, metadata).operation_status == "SUCCESS"
    assert customers.get_customer("bulk-1").metadata == {"a": 1, "b": True}
    file = tmp_path / "people.csv"
    file.write_text("Source_id,Name,City,tier\nbulk-1,Uno,Bergen,gold\nshort\n")
    imported = _ended(actions, customers.import_customers_using_csv(file=str(file)))
    assert (imported.type, imported.progress) == ("CUSTOMERS.IMPORT_CSV", 100)
    assert [each["row"] for each in imported.result["failed"]] == [2]
    after = customers.get_customer("bulk-1")
    assert (after.name, after.address.city, after.metadata) == ("Uno", "Bergen", {"tier": "gold"})
    listed = actions.list_async_actions(limit=2, end_date=datetime.fromtimestamp(now_ms() / 1000 + 60, UTC))
    assert (listed.async_actions[0].id, listed.has_more) == (imported.id, True)


def test_vouchers_are_imported_and_changed_in_bulk(client: Watched, tmp_path: Path) -> None:
    actions, vouchers = AsyncActionsApi(client), VouchersApi(client)
    rows = [
        {"code": "BULK-1", "type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 3000},
         "category": "First", "redemption": {"quantity": 1}, "start_date": "2020-12-01T23:00:00Z"},
        {"code": "BULK-2", "type": "GIFT_VOUCHER", "gift": {"amount": 10000}, "metadata": {"unit": "EUR"}},
    ]  # fmt: skip
    begun = vouchers.import_vouchers([VouchersImportCreateItemRequestBody.from_dict(row) for row in rows])
    imported = _ended(actions, begun)
    assert (imported.type, imported.result["done_count"]) == ("VOUCHERS.IMPORT", 2)
    assert vouchers.get_voucher("BULK-2").gift.balance == 10000
    file = tmp_path / "vouchers.csv"
    file.write_text(
        "Code,Voucher Type,Value,Redeemed Amount,Active\nBULK-1,,,,FALSE\nBULK-3,GIFT_VOUCHER,50,20,\nshort\n"
    )
    imported = _ended(actions, vouchers.import_vouchers_using_csv(file=str(file), webhooks_enable=True))
    assert (imported.type, imported.progress) == ("VOUCHERS.IMPORT_CSV", 100)
    assert [(each["code"], each["row"]) for each in imported.result["failed"]] == [("short", 3)]
    after = vouchers.get_voucher("BULK-1")
    assert (after.active, after.category, after.discount.amount_off) == (False, "First", 3000)
    assert vouchers.get_voucher("BULK-3").gift.balance == 30
    codes = ["BULK-1", "nobody's"]
    changed = vouchers.update_vouchers_in_bulk(
        [VouchersUpdateInBulkItemRequestBody(code=code, metadata={"a": 1}) for code in codes]
    )
    result = _ended(actions, changed).result
    assert (result["done_count"], [each["code"] for each in result["errors"]]) == (1, ["nobody's"])
    metadata = vouchers.update_vouchers_metadata_in_bulk(
        VouchersMetadataUpdateInBulkRequestBody(codes=["BULK-1", "BULK-2"], metadata={"lang": "en"})
    )
    assert _ended(actions, metadata).operation_status == "SUCCESS"
    assert vouchers.get_voucher("BULK-1").metadata == {"a": 1, "lang": "en"}
    assert vouchers.get_voucher("BULK-2").metadata == {"unit": "EUR", "lang": "en"}


def test_orders_are_placed_paid_canceled_listed_and_imported(client: Watched, customers: Any) -> None:
    orders = OrdersApi(client)
    made = orders.create_order(
        OrdersCreateRequestBody(
            source_id="a/b #1",
            amount=20_000,
            status="PAID",
            customer={"source_id": "orderer", "name": "Ada"},
            referrer={"source_id": "friend"},
            items=[{"quantity": 1, "price": 20_000, "product": {"name": "Vase"}, "object": "order_item"}],
            metadata={"channel": "web"},
        )
    )
    assert (made.status, made.total_amount, made.items[0].subtotal_amount) == ("PAID", 20_000, 20_000)
    assert (made.customer.id, made.referrer.id) == (made.customer_id, made.referrer_id)
    for name in (made.id, "a/b #1"):
        assert orders.get_order(name).to_dict() == made.to_dict()
    assert customers.get_customer("orderer").summary.orders.total_amount == 20_000
    dictionary = OrdersUpdateRequestBody.from_dict({"discount_amount": 5_000})
    changed = orders.update_order(made.id, dictionary)
    assert (changed.status, changed.total_discount_amount, changed.total_amount) == ("PAID", 5_000, 15_000)
    assert (changed.source_id, changed.customer_id, changed.metadata) == ("a/b #1", made.customer_id, made.metadata)
    canceled = orders.update_order("a/b #1", OrdersUpdateRequestBody(status="CANCELED"))
    assert (canceled.status, canceled.updated_at is None) == ("CANCELED", False)
    assert customers.get_customer("orderer").summary.orders.total_count == 0
    feed = customers.list_customer_activity("orderer", type="customer.order.canceled")
    assert feed.data[0].data["order"]["id"] == made.id
    begun = orders.import_orders(
        [
            OrdersImportCreateRequestBodyItem(source_id="imported", status="FULFILLED", amount=70,
                                              customer={"source_id": "orderer"}),
            OrdersImportCreateRequestBodyItem(referrer_id="cust_unknown"),
        ]
    )  # fmt: skip
    action = _ended(AsyncActionsApi(client), begun)
    assert (action.type, action.result["done_count"], action.result["failed_count"]) == ("ORDERS.IMPORT", 1, 1)
    assert customers.get_customer("orderer").summary.orders.last_order_amount == 70
    for order in ("created_at", "-created_at", "updated_at", "-updated_at"):
        page = orders.list_orders(limit=1, page=1, order=order)
        assert (page.total, len(page.orders)) == (2, 1)
    with pytest.raises(ApiException) as unknown:
        orders.get_order("ord_unknown")
    assert unknown.value.status == 404


def _ended(actions: Any, begun: Any) -> Any:
    while (action := actions.get_async_action(begun.async_action_id)).status not in ("DONE", "FAILED"):
        time.sleep(0.02)
    return action


def test_codes_are_brought_into_a_campaign(client: Watched, tmp_path: Path) -> None:
    actions, campaigns, vouchers = AsyncActionsApi(client), CampaignsApi(client), VouchersApi(client)
    template = {"type": "GIFT_VOUCHER", "gift": {"amount": 100, "effect": "APPLY_TO_ORDER"}}
    body = {"name": "Brought", "campaign_type": "GIFT_VOUCHERS", "voucher": template, "vouchers_count": 0}
    campaign = campaigns.create_campaign(CampaignsCreateRequestBody.from_dict(body))
    rows = [{"code": "BROUGHT-1", "category": "First"}, {"code": "BROUGHT-2", "gift": {"amount": 500}}]
    begun = campaigns.import_vouchers_to_campaign(
        campaign.id, [CampaignsImportVoucherItem.from_dict(row) for row in rows]
    )
    imported = _ended(actions, begun)
    assert (imported.type, imported.result["done_count"]) == ("CAMPAIGN.VOUCHERS_IMPORT", 2)
    assert [vouchers.get_voucher(f"BROUGHT-{n}").gift.balance for n in (1, 2)] == [100, 500]
    file = tmp_path / "codes.csv"
    file.write_text("Code,Active\nBROUGHT-1,FALSE\nBROUGHT-3,\nBROUGHT-3,\n")
    begun = campaigns.import_vouchers_to_campaign_using_csv("Brought", file=str(file))
    imported = _ended(actions, begun)
    assert imported.type == "CAMPAIGN.VOUCHERS_IMPORT_CSV"
    assert [(each["row"], each["code"]) for each in imported.result["failed"]] == [(3, "BROUGHT-3")]
    assert vouchers.get_voucher("BROUGHT-1").active is False
    assert vouchers.get_voucher("BROUGHT-3").campaign == "Brought"


def test_products_are_changed_in_bulk_and_imported(client: Watched, tmp_path: Path) -> None:
    actions, products = AsyncActionsApi(client), ProductsApi(client)
    bulk = products.update_products_in_bulk(
        [
            ProductsUpdateInBulkRequestBody(source_id="bulk-tea", name="Tea", price=500, attributes=["size"]),
            ProductsUpdateInBulkRequestBody(source_id="bulk-cup", metadata={"a": 1}),
        ]
    )
    assert _ended(actions, bulk).result["done_count"] == 2
    metadata = products.update_products_metadata_in_bulk(
        ProductsMetadataUpdateInBulkRequestBody(source_ids=["bulk-tea", "bulk-cup"], metadata={"origin": "PL"})
    )
    assert _ended(actions, metadata).operation_status == "SUCCESS"
    assert products.get_product("bulk-cup").metadata == {"a": 1, "origin": "PL"}
    file = tmp_path / "products.csv"
    file.write_text("name,source_id,price,vendor\nGreen tea,bulk-tea,600,Mall\n,bulk-new,1,\n")
    imported = _ended(actions, products.import_products_using_csv(file=str(file)))
    assert (imported.type, imported.result["done_count"]) == ("PRODUCTS.IMPORT_CSV", 1)
    assert [(each["row"], each["source_id"]) for each in imported.result["failed"]] == [(2, "bulk-new")]
    after = products.get_product("bulk-tea")
    assert (after.name, after.price, after.metadata) == ("Green tea", 600, {"origin": "PL", "vendor": "Mall"})
    file.write_text('product_id,sku,source_id,attributes\nbulk-tea,Small,bulk-small,"{""size"": ""S""}"\nnobody,,x,\n')
    imported = _ended(actions, products.import_skus_using_csv(file=str(file)))
    assert (imported.type, [each["row"] for each in imported.result["failed"]]) == ("SKUS.IMPORT_CSV", [2])
    assert products.get_sku("bulk-small").attributes == {"size": "S"}
    for source_id in ("bulk-tea", "bulk-cup"):
        products.delete_product(source_id, force=True)


def test_products_and_their_skus_are_created_changed_listed_and_deleted(client: Watched) -> None:
    products = ProductsApi(client)
    tea = ProductsCreateRequestBody(
        source_id="tea", name="Tea", price=500, attributes=["size"], metadata={"fair": True}
    )
    made = products.create_product(tea)
    assert (made.id[:5], made.price, made.attributes, made.updated_at) == ("prod_", 500, ["size"], None)
    small = ProductsSkusCreateRequestBody(source_id="tea-small", sku="Small", price=450, attributes={"size": "S"})
    sku = products.create_sku("tea", small)
    assert products.get_sku("tea-small").to_dict() == sku.to_dict()
    shown = products.get_product("tea")
    assert (shown.id, shown.skus.total, shown.skus.data[0].id) == (made.id, 1, sku.id)
    from_dictionary = ProductsCreateRequestBody.from_dict({"source_id": "tea", "name": "Green tea", "price": 500})
    assert products.create_product(from_dictionary).metadata == {"fair": True}
    assert products.update_product("tea", ProductsUpdateRequestBody(price=600)).price == 600
    assert products.update_sku(made.id, "tea-small", ProductsSkusUpdateRequestBody(currency="EUR")).currency == "EUR"
    now = datetime.fromtimestamp(now_ms() / 1000, UTC)
    hour = timedelta(hours=1)
    listed = products.list_products(limit=5, page=1, order="-created_at", start_date=now - hour, end_date=now + hour)
    assert [(each.id, each.skus.total) for each in listed.products] == [(made.id, 1)]
    assert products.list_products(end_date=now - hour).total == 0
    assert [each.id for each in products.list_skus_in_product("tea").skus] == [sku.id]
    products.delete_sku("tea", "tea-small")
    products.delete_product(made.id, force=True)
    with pytest.raises(ApiException) as refusal:
        products.get_product("tea")
    assert refusal.value.status == 404


def test_collections_hold_what_they_list_and_what_passes_their_filter(client: Watched) -> None:
    products, collections = ProductsApi(client), ProductCollectionsApi(client)
    cup = products.create_product(ProductsCreateRequestBody(name="Cup", price=900, metadata={"color": "red"}))
    entry = {"id": cup.id, "object": "product"}
    listed = collections.create_product_collection(
        ProductCollectionsCreateRequestBody(type="STATIC", name="Cups", products=[entry])
    )
    by_price = {"junction": "and", "price": {"conditions": {"$more_than": [500]}}}
    filtered = collections.create_product_collection(
        ProductCollectionsCreateRequestBody(type="AUTO_UPDATE", name="Dear", filter=by_price)
    )
    assert collections.get_product_collection(listed.id).products[0].id == cup.id
    page = collections.list_product_collections(limit=10, page=1, order="-created_at")
    assert ([each.id for each in page.data], page.total) == ([filtered.id, listed.id], 2)
    for collection in (listed, filtered):
        told = collections.list_products_in_collection(collection.id, limit=5, page=1, order="created_at")
        assert ([each.id for each in told.data], told.total) == ([cup.id], 1)
    collections.delete_product_collection(listed.id)
    with pytest.raises(ApiException) as refusal:
        collections.get_product_collection(listed.id)
    assert refusal.value.status == 404


def test_segments_list_customers_or_ask_a_filter(client: Watched) -> None:
    customers, segments = CustomersApi(client), SegmentsApi(client)
    ada = customers.create_customer(CustomersCreateRequestBody(source_id="segmented", metadata={"club": "Gold"}))
    listed = segments.create_segment(SegmentsCreateRequestBody(name="Friends", type="static", customers=[ada.id]))
    gold = {"junction": "and", "metadata.club": {"conditions": {"$in": ["Gold", "Silver"]}}}
    active = segments.create_segment(SegmentsCreateRequestBody(name="Club", type="auto-update", filter=gold))
    assert segments.get_segment(active.id).filter == gold
    told = customers.list_customer_segments(ada.id)
    assert ([each.id for each in told.data], told.total) == ([active.id, listed.id], 2)
    assert [each.id for each in customers.list_customers(segment_id=listed.id).customers] == [ada.id]
    for segment in (listed, active):
        segments.delete_segment(segment.id)
    with pytest.raises(ApiException) as refusal:
        segments.get_segment(active.id)
    assert refusal.value.status == 404


def test_rules_are_made_assigned_changed_and_deleted(client: Watched) -> None:
    rules, vouchers = ValidationRulesApi(client), VouchersApi(client)
    dear = {"1": {"name": "order.amount", "conditions": {"$more_than": [1000]}}, "logic": "1"}
    made = rules.create_validation_rules(ValidationRulesCreateRequestBody(name="Dear orders", rules=dear))
    assert rules.get_validation_rule(made.id).rules["1"]["conditions"] == {"$more_than": [1000]}
    changed = rules.update_validation_rule(made.id, ValidationRulesUpdateRequestBody(name="Dearer orders"))
    assert rules.list_validation_rules(limit=1, page=1, order="-created_at").data[0].name == changed.name
    discount = VouchersCreateWithSpecificCodeRequestBody(
        type="DISCOUNT_VOUCHER", discount={"type": "PERCENT", "percent_off": 10.0}
    )
    voucher = vouchers.create_voucher("RULED", discount)
    body = ValidationRulesAssignmentsCreateRequestBody(related_object_type="voucher", related_object_id=voucher.id)
    assignment = rules.create_validation_rule_assignment(made.id, validation_rules_assignments_create_request_body=body)
    assert [each.id for each in rules.list_validation_rule_assignments(made.id).data] == [assignment.id]
    assert [each.id for each in rules.list_validation_rules_assignments(rule=made.id).data] == [assignment.id]
    rules.delete_validation_rule_assignment(made.id, assignment.id)
    rules.delete_validation_rules(made.id)
    with pytest.raises(ApiException) as refusal:
        rules.get_validation_rule(made.id)
    assert refusal.value.status == 404


def test_a_bundle_is_found_and_what_lacks_is_told(client: Watched) -> None:
    lamp = ProductsApi(client).create_product(ProductsCreateRequestBody(name="Lamp", price=3_000)).id
    two_lamps = {
        "name": "order.items.any",
        "conditions": {"$is": [{"id": lamp, "type": "product_or_sku", "object": "product"}]},
        "rules": {"1": {"name": "order.items.aggregated_quantity", "conditions": {"$is": [2]}}, "logic": "1"},
    }
    rule = ValidationRulesCreateRequestBody(name="Two lamps", bundle_rules={"1": two_lamps, "limit": 3})
    made = ValidationRulesApi(client).create_validation_rules(rule)
    voucher = VouchersCreateWithSpecificCodeRequestBody.from_dict(
        {
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "AMOUNT", "amount_off": 500},
            "validation_rules": [made.id],
        }
    )
    VouchersApi(client).create_voucher("LAMPS", voucher)

    def validated(lamps: int) -> Any:
        order = {"items": [{"product_id": lamp, "quantity": lamps}]}
        asked = {"redeemables": [{"object": "voucher", "id": "LAMPS"}], "order": order}
        return ValidationsApi(client).validate_stacked_discounts(ValidationsValidateRequestBody.from_dict(asked))

    told = validated(5)
    bundle = told.redeemables[0].result.bundle
    assert (told.valid, bundle.quantity, bundle.limit, bundle.identified[0].item_quantity) == (True, 2, 3, 4)
    assert told.order.total_discount_amount == 1_000
    missing = validated(1).redeemables[0].result.bundle.missing
    assert [(each.id, each.object, each.item_quantity) for each in missing] == [(lamp, "product", 1)]


def test_locations_are_read(client: Watched, management: Any) -> None:
    locations = LocationsApi(client)
    told = locations.list_locations(limit=10, order="-created_at")
    assert (told.data, told.total, told.has_more) == ([], 0, False)
    shape = {"type": "circle", "format": "distance", "distance": {"center": "geo:52.52,13.4", "radius": "1.54 km"}}
    path = f"{client.configuration.host}/management/v1/projects/{management.list_projects().data[0].id}/locations"
    made = httpx.post(path, json={"name": "Berlin", "shape": shape}, headers=MANAGEMENT_KEYS).json()
    told = locations.list_locations(limit=10, order="-created_at")
    assert (told.data[0].id, told.total) == (made["id"], 1)
    assert locations.get_location(made["id"]).shape.distance.to_dict() == shape["distance"]
    with pytest.raises(ApiException) as refusal:
        locations.get_location("loc_1")
    assert refusal.value.status == 404


def test_a_discount_voucher_is_created_found_changed_and_deleted(client: Watched) -> None:
    vouchers = VouchersApi(client)
    body = VouchersCreateWithSpecificCodeRequestBody(
        type="DISCOUNT_VOUCHER",
        discount={"type": "AMOUNT", "amount_off": 1000, "effect": "APPLY_TO_ORDER"},
        category="New",
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        validity_timeframe={"interval": "P2D", "duration": "PT1H"},
        validity_day_of_week=[1, 2],
        redemption={"quantity": 3},
        metadata={"lang": "en"},
    )
    made = vouchers.create_voucher("a/b c", body)
    assert (made.code, made.discount.amount_off, made.redemption.quantity) == ("a/b c", 1000, 3)
    assert made.assets.qr.url.endswith(made.assets.qr.id)
    for name in ("a/b c", made.id):
        assert vouchers.get_voucher(name).to_dict() == made.to_dict()
    with pytest.raises(ApiException) as taken:
        vouchers.create_voucher("a/b c", body)
    assert (taken.value.status, json.loads(taken.value.body)["key"]) == (409, "duplicate_found")
    changed = vouchers.update_voucher(
        "a/b c", VouchersUpdateRequestBody(discount={"type": "AMOUNT", "amount_off": 5}, metadata={"n": 1})
    )
    assert (changed.discount.amount_off, changed.metadata) == (5, {"lang": "en", "n": 1})
    assert vouchers.disable_voucher("a/b c").active is False
    assert vouchers.enable_voucher("a/b c").active is True
    listed = vouchers.list_vouchers(category="New", ids=[made.id, "v_nothing"], order="-code", code="a/b c")
    assert [each.id for each in listed.vouchers] == [made.id]
    vouchers.delete_voucher("a/b c", force=True)
    with pytest.raises(ApiException) as gone:
        vouchers.get_voucher("a/b c")
    assert gone.value.status == 404


def test_a_gift_card_is_made_and_its_balance_moved(client: Watched, customers: Any) -> None:
    vouchers = VouchersApi(client)
    made = vouchers.generate_random_code(
        VouchersCreateRequestBody(
            type="GIFT_VOUCHER", gift={"amount": 1000, "balance": 1000}, code_config={"pattern": "GIFT-####"}
        )
    )
    assert re.fullmatch(r"GIFT-\w{4}", made.code)
    added = vouchers.update_voucher_balance(made.code, VouchersBalanceUpdateRequestBody(amount=10000, reason="gift"))
    assert (added.amount, added.balance, added.type) == (10000, 11000, "gift_voucher")
    page = vouchers.list_voucher_transactions(made.code, limit=1)
    assert (page.has_more, page.data[0].details.balance.balance) == (True, 11000)
    rest = vouchers.list_voucher_transactions(made.code, starting_after_id=page.more_starting_after, order="-id")
    assert [each.type for each in rest.data] == ["CREDITS_ADDITION"]
    customers.create_customer(CustomersCreateRequestBody(source_id="holds-nothing"))
    assert customers.list_customer_redeemables("holds-nothing").total == 0


def test_a_campaign_is_created_found_and_listed(client: Watched) -> None:
    campaigns = CampaignsApi(client)
    body = CampaignsCreateRequestBody(
        name="Rainy summer",
        campaign_type="DISCOUNT_COUPONS",
        type="STATIC",
        voucher={
            "type": "DISCOUNT_VOUCHER",
            "discount": {"type": "PERCENT", "percent_off": 10},
            "redemption": {"quantity": 1},
            "code_config": {"pattern": "RAIN-####"},
        },
        metadata={"region": "AMER"},
    )
    made = campaigns.create_campaign(body)
    assert (made.name, made.vouchers_count, made.voucher.code_config.length) == ("Rainy summer", 1, 4)
    for name in ("Rainy summer", made.id):
        assert campaigns.get_campaign(name).to_dict() == made.to_dict()
    listed = campaigns.list_campaigns(campaign_type="DISCOUNT_COUPONS", order="-created_at", limit=1)
    assert [each.id for each in listed.campaigns] == [made.id]
    names = FilterConditionsString(**{"$in": ["Rainy summer", 'it\'s "none"']})
    filters = ParameterFiltersListCampaigns(
        campaigns=ParameterFiltersListCampaignsCampaigns(conditions=names), junction=Junction.AND
    )
    assert [each.id for each in campaigns.list_campaigns(filters=filters).campaigns] == [made.id]
    [voucher] = VouchersApi(client).list_vouchers(campaign="Rainy summer").vouchers
    assert (voucher.campaign, voucher.campaign_id) == ("Rainy summer", made.id)


def test_a_campaign_gets_vouchers_is_changed_and_deleted(client: Watched) -> None:
    campaigns, actions = CampaignsApi(client), AsyncActionsApi(client)
    made = campaigns.create_campaign(
        CampaignsCreateRequestBody(
            name="Cards",
            campaign_type="GIFT_VOUCHERS",
            type="AUTO_UPDATE",
            vouchers_count=3,
            voucher={"type": "GIFT_VOUCHER", "gift": {"amount": 500, "balance": 500}},
        )
    )
    many = campaigns.add_vouchers_to_campaign(
        "Cards",
        vouchers_count=2,
        campaigns_vouchers_create_in_bulk_request_body=CampaignsVouchersCreateInBulkRequestBody(category="Late"),
    )
    assert _ended(actions, many).result["done_count"] == 2
    one = campaigns.add_vouchers_to_campaign(
        made.id, campaigns_vouchers_create_in_bulk_request_body=CampaignsVouchersCreateInBulkRequestBody()
    )
    assert one.campaign == "Cards"
    mine = campaigns.add_voucher_with_specific_code_to_campaign(
        "Cards", "MY-CARD", CampaignsVouchersCreateRequestBody(metadata={"n": 1})
    )
    assert (mine.code, mine.gift.balance, mine.metadata) == ("MY-CARD", 500, {"n": 1})
    changed = campaigns.update_campaign("Cards", CampaignsUpdateRequestBody(description="For friends"))
    assert (changed.description, changed.metadata) == ("For friends", {})
    campaigns.disable_campaign("Cards")
    assert campaigns.get_campaign("Cards").active is False
    campaigns.enable_campaign("Cards")
    summary = campaigns.get_campaign_summary("Cards")
    assert (summary.campaign.id, summary.created_vouchers_amount >= 2_000) == (made.id, True)
    moves = campaigns.list_campaign_transactions("Cards", limit=1, order="-id")
    assert (len(moves.data), moves.has_more) == (1, True)
    _ended(actions, campaigns.delete_campaign("Cards", force=True))
    with pytest.raises(ApiException) as gone:
        campaigns.get_campaign("Cards")
    assert gone.value.status == 404


def test_categories_and_stacking_rules_go_together(client: Watched, management: Any) -> None:
    categories, project = CategoriesApi(client), management.list_projects().data[0].id
    made = categories.create_category(CategoriesCreateRequestBody(name="Sale", hierarchy=2))
    changed = categories.update_category(made.id, CategoriesUpdateRequestBody(name="Summer sale", hierarchy=1))
    assert (changed.id, changed.name, changed.hierarchy) == (made.id, "Summer sale", 1)
    assert categories.get_category(made.id).to_dict() == changed.to_dict()
    assert made.id in [each.id for each in categories.list_categories().data]
    rules = management.create_stacking_rules(
        project,
        ManagementProjectsStackingRulesCreateRequestBody(
            applicable_redeemables_limit=10, joint_categories=[made.id], redeemables_application_mode="PARTIAL"
        ),
    )
    assert (rules.redeemables_limit, rules.applicable_redeemables_limit) == (30, 10)
    change = ManagementProjectsStackingRulesUpdateRequestBody(redeemables_application_mode="ALL")
    assert management.update_stacking_rules(project, rules.id, change).joint_categories == [made.id]
    assert management.get_stacking_rules(project, rules.id).redeemables_application_mode == "ALL"
    assert [each.id for each in management.list_stacking_rules(project).data] == [rules.id]
    with pytest.raises(ApiException) as used:
        categories.delete_category(made.id)
    assert (used.value.status, json.loads(used.value.body)["key"]) == (400, "resource_in_use")
    management.delete_stacking_rules(project, rules.id)
    categories.delete_category(made.id)


def test_a_promotion_has_tiers_and_stacks(client: Watched) -> None:
    campaigns, promotions = CampaignsApi(client), PromotionsApi(client)
    ten_off = {"discount": {"type": "AMOUNT", "amount_off": 1000, "effect": "APPLY_TO_ORDER"}}
    campaign = campaigns.create_campaign(
        CampaignsCreateRequestBody(
            name="Always", campaign_type="PROMOTION", promotion={"tiers": [{"name": "Ten off", "action": ten_off}]}
        )
    )
    [first] = campaign.promotion.tiers
    five = {"discount": {"type": "PERCENT", "percent_off": 5}}
    second = promotions.add_promotion_tier_to_campaign(
        campaign.id, PromotionsTiersCreateRequestBody(name="Five per cent", action=five, metadata={"level": "B"})
    )
    assert (first.hierarchy, second.hierarchy, second.campaign.id) == (1, 2, campaign.id)
    change = PromotionsTiersUpdateRequestBody(banner="Only today", hierarchy=1)
    changed = promotions.update_promotion_tier(second.id, change)
    assert (changed.banner, changed.hierarchy, changed.metadata) == ("Only today", 1, {"level": "B"})
    assert promotions.disable_promotion_tier(second.id).active is False
    assert promotions.enable_promotion_tier(second.id).active is True
    assert promotions.get_promotion_tier(second.id).summary.redemptions.total_redeemed == 0
    listed = promotions.list_promotion_tiers_from_campaign(campaign.id)
    assert [each.id for each in listed.tiers] == [second.id, first.id]
    assert promotions.list_promotion_tiers(is_available=True, limit=1, order="-created_at").tiers[0].id == second.id
    on_page = ClientSideApi(client).list_promotion_tiers_client_side(PAGES, limit=2, page=1)
    assert [each.id for each in on_page.tiers] == [second.id, first.id]
    stack = promotions.create_promotion_stack(
        campaign.id, PromotionsStacksCreateRequestBody(name="Both", tiers={"ids": [first.id, second.id]})
    )
    assert promotions.get_promotion_stack(campaign.id, stack.id).tiers.ids == [first.id, second.id]
    renamed = promotions.update_promotion_stack(campaign.id, stack.id, PromotionsStacksUpdateRequestBody(name="Two"))
    assert (renamed.name, renamed.tiers.ids) == ("Two", [first.id, second.id])
    assert [each.id for each in promotions.list_promotion_stacks_in_campaign(campaign.id).data] == [stack.id]
    assert [each.id for each in promotions.list_all_promotion_stacks(order="name").data] == [stack.id]
    asked = {"redeemables": [{"object": "promotion_stack", "id": stack.id}], "order": {"amount": 10000}}
    told = ValidationsApi(client).validate_stacked_discounts(ValidationsValidateRequestBody.from_dict(asked))
    assert ([each.id for each in told.redeemables], told.order.total_amount) == ([first.id, second.id], 8550)
    promotions.delete_promotion_stack(campaign.id, stack.id)
    promotions.delete_promotion_tier(first.id)
    with pytest.raises(ApiException) as gone:
        promotions.get_promotion_tier(first.id)
    assert gone.value.status == 404


def test_what_was_deleted_is_in_the_bin_and_goes_from_there(client: Watched) -> None:
    made = VouchersApi(client).create_voucher(
        "thrown away", VouchersCreateWithSpecificCodeRequestBody(type="GIFT_VOUCHER", gift={"amount": 5})
    )
    VouchersApi(client).delete_voucher("thrown away")
    thrown = BinApi(client).list_bin_entries(limit=1, order="-id")
    [entry] = thrown.data
    entry_ids = FilterConditionsString(**{"$is": entry.id})
    only = ParameterFiltersListBin(id=ParameterFiltersListBinId(conditions=entry_ids))
    assert [each.id for each in BinApi(client).list_bin_entries(filters=only).data] == [entry.id]
    assert (entry.resource_id, entry.resource_name, entry.object) == (made.id, "thrown away", "voucher")
    BinApi(client).delete_bin_entry(entry.id)
    assert made.id not in {each.resource_id for each in BinApi(client).list_bin_entries(limit=100).data}


def test_codes_are_published_and_listed(client: Watched) -> None:
    publications, vouchers = PublicationsApi(client), VouchersApi(client)
    card = vouchers.generate_random_code(VouchersCreateRequestBody(type="GIFT_VOUCHER", gift={"amount": 500}))
    body = PublicationsCreateRequestBody(
        voucher=card.code,
        customer=Customer(source_id="published-to", name="Ada", metadata={"vip": True}),
        source_id="publication-1",
        metadata={"why": "birthday"},
    )
    told = publications.create_publication(join_once=False, publications_create_request_body=body)
    assert (told.result, told.voucher.code, told.vouchers_id) == ("SUCCESS", card.code, [card.id])
    assert told.customer.summary.redemptions.gift.amount_to_go == 500
    assert publications.create_publication(publications_create_request_body=body).id == told.id
    coupon = vouchers.generate_random_code(
        VouchersCreateRequestBody(type="DISCOUNT_VOUCHER", discount={"type": "PERCENT", "percent_off": 5})
    )
    other = publications.create_publication1(
        customer=Customer(source_id="published-to", metadata={"lang": "en"}),
        voucher=coupon.code,
        source_id="publication-2",
    )
    assert (other.customer_id, other.customer.metadata) == (told.customer_id, {"vip": True, "lang": "en"})
    by_campaign = PublicationsCreateRequestBody(
        campaign=CreatePublicationCampaign(name="Rainy summer"), customer=Customer(source_id="joins-once")
    )
    joined = [
        publications.create_publication(join_once=True, publications_create_request_body=by_campaign) for _ in range(2)
    ]
    assert (joined[0].voucher.campaign, joined[0].id) == ("Rainy summer", joined[1].id)
    with pytest.raises(ApiException) as taken:
        publications.create_publication1(customer=Customer(source_id="somebody-else"), voucher=coupon.code)
    assert (taken.value.status, json.loads(taken.value.body)["key"]) == (400, "voucher_already_published")
    page = publications.list_publications(customer="published-to", result="SUCCESS", order="created_at", limit=10)
    assert ([each.id for each in page.publications], page.total) == ([told.id, other.id], 2)
    assert [each.voucher.code for each in page.publications] == [card.code, coupon.code]
    [failed] = publications.list_publications(voucher=coupon.code, result="FAILURE").publications
    taken_codes = FilterConditionsString(**{"$is": "voucher_already_published"})
    only = ParameterFiltersListPublications(
        failure_code=ParameterFiltersListPublicationsFailureCode(conditions=taken_codes)
    )
    assert [each.id for each in publications.list_publications(filters=only).publications] == [failed.id]
    assert (failed.failure_code, failed.vouchers) == ("voucher_already_published", [coupon.code])


def test_codes_are_validated_and_held(client: Watched, customers: Any) -> None:
    vouchers, validations = VouchersApi(client), ValidationsApi(client)
    for code, fields in {
        "HALF": {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 50}},
        "CARD": {"type": "GIFT_VOUCHER", "gift": {"amount": 5_000}},
    }.items():
        vouchers.create_voucher(code, VouchersCreateWithSpecificCodeRequestBody(**fields))
    asked = {
        "redeemables": [
            {"object": "voucher", "id": "HALF"},
            {"object": "voucher", "id": "CARD", "gift": {"credits": 3_000}},
        ],
        "order": {"items": [{"source_id": "mug", "related_object": "product", "price": 5_000, "quantity": 2}]},
        "customer": {"source_id": "validates", "metadata": {"vip": True}},
        "session": {"type": "LOCK", "key": "cart-1", "ttl": 1, "ttl_unit": "HOURS"},
        "options": {"expand": ["order", "redeemable"]},
    }
    body = ValidationsValidateRequestBody.from_dict(asked)
    told = validations.validate_stacked_discounts(validations_validate_request_body=body)
    assert (told.valid, [each.id for each in told.redeemables], told.session.key) == (True, ["HALF", "CARD"], "cart-1")
    assert (told.order.total_discount_amount, told.order.total_amount) == (8_000, 2_000)
    assert told.redeemables[1].result.gift.credits == 3_000
    with pytest.raises(ApiException) as unknown:
        customers.get_customer("validates")
    assert unknown.value.status == 404

    other = ClientValidationsValidateRequestBody.from_dict({**asked, "session": None, "options": None})
    page = ClientSideApi(client).validate_stacked_discounts_client_side(PAGES, other)
    assert (page.valid, page.inapplicable_redeemables[0].result.error.key) == (False, "gift_amount_exceeded")
    vouchers.release_validation_session("CARD", "cart-1")
    assert ClientSideApi(client).validate_stacked_discounts_client_side(PAGES, other).valid


def test_a_customer_learns_what_they_may_redeem(client: Watched, customers: Any) -> None:
    voucher = VouchersCreateWithSpecificCodeRequestBody(
        type="DISCOUNT_VOUCHER", discount={"type": "PERCENT", "percent_off": 20}, category="Qualifies"
    )
    VouchersApi(client).create_voucher("FOR ADA", voucher)
    publication = PublicationsCreateRequestBody(voucher="FOR ADA", customer=Customer(source_id="qualifies"))
    PublicationsApi(client).create_publication(publications_create_request_body=publication)
    asked = {
        "customer": {"source_id": "qualifies"},
        "order": {"amount": 1_000},
        "scenario": "CUSTOMER_WALLET",
        "options": {"limit": 10, "sorting_rule": "BEST_DEAL", "expand": ["redeemable"]},
    }
    body = QualificationsCheckEligibilityRequestBody.from_dict(asked)
    told = QualificationsApi(client).check_eligibility(body)
    assert [each.id for each in told.redeemables.data] == ["FOR ADA"]
    assert told.redeemables.data[0].order.total_amount == 800
    page = ClientQualificationsCheckEligibilityRequestBody.from_dict(asked)
    of_page = ClientSideApi(client).check_eligibility_client_side(page, _headers={"Origin": PAGES})
    assert of_page.redeemables.total == 0


def test_from_a_campaign_to_a_rollback(client: Watched) -> None:
    """Campaign, publication, validation, redemption, rollback; the customer is read after each step."""
    campaigns, redemptions = CampaignsApi(client), RedemptionsApi(client)
    gift = CampaignsCreateRequestBody(
        name="Redeemed", campaign_type="GIFT_VOUCHERS", voucher={"type": "GIFT_VOUCHER", "gift": {"amount": 1_000}}
    )
    campaigns.create_campaign(gift)
    body = PublicationsCreateRequestBody(
        campaign=CreatePublicationCampaign(name="Redeemed"), customer=Customer(source_id="redeems", name="Ada")
    )
    card = PublicationsApi(client).create_publication(publications_create_request_body=body).voucher.code
    assert _counted(client) == (0, 0, 0, 0, 1_000, 0)
    asked: dict[str, Any] = {
        "redeemables": [{"object": "voucher", "id": card, "gift": {"credits": 300}}],
        "order": {"source_id": "redeemed-order", "amount": 2_000},
    }
    by_ada = Customer(source_id="redeems")
    validated = ValidationsApi(client).validate_stacked_discounts(ValidationsValidateRequestBody.from_dict(asked))
    assert (validated.valid, validated.order.total_amount) == (True, 1_700)
    assert _counted(client) == (0, 0, 0, 0, 1_000, 0)

    wanted = RedemptionsRedeemRequestBody.from_dict(asked)
    wanted.customer = by_ada
    made = redemptions.redeem_stacked_discounts(wanted)
    [redemption] = made.redemptions
    assert (redemption.result, redemption.status, redemption.amount) == ("SUCCESS", "SUCCEEDED", 300)
    assert (redemption.voucher.code, redemption.customer.name) == (card, "Ada")
    assert (made.order.status, made.order.total_amount) == ("PAID", validated.order.total_amount)
    assert _counted(client) == (1, 1, 0, 300, 700, 1_700)
    wanted.redeemables[0].gift.credits = 701
    with pytest.raises(ApiException) as refused:
        redemptions.redeem_stacked_discounts(wanted)
    failure = json.loads(refused.value.body)
    assert (failure["key"], failure["resource_id"][:3]) == ("gift_amount_exceeded", "rf_")
    assert _counted(client) == (2, 1, 0, 300, 700, 1_700)

    undo = RedemptionsRollbackCreateRequestBody(customer=by_ada, metadata={"why": "returned"})
    undone = redemptions.rollback_redemption(
        redemption.id, reason="returned", redemptions_rollback_create_request_body=undo
    )
    assert (undone.object, undone.redemption, undone.amount) == ("redemption_rollback", redemption.id, -300)
    assert (undone.order.status, undone.reason) == ("CANCELED", "returned")
    assert _counted(client) == (2, 1, 1, 0, 1_000, 0)

    told = redemptions.get_redemption(redemption.id)
    assert (told.status, told.related_redemptions.rollbacks[0].id) == ("ROLLED_BACK", undone.id)
    assert redemptions.get_redemption(undone.id).redemption == redemption.id
    page = redemptions.list_redemptions(customer="redeems", order="created_at", limit=10)
    ids = [redemption.id, failure["resource_id"], undone.id]
    assert ([each.id for each in page.redemptions], page.total) == (ids, 3)
    assert redemptions.list_redemptions(campaign="Redeemed", result="FAILURE").total == 1
    of_card = redemptions.get_voucher_redemptions(card)
    assert (of_card.total, of_card.redeemed_quantity) == (3, 0)


def test_several_are_redeemed_and_rolled_back_together(client: Watched) -> None:
    redemptions = RedemptionsApi(client)
    codes = [
        VouchersApi(client)
        .generate_random_code(
            VouchersCreateRequestBody(type="DISCOUNT_VOUCHER", discount={"type": "AMOUNT", "amount_off": 100})
        )
        .code
        for _ in range(2)
    ]
    asked = {"redeemables": [{"object": "voucher", "id": code} for code in codes], "order": {"amount": 900}}
    made = redemptions.redeem_stacked_discounts(RedemptionsRedeemRequestBody.from_dict(asked))
    assert [each.redemption for each in made.redemptions] == [made.parent_redemption.id] * 2
    assert made.order.total_amount == 700
    undone = redemptions.rollback_stacked_redemptions(made.parent_redemption.id)
    assert [each.redemption for each in undone.rollbacks] == [each.id for each in made.redemptions]
    assert (undone.parent_rollback.redemption, undone.order.status) == (made.parent_redemption.id, "CANCELED")


def test_a_page_redeems_where_its_project_lets_it(client: Watched) -> None:
    management = ManagementApi(client)
    for project in management.list_projects().data:
        management.update_project(project.id, ManagementProjectsUpdateRequestBody(client_redeem_enabled=True))
    body = VouchersCreateRequestBody(type="DISCOUNT_VOUCHER", discount={"type": "PERCENT", "percent_off": 10})
    code = VouchersApi(client).generate_random_code(body).code
    time.sleep(5.1)  # the setting is known within 1 s; what pages have asked in these tests counts for 5
    asked = {"redeemables": [{"object": "voucher", "id": code}], "order": {"amount": 900}}
    wanted = ClientRedemptionsRedeemRequestBody.from_dict(asked)
    made = ClientSideApi(client).redeem_stacked_discounts_client_side(PAGES, wanted)
    assert (made.redemptions[0].voucher.code, made.order.total_amount) == (code, 810)


def _counted(client: Watched) -> tuple[int, int, int, int, int, int]:
    """What the summary of the customer who redeems says: attempts, successes, rollbacks, spent, left, and paid."""
    summary = CustomersApi(client).get_customer("redeems").summary
    counts = summary.redemptions
    return (
        counts.total_redeemed,
        counts.total_succeeded,
        counts.total_rolled_back,
        counts.gift.redeemed_amount,
        counts.gift.amount_to_go,
        summary.orders.total_amount,
    )


def test_what_the_server_refuses_is_told_by_the_client(customers: Any) -> None:
    with pytest.raises(ApiException) as unknown:
        customers.update_customer("nobody", CustomersUpdateRequestBody(name="x"))
    assert unknown.value.status == 404
    with pytest.raises(ApiException) as malformed:
        customers.create_customer(CustomersCreateRequestBody(source_id="x" * 300))
    assert malformed.value.status == 400
    assert "source_id" in json.loads(malformed.value.body)["details"]


def test_every_method_whose_endpoint_exists_was_called(client: Watched) -> None:
    """Stands last in this file, whose tests run in order in one process."""
    called = {(method, same(path)) for method, path in templates_of(client.calls)}
    ours = {(method, same(path)) for method, path in operations()}
    methods = {name: endpoint for name, endpoint in _methods().items() if endpoint in ours}
    assert len(methods) >= 5
    assert {name for name, endpoint in methods.items() if endpoint not in called} == set()


def _methods() -> dict[str, Call]:
    """Every method of every API of the client, with its endpoint."""
    return {
        f"{api.__name__}.{name.strip('_').removesuffix('_serialize')}": endpoint
        for _, api in inspect.getmembers(voucherify, inspect.isclass)
        if api.__name__.endswith("Api")
        for name, function in inspect.getmembers(api, inspect.isfunction)
        if name.endswith("_serialize")
        for endpoint in [_endpoint(inspect.getsource(function))]
    }


def _endpoint(source: str) -> Call:
    [method] = re.findall(r"method='(\w+)'", source)
    [path] = re.findall(r"resource_path='([^']+)'", source)
    return method, same(path)
