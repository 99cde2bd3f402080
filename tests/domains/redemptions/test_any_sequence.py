"""Whatever is done, in whatever order: every sum is what the rows come to, and a rollback restores the state."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.domains.redemptions.conftest import asked, made, made_card, of_voucher, ok
from tests.support.servers import Shop, serving

_rounds = count()


@pytest.fixture(scope="module")
def shop(shared_database_url: str, contract_log: Path) -> Iterator[Shop]:
    """At its end, `patron verify` looks through all that the machine has done."""
    with serving(shared_database_url, contract_log) as server:
        yield server


class Shoppers(RuleBasedStateMachine):
    """Three customers, one of whom may go or become one with another; a card, a code with three uses, orders."""

    client: httpx.Client
    redemptions = Bundle("redemptions")

    @initialize()
    def open(self) -> None:
        self.n = next(_rounds)
        self.card = made_card(self.client, 500)
        self.code = made(self.client, redemption={"quantity": 3}, discount={"type": "AMOUNT", "amount_off": 30})
        self.people = [f"{name}-{self.n}" for name in "abc"]
        for name in self.people:
            ok(self.client.post("/v1/customers", json={"source_id": name}))
        body = {"voucher": self.card, "customer": {"source_id": self.people[0]}}
        ok(self.client.post("/v1/publications", json=body))

    @rule(
        target=redemptions,
        person=st.integers(0, 3),
        order=st.sampled_from((None, "x", "y")),
        spend=st.none() | st.integers(0, 600),
        code=st.booleans(),
    )
    def redeem(self, person: int, order: str | None, spend: int | None, code: bool) -> Any:
        """Alone or together, for an order or without one, more than there is or less; it may be refused."""
        things: list[Any] = ([self.code] if code else []) + ([] if spend is None else [(self.card, spend)])
        if not things:
            return multiple()
        body: dict[str, Any] = {"redeemables": asked(*things)}
        if order is not None:
            body["order"] = {"source_id": f"{order}-{self.n}", "amount": 100}
        if person < len(self.people):
            body["customer"] = {"source_id": self.people[person]}
        before = self._state()
        answer = self.client.post("/v1/redemptions", json=body)
        assert answer.status_code in (200, 400), answer.text
        if answer.status_code == 400:
            assert answer.json()["resource_id"].startswith("rf_")
            assert self._state() == before
            return multiple()
        told = answer.json()
        top = told.get("parent_redemption", told["redemptions"][0])["id"]
        return top, sum(part.get("amount", 0) for part in told["redemptions"]), int(code)

    @rule(redemption=consumes(redemptions))
    def roll_back(self, redemption: tuple[str, int, int]) -> None:
        """What it took is there again, and a second rollback gives nothing more."""
        top, spent, uses = redemption
        balance, used = self._state()
        ok(self.client.post(f"/v1/redemptions/{top}/rollbacks", json={}))
        assert self._state() == (balance + spent, used - uses)
        again = self.client.post(f"/v1/redemptions/{top}/rollbacks", json={})
        assert (again.status_code, again.json()["key"]) == (400, "already_rolled_back")
        assert self._state() == (balance + spent, used - uses)

    @rule(amount=st.integers(-100, 300).filter(bool))
    def top_up(self, amount: int) -> None:
        assert self.client.post(f"/v1/vouchers/{self.card}/balance", json={"amount": amount}).status_code in (200, 400)

    @rule(order=st.sampled_from("xy"), status=st.sampled_from(("CANCELED", "FULFILLED", "PAID")))
    def change_an_order(self, order: str, status: str) -> None:
        answer = self.client.put(f"/v1/orders/{order}-{self.n}", json={"status": status})
        assert answer.status_code in (200, 404)

    @rule()
    def delete_a_customer(self) -> None:
        if len(self.people) > 1:
            assert self.client.delete(f"/v1/customers/{self.people.pop()}").status_code == 204

    @rule()
    def merge_two_customers(self) -> None:
        if len(self.people) > 1:
            body = {"source": self.people.pop()}
            ok(self.client.post(f"/v1/customers/{self.people[0]}/merge", json=body))

    def _state(self) -> tuple[int, int]:
        """What is left on the card, and how often the code was used."""
        card, code = of_voucher(self.client, self.card), of_voucher(self.client, self.code)
        return card["gift"]["balance"], code["redemption"]["redeemed_quantity"]


def test_nothing_differs_from_what_is_computed_anew(shop: Shop) -> None:
    class Here(Shoppers):
        client = shop.client

    quiet = settings(max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Here, settings=quiet)
