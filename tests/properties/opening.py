"""Opening a random shop: everything in it is made over HTTP, in a project of its own."""

from itertools import count
from typing import Any, NamedTuple

import httpx

from tests.domains.vouchers.conftest import ok
from tests.properties.shops import Asked, Goods, Made, Voucher, named
from tests.support.management import Managed

_numbers = count()
SCHEMAS = [
    {"related_object": name, "properties": {key: {"type": kind, "array": False, "optional": True}}}
    for name, key, kind in (
        ("customer", "size", "number"),
        ("redemption", "k", "number"),
        ("order", "channel", "string"),
    )
]


class Opened(NamedTuple):
    """A project with all that is there as redeemables, and the codes that Ada holds."""

    client: httpx.Client
    names: dict[str, str]
    things: list[Made]
    adas: list[str]

    def body(self, asked: Asked) -> Made:
        """The body that asks for it; a stack stands alone."""
        chosen = self.chosen(asked.places)
        stacks = [each for each in chosen if each["object"] == "promotion_stack"]
        redeemables = [_with_credits(each, asked.credits) for each in stacks[:1] or chosen]
        return dict(named({**asked.body, "redeemables": redeemables}, self.names))

    def chosen(self, places: list[int]) -> list[Made]:
        """The things at these places, each once."""
        chosen = [self.things[place % len(self.things)] for place in places]
        return [each for n, each in enumerate(chosen) if each not in chosen[:n]]


def _with_credits(thing: Made, wanted: int | None) -> Made:
    return {**thing, "gift": {"credits": wanted}} if thing["object"] == "voucher" and wanted is not None else thing


def opened(server: Managed, client: httpx.Client, goods: Goods, requests: list[Asked]) -> Opened:
    """Make a project with these goods in it, and what these requests name; `client` is its from now on."""
    project = server.new_project()
    key = project["server_side_key"]
    client.headers.update({"X-App-Id": key["app_id"], "X-App-Token": key["app_token"]})
    for schema in SCHEMAS:
        ok(client.post("/v1/metadata-schemas", json=schema))
    shop = Opened(client, _names(client, repr((goods, requests))), [], [])
    stacking = named(goods.stacking, shop.names)
    ok(server.manager.post(f"/management/v1/projects/{project['id']}/stacking-rules", json=stacking))
    for voucher in goods.vouchers:
        _offer(shop, voucher)
    if goods.tiers:
        _promote(shop, goods)
    shop.things.append({"object": "voucher", "id": "nobody's"})
    return shop


def _names(client: httpx.Client, mentioned: str) -> dict[str, str]:
    """What rules and orders may name, as far as this text does: categories, a product, customers, segments."""
    ada, bob = (
        ok(client.post("/v1/customers", json={"source_id": name, "metadata": {"level": name, "points": 2}}))["id"]
        for name in ("ada", "bob")
    )
    have_bought = {"summary.orders.total_count": {"conditions": {"$more_than": [0]}}}
    are_gold = {"metadata.level": {"conditions": {"$is": ["gold"]}}}
    bodies: dict[str, tuple[str, Made]] = {
        "<early>": ("categories", {"hierarchy": 1}),
        "<late>": ("categories", {"hierarchy": 2}),
        "<product>": ("products", {"price": 400}),
        "<gold>": ("segments", {"type": "auto-update", "filter": are_gold}),
        "<buyers>": ("segments", {"type": "passive", "filter": have_bought}),
        "<listed>": ("segments", {"type": "static", "customers": [ada]}),
    }
    names = {"<bob>": str(bob)}
    for name, (path, body) in bodies.items():
        if name in mentioned:
            names[name] = ok(client.post(f"/v1/{path}", json={"name": name, **body}))["id"]
    return names


def _rule(shop: Opened, rule: Made | None) -> list[str]:
    """The rule that these fields make, if there is one."""
    if rule is None:
        return []
    body = named({"name": f"Rule {next(_numbers)}", **rule}, shop.names)
    return [ok(shop.client.post("/v1/validation-rules", json=body))["id"]]


def _offer(shop: Opened, voucher: Voucher) -> None:
    code = f"CODE-{next(_numbers)}"
    own = _rule(shop, voucher.rule)
    fields: Made = named(voucher.fields, shop.names)
    if voucher.of_campaign is None:
        ok(shop.client.post("/v1/vouchers", json={"code": code, "validation_rules": own, **fields}))
        _give(shop, voucher, code)
    else:
        _campaign(shop, code, fields, _rule(shop, voucher.of_campaign))
        for each in own:
            ok(shop.client.post(f"/v1/validation-rules/{each}/assignments", json={"voucher": code}))
    shop.things.append({"object": "voucher", "id": code})


def _campaign(shop: Opened, code: str, fields: Made, rules: list[str]) -> None:
    """A campaign of which this is the only code."""
    kept = ("type", "discount", "gift", "redemption", "category_id", "metadata")
    template = {name: fields[name] for name in kept if name in fields}
    body: Made = {
        "name": f"Campaign {next(_numbers)}",
        "type": "STANDALONE",
        "campaign_type": "GIFT_VOUCHERS" if "gift" in fields else "DISCOUNT_COUPONS",
        "voucher": {**template, "code": code},
        "validation_rules": rules,
    }
    ok(shop.client.post("/v1/campaigns", json=body))


def _give(shop: Opened, voucher: Voucher, code: str) -> None:
    """Give it to Ada; what is switched off is not given away."""
    body = {"voucher": code, "customer": {"source_id": "ada"}, "metadata": {"k": 4}}
    if voucher.is_adas and shop.client.post("/v1/publications", json=body).status_code == 200:
        shop.adas.append(code)


def _promote(shop: Opened, goods: Goods) -> None:
    """A promotion with tiers, and a stack of all of them, the last one first."""
    tiers: list[Made] = []
    for tier in goods.tiers:
        fields: Made = named({name: value for name, value in tier.items() if name != "rule"}, shop.names)
        tiers.append({"name": f"Tier {next(_numbers)}", "validation_rules": _rule(shop, tier["rule"]), **fields})
    body: Made = {
        "name": f"Promotion {next(_numbers)}",
        "campaign_type": "PROMOTION",
        "promotion": {"tiers": tiers},
        "validation_rules": _rule(shop, goods.of_promotion),
    }
    campaign = ok(shop.client.post("/v1/campaigns", json=body))
    ids: list[Any] = [each["id"] for each in campaign["promotion"]["tiers"]]
    stack = {"name": "All", "tiers": {"ids": ids[::-1]}}
    both = ok(shop.client.post(f"/v1/promotions/{campaign['id']}/stacks", json=stack))["id"]
    shop.things.extend({"object": "promotion_tier", "id": each} for each in ids)
    shop.things.append({"object": "promotion_stack", "id": both})
