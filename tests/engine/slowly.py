"""A second implementation of the arithmetic, written to be obvious and not to be fast: the engine is compared with it.

It shares no code with the engine: it reads the JSON of a case (see `reading.py`) and counts unit by unit, in fractions.
It knows what Hypothesis draws in `carts.py`: no dates, no formulas, no unknown prices. `slow_bundles.py` knows bundles.
"""

from fractions import Fraction
from typing import Any

from tests.engine.slow_bundles import bundles_of

Json = dict[str, Any]


def rounded(value: Fraction) -> int:
    """Half up."""
    return int((value + Fraction(1, 2)) // 1)


def decided(case: Json) -> list[Json | None]:
    """For each redeemable in the order of the request: the totals after it, or None where it is left out."""
    order = Slow(case)
    rules = case.get("rules", {})
    limit = rules.get("applicable_redeemables_limit", 5)
    applied = 0
    answer: list[Json | None] = []
    lacking = [any(not each["quantity"] for each in bundles_of(case, one)) for one in case["redeemables"]]
    if any(lacking) and rules.get("redeemables_application_mode") != "PARTIAL":
        return [None] * len(lacking)
    for redeemable, lacks in zip(case["redeemables"], lacking, strict=True):
        if applied == limit or lacks:
            answer.append(None)
            continue
        order.expect(bundles_of(case, redeemable))
        before = order.totals()
        order.apply(redeemable)
        after = order.totals()
        had_effect = order.effect or after != before
        if not had_effect and rules.get("redeemables_no_effect_rule") == "SKIP":
            answer.append(None)
            continue
        applied += 1
        answer.append(after)
    return answer


class Slow:
    """An order as lists of numbers."""

    def __init__(self, case: Json) -> None:
        order, self.rules, self.catalogue = case["order"], case.get("rules", {}), case.get("units", {})
        self.lines: list[Json] = []
        for place, item in enumerate(order["items"]):
            amount = item["price"] * item["quantity"]
            self.lines.append(
                {
                    "place": place,
                    "id": item["product_id"],
                    "price": item["price"],
                    "quantity": item["quantity"],
                    "free": 0,
                    "amount": amount,
                    "initial": amount,
                    "discount": 0,
                }
            )
        self.amount = order.get("amount", sum(line["amount"] for line in self.lines))
        self.initial = self.amount
        self.discount = min(order.get("discount_amount", 0), self.amount)
        self.effect = False
        self.bundle: Json | None = None
        self.times = 1

    def expect(self, bundles: list[Json]) -> None:
        """What comes next is for so many bundles: of the first rule that wants some."""
        self.bundle = bundles[0] if bundles else None
        self.times = bundles[0]["quantity"] if bundles else 1

    def totals(self) -> Json:
        of_items = sum(line["discount"] for line in self.lines)
        return {
            "amount": self.amount,
            "discount_amount": self.discount,
            "items_discount_amount": of_items,
            "total_discount_amount": self.discount + of_items,
            "total_amount": self.amount - self.discount - of_items,
            "items": [
                {
                    "quantity": line["quantity"],
                    "amount": line["amount"],
                    "discount_amount": line["discount"],
                    "discount_quantity": line["free"],
                }
                for line in self.lines
            ],
        }

    def left(self) -> int:
        total: int = self.totals()["total_amount"]
        return total

    def apply(self, redeemable: Json) -> None:
        self.effect = False
        if "gift" in redeemable:
            self.pay(redeemable)
            return
        discount = redeemable["discount"]
        effect = discount["effect"]
        if effect == "APPLY_TO_ORDER":
            self.discount += min(self.left(), self.off_order(discount))
        elif "PROPORTIONALLY" in effect:
            self.spread(redeemable, discount["amount_off"] * self.times, discount, by_units=effect.endswith("QUANTITY"))
        elif effect.startswith("APPLY_TO_ITEMS"):
            self.off_lines(redeemable, discount)
        elif effect == "REPLACE_ITEMS":
            self.replace(redeemable, discount)
        elif effect == "ADD_SAME_ITEMS":
            for line, _units, _entry in self.selected(redeemable)[:1]:
                self.add_free(line, discount["unit_off"] * self.times)
        else:
            for kind in discount.get("units", [discount]):
                self.give(kind["unit_type"], kind["unit_off"] * self.times, kind["effect"])

    def pay(self, redeemable: Json) -> None:
        gift = redeemable["gift"]
        paid = min(gift.get("credits", gift["balance"]), gift["balance"], self.left())
        if gift.get("effect") == "APPLY_TO_ITEMS":
            self.spread(redeemable, paid, {}, by_units=False)
        else:
            self.discount += paid

    def off_order(self, discount: Json) -> int:
        base = self.initial if self.rules.get("discount_calculation_mode") == "INITIAL_AMOUNT" else self.left()
        if discount["type"] == "PERCENT":
            off = rounded(Fraction(base) * min(100, discount["percent_off"] * self.times) / 100)
        elif discount["type"] == "FIXED":
            off = max(0, self.left() - discount["fixed_amount"])
        else:
            off = discount["amount_off"] * self.times
        return int(min(off, *(discount.get(name, off) for name in ("amount_limit", "aggregated_amount_limit"))))

    def worth(self, line: Json, units: int) -> int:
        paid = line["quantity"] - line["free"]
        return rounded(Fraction((line["amount"] - line["discount"]) * units, paid))

    def selected(self, redeemable: Json, *, for_each_bundle: bool = False) -> list[tuple[Json, int, Json]]:
        """Lines, how many units of each, and the entry: found by writing down all units, one after the other.

        For each bundle an entry's limits on units are granted once.
        """
        selection = redeemable.get("selection") or {}
        if self.bundle is not None and not self.bundle["everywhere"] and selection.get("included") is None:
            units = [{"lines": [line], "quantity_limit": units} for line, units in self.bundle["units"].items()]
            selection = {**selection, "included": units}
        elif for_each_bundle and selection.get("included") is not None:
            selection = {**selection, "included": [self.of_bundles(entry) for entry in selection["included"]]}
        once = self.rules.get("redeemables_products_application_mode") == "ONCE"
        lines = [
            line
            for line in self.lines
            if line["quantity"] > line["free"]
            and not (once and line["discount"])
            and line["place"] not in selection.get("excluded", [])
        ]
        if selection.get("included") is None:
            return [(line, line["quantity"] - line["free"], {}) for line in lines]
        taken: set[int] = set()
        found = []
        for entry in selection["included"]:
            mine = [line for line in lines if line["place"] in entry["lines"] and line["place"] not in taken]
            taken |= set(entry["lines"])
            found += self.of_entry(entry, mine)
        return found

    def of_bundles(self, entry: Json) -> Json:
        names = {"quantity_limit", "aggregated_quantity_limit"} & set(entry)
        return {**entry, **{name: entry[name] * self.times for name in names}}

    def of_entry(self, entry: Json, lines: list[Json]) -> list[tuple[Json, int, Json]]:
        effect = entry.get("effect", "APPLY_TO_EVERY")
        if effect != "APPLY_TO_EVERY":
            sign = -1 if "EXPENSIVE" in effect else 1
            lines = sorted(
                lines, key=lambda line: (sign * line["price"], line["amount"] - line["discount"], line["place"])
            )
        units = [[line] * (line["quantity"] - line["free"]) for line in lines]
        resources = (
            units if entry.get("target", "ITEM") == "ITEM" else [[unit] for of_line in units for unit in of_line]
        )
        resources = resources[entry.get("skip_initially", 0) :: entry.get("repeat", 1)]
        if effect.startswith("APPLY_TO_") and effect != "APPLY_TO_EVERY":
            resources = resources[:1]
        counts: dict[int, int] = {}
        for resource in resources:
            for line in resource:
                place = line["place"]
                if counts.get(place, 0) == entry.get("quantity_limit", 10**9):
                    continue
                if sum(counts.values()) == entry.get("aggregated_quantity_limit", 10**9):
                    continue
                counts[place] = counts.get(place, 0) + 1
        return [(line, counts[line["place"]], entry) for line in lines if counts.get(line["place"])]

    def off_lines(self, redeemable: Json, discount: Json) -> None:
        initial = self.rules.get("discount_calculation_mode") == "INITIAL_AMOUNT"
        wanted = []
        by_units = discount["type"] == "FIXED" or discount["effect"].endswith("QUANTITY")
        for line, units, entry in self.selected(redeemable, for_each_bundle=by_units):
            paid = line["quantity"] - line["free"]
            if discount["type"] == "AMOUNT":
                off = discount["amount_off"] * (units if by_units else self.times)
            elif discount["type"] == "FIXED":
                price = entry["price"] if "price" in entry else discount["fixed_amount"]
                off = max(0, self.worth(line, units) - price * units)
            else:
                base = line["initial"] if initial else line["amount"] - line["discount"]
                off = rounded(Fraction(base * units, paid) * min(100, discount["percent_off"] * self.times) / 100)
            wanted.append((line, units, entry, off))
        self.grant(wanted, discount)

    def grant(self, wanted: list[tuple[Json, int, Json, int]], discount: Json) -> None:
        granted_in_all = 0
        granted_by_entry: dict[int, int] = {}
        for line, units, entry, off in wanted:
            of_entry = granted_by_entry.get(id(entry), 0)
            off = min(
                off,
                self.cap(line, units, entry, discount),
                entry.get("aggregated_amount_limit", 10**15) - of_entry,
                discount.get("aggregated_amount_limit", 10**15) - granted_in_all,
            )
            granted_in_all += off
            granted_by_entry[id(entry)] = of_entry + off
            line["discount"] += min(off, self.left())

    def cap(self, line: Json, units: int, entry: Json, discount: Json) -> int:
        return int(
            min(self.worth(line, units), entry.get("amount_limit", 10**15), discount.get("amount_limit", 10**15))
        )

    def spread(self, redeemable: Json, amount: int, discount: Json, *, by_units: bool) -> None:
        selected = self.selected(redeemable)
        weights = [units if by_units else self.worth(line, units) for line, units, _ in selected]
        caps = [self.cap(line, units, entry, discount) for line, units, entry in selected]
        parts = fill(min(amount, self.left()), weights, caps)
        self.grant([(*each, part) for each, part in zip(selected, parts, strict=True)], discount)

    def add_free(self, line: Json, units: int) -> None:
        self.effect = self.effect or units > 0
        cost = line["price"] * units
        line["quantity"] += units
        line["free"] += units
        line["amount"] += cost
        line["discount"] += cost
        self.amount += cost

    def find(self, product: str) -> Json:
        for line in self.lines:
            if line["id"] == product:
                return line
        added: Json = dict.fromkeys(("quantity", "free", "amount", "initial", "discount"), 0)
        added |= {"place": None, "id": product, "price": self.catalogue[product]["price"]}
        self.lines.append(added)
        return added

    def give(self, product: str, units: int, effect: str) -> None:
        if not units:
            return
        if effect == "ADD_NEW_ITEMS":
            self.add_free(self.find(product), units)
            return
        mine = [line for line in self.lines if line["id"] == product]
        missing = max(0, units - sum(line["quantity"] for line in mine))
        once = self.rules.get("redeemables_products_application_mode") == "ONCE"
        present = units - missing
        for line in mine:
            free = min(present, line["quantity"] - line["free"])
            present -= free
            off = min(self.worth(line, free), self.left()) if free else 0
            nothing_to_pay = line["amount"] and not min(line["amount"] - line["discount"], self.left())
            if free and not nothing_to_pay and not (once and line["discount"]):
                self.effect = True
                line["discount"] += off
                line["free"] += free
        if missing:
            self.add_free(self.find(product), missing)

    def replace(self, redeemable: Json, discount: Json) -> None:
        product, each = discount["unit_type"], discount["unit_off"]
        for line, units, _ in self.selected(redeemable, for_each_bundle=True) if each else []:
            if line["id"] == product:
                continue
            target = self.find(product)
            self.effect = True
            gone = rounded(Fraction(line["amount"] * units, line["quantity"]))
            paid = min(self.worth(line, units), gone)
            line["quantity"] -= units
            line["amount"] -= gone
            line["discount"] -= gone - paid
            cost = target["price"] * units * each
            target["quantity"] += units * each
            target["amount"] += cost
            self.amount += cost - gone
            of_items = sum(line["discount"] for line in self.lines)
            self.amount = max(self.amount, of_items)
            self.discount = min(self.discount, self.amount - of_items)
            target["discount"] += min(max(0, cost - paid), target["amount"] - target["discount"], self.left())


def fill(total: int, weights: list[int], caps: list[int]) -> list[int]:
    """Parts in proportion, none above its cap: give all a share, keep those that are full, share out the rest anew."""
    weights = [weight if cap else 0 for weight, cap in zip(weights, caps, strict=True)]
    total = min(total, sum(cap for weight, cap in zip(weights, caps, strict=True) if weight))
    shares = share_out(total, weights)
    full = [n for n, share in enumerate(shares) if share > caps[n]]
    if not full:
        return shares
    rest = fill(
        total - sum(caps[n] for n in full),
        [0 if n in full else weight for n, weight in enumerate(weights)],
        caps,
    )
    return [caps[n] if n in full else share for n, share in enumerate(rest)]


def share_out(total: int, weights: list[int]) -> list[int]:
    """Whole parts first, then one by one to whoever is furthest below the exact part."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    exact = [Fraction(total * weight, whole) for weight in weights]
    parts = [int(each) for each in exact]
    while sum(parts) < total:
        n = max(range(len(parts)), key=lambda n: (exact[n] - parts[n], weights[n], -n))
        parts[n] += 1
    return parts
