"""The story of the customer that this project began with: who they became, from real causes, by the official clients.

What is told of them at the end is compared with `seed.json`, everything but the paths in `seed_differences.toml`.
"""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from voucherify import (
    ApiClient,
    CampaignsApi,
    CampaignsCreateRequestBody,
    Configuration,
    CreatePublicationCampaign,
    Customer,
    CustomersApi,
    CustomersCreateRequestBody,
    CustomersUpdateRequestBody,
    PublicationsApi,
    PublicationsCreateRequestBody,
    RedemptionsApi,
    RedemptionsRedeemRequestBody,
    ValidationsApi,
    ValidationsValidateRequestBody,
    VouchersApi,
    VouchersCreateWithSpecificCodeRequestBody,
)

from tests.domains.customers.test_seed import SEED
from tests.journeys.conftest import SOURCES, JavaScript
from tests.support.servers import APP_ID, APP_TOKEN, KEYS, Shop

Told = dict[str, Any]

WHO = SEED["source_id"]
LISTED = tomllib.loads(Path(__file__).with_name("seed_differences.toml").read_text())["because"]
CONSENTS = [name for name in SEED["system_metadata"]["consents"] if name.startswith("cnst_")]


def test_the_customer_becomes_who_the_seed_tells_of(shop: Shop, javascript: JavaScript) -> None:
    with ApiClient(Configuration(host=shop.url, api_key=KEYS)) as client:
        _arrives(client)
        consents = _is_asked(shop, javascript)
        codes = _is_given_codes(client)
        for n, (code, amount) in enumerate([*((code, 55_000) for code in codes), *[("FOR-FREE", 9_900)] * 2], start=1):
            _buys(client, code, amount)
            _is_counted(client, n)
        CustomersApi(client).update_customer(WHO, CustomersUpdateRequestBody(metadata=SEED["metadata"]))
    told = shop.client.get(f"/v1/customers/{WHO}").json()
    of_seed = told["system_metadata"]["consents"]
    for ours, theirs in zip(consents, CONSENTS, strict=True):
        of_seed[theirs] = of_seed.pop(ours)
    _agree(told)


def _arrives(client: ApiClient) -> None:
    profile = {name: SEED[name] for name in ("source_id", "name", "email", "birthdate", "address")}
    made = CustomersApi(client).create_customer(CustomersCreateRequestBody.from_dict(profile))
    assert (made.source_id, made.summary.redemptions.total_redeemed, made.updated_at) == (WHO, 0, None)


def _is_asked(shop: Shop, javascript: JavaScript) -> list[str]:
    """Says no to both consents of the shop, through the JavaScript client, which alone knows of them; their ids."""
    answers = [shop.client.post("/v1/consents", json={"name": name, "category": "x"}) for name in ("News", "Study")]
    ids = [str(answer.json()["id"]) for answer in answers]
    printed = javascript.run(SOURCES / "story.js", shop.url, APP_ID, APP_TOKEN, WHO, json.dumps(ids))
    assert json.loads(printed) == shop.client.get(f"/v1/customers/{WHO}").json()
    return ids


def _is_given_codes(client: ApiClient) -> list[str]:
    """Three codes of a campaign, by publication; and there is one that makes everything free, for all."""
    off = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 5_400}}
    campaign = {"name": "Spring", "campaign_type": "DISCOUNT_COUPONS", "type": "AUTO_UPDATE", "voucher": off}
    CampaignsApi(client).create_campaign(CampaignsCreateRequestBody.from_dict(campaign))
    free = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 100}}
    VouchersApi(client).create_voucher("FOR-FREE", VouchersCreateWithSpecificCodeRequestBody.from_dict(free))
    wanted = PublicationsCreateRequestBody(
        campaign=CreatePublicationCampaign(name="Spring", count=3), customer=Customer(source_id=WHO)
    )
    codes: list[str] = PublicationsApi(client).create_publication(publications_create_request_body=wanted).vouchers
    return codes


def _buys(client: ApiClient, code: str, amount: int) -> None:
    """Is told what the order will come to, and pays that."""
    asked: Told = {"redeemables": [{"object": "voucher", "id": code}], "order": {"amount": amount}}
    by = Customer(source_id=WHO)
    validation = ValidationsValidateRequestBody.from_dict(asked)
    validation.customer = by
    offered = ValidationsApi(client).validate_stacked_discounts(validation)
    redemption = RedemptionsRedeemRequestBody.from_dict(asked)
    redemption.customer = by
    made = RedemptionsApi(client).redeem_stacked_discounts(redemption)
    assert (offered.valid, made.redemptions[0].result) == (True, "SUCCESS")
    assert made.order.total_amount == offered.order.total_amount


def _is_counted(client: ApiClient, n: int) -> None:
    """The summary has every purchase at once: three of 49,600, and then those for nothing."""
    summary = CustomersApi(client).get_customer(WHO).summary
    assert (summary.redemptions.total_redeemed, summary.redemptions.total_succeeded) == (n, n)
    assert (summary.orders.total_count, summary.orders.total_amount) == (n, 49_600 * min(n, 3))
    assert summary.orders.last_order_amount == (49_600 if n <= 3 else 0)


def _agree(told: Told) -> None:
    """All that the seed tells and is not listed as different is told, and nothing else."""
    ours, theirs = dict(_leaves(told)), dict(_leaves(SEED))
    differ = {path for path in ours.keys() | theirs.keys() if ours.get(path, ...) != theirs.get(path, ...)}
    listed = [path for each in LISTED for path in each["paths"]]
    assert len(listed) == len(set(listed))
    assert differ - set(listed) == set(), "what differs is not listed"
    assert set(listed) - differ == set(), "what is listed has become equal: it goes from seed_differences.toml"


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar by its path; of what is empty, nothing."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inside is None:
        yield path, value
        return
    for name, inner in inside:
        yield from _leaves(inner, f"{path} > {name}" if path else str(name))


def test_every_difference_has_a_reason() -> None:
    assert all(each["reason"].strip() and each["paths"] for each in LISTED)
