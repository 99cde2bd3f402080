"""What two customers keep when they become one: decided without a database."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from patron.domains.customers.merging import carried_on, merged_into, one_profile, one_sum
from patron.domains.customers.model import NO_LINKS, Customer, CustomerTotals
from patron.domains.customers.policy import new_customer
from patron.domains.customers.wire import AddressIn, CustomerIn
from patron.kernel.json_bounds import MOST_VALUES
from patron.kernel.problems import Problem

NOW = 5_000


def a_customer(who: str, /, created_at: int = 1_000, **fields: Any) -> Customer:
    source_id = fields.pop("source_id", None)
    return new_customer("proj_1", f"cust_{who}", source_id, CustomerIn(**fields), created_at)


def said(customer: Customer, **consents: tuple[str, bool]) -> Customer:
    told = {each: {"date": date, "value": value} for each, (date, value) in consents.items()}
    return replace(customer, system_metadata=json.dumps({"consents": told}))


def consents_of(customer: Customer) -> dict[str, bool]:
    return {each: told["value"] for each, told in json.loads(customer.system_metadata)["consents"].items()}


def one(winner: Customer, loser: Customer) -> Customer:
    return one_profile(winner, loser, NOW)


def totals(**fields: Any) -> CustomerTotals:
    return CustomerTotals("proj_1", "cust_any", **fields)


def test_where_both_have_a_value_the_winners_stays() -> None:
    after = one(a_customer("w", name="Ada", email="a@w"), a_customer("l", name="Eve", email="e@l", phone="1"))
    assert (after.id, after.name, after.email, after.phone) == ("cust_w", "Ada", "a@w", "1")


def test_a_null_gives_way_to_a_value_and_stays_where_there_is_none() -> None:
    winner = a_customer("w", name=None, phone=None)
    after = one(winner, a_customer("l", name="Eve", email=None))
    assert (after.name, after.phone, after.email) == ("Eve", None, None)
    assert after.nulls.split() == ["email", "phone"]


def test_an_address_is_kept_whole() -> None:
    berlin = a_customer("l", address=AddressIn(city="Berlin", line_1="Main Street 1"))
    paris = a_customer("w", address=AddressIn(city="Paris"))
    assert one(paris, berlin).address == paris.address
    after = one(a_customer("w"), berlin)
    assert (after.address, after.city) == (berlin.address, "Berlin")


def test_metadata_is_joined_by_key() -> None:
    after = one(a_customer("w", metadata={"a": 1, "n": None}), a_customer("l", metadata={"a": 2, "b": 3, "n": 4}))
    assert json.loads(after.metadata or "") == {"a": 1, "b": 3, "n": None}
    assert one(a_customer("w"), a_customer("l", metadata={"b": 3})).metadata == '{"b":3}'
    assert one(a_customer("w"), a_customer("l")).metadata is None


def test_metadata_that_gets_too_large_is_refused() -> None:
    half = MOST_VALUES // 2 + 1
    winner, loser = (a_customer(of, metadata={f"{of}{n}": n for n in range(half)}) for of in "wl")
    with pytest.raises(Problem) as refused:
        one(winner, loser)
    assert refused.value.status == 400


def test_the_winner_takes_the_losers_source_id_where_it_has_none() -> None:
    assert one(a_customer("w"), a_customer("l", source_id="l")).source_id == "l"
    assert one(a_customer("w", source_id="w"), a_customer("l", source_id="l")).source_id == "w"


def test_they_are_a_customer_since_the_earlier_came() -> None:
    after = one(a_customer("w", created_at=2_000), a_customer("l", created_at=1_000))
    assert (after.created_at, after.updated_at) == (1_000, NOW)


def test_of_each_consent_what_was_said_last_holds() -> None:
    early, late = "2026-01-01T00:00:00.500Z", "2026-01-01T00:00:01Z"
    winner = said(a_customer("w"), a=(early, True), b=(late, True), c=(early, True))
    loser = said(a_customer("l"), a=(late, False), b=(early, False), d=(early, True))
    assert consents_of(one(winner, loser)) == {"a": False, "b": True, "c": True, "d": True}


def test_of_two_things_said_in_one_moment_the_winners_holds() -> None:
    at = "2026-01-01T00:00:00.500Z"
    assert consents_of(one(said(a_customer("w"), a=(at, False)), said(a_customer("l"), a=(at, True)))) == {"a": False}


def test_whoever_said_nothing_has_no_consents() -> None:
    assert one(a_customer("w"), a_customer("l")).system_metadata == "{}"


def test_every_sum_is_summed() -> None:
    sums = [field for field in CustomerTotals.__struct_fields__ if isinstance(getattr(totals(), field), int)]
    sums.remove("last_order_amount")
    mine, theirs = (totals(**{field: n * 10 + by for n, field in enumerate(sums)}) for by in (1, 2))
    after = one_sum(mine, theirs)
    assert {field: getattr(after, field) for field in sums} == {field: n * 20 + 3 for n, field in enumerate(sums)}
    assert len(sums) == 15


@pytest.mark.parametrize(("mine_at", "theirs_at", "last"), [(1, 2, 20), (2, 1, 10), (None, 1, 20), (1, None, 10)])
def test_the_last_order_is_the_later_one(mine_at: int | None, theirs_at: int | None, last: int) -> None:
    mine = totals(last_order_amount=10, last_order_at=mine_at)
    theirs = totals(last_order_amount=20, last_order_at=theirs_at)
    after = one_sum(mine, theirs)
    assert (after.last_order_amount, after.last_order_at) == (last, mine_at if last == 10 else theirs_at)


def test_loyalty_is_summed_by_campaign_and_the_tier_is_the_winners() -> None:
    mine = {"Gold": {"points": 1, "referred_customers": 2, "loyalty_tier": "high"}}
    theirs = {
        "Gold": {"points": 10, "referred_customers": 20, "loyalty_tier": "low"},
        "Tea": {"points": 5, "referred_customers": 0, "loyalty_tier": "leaf"},
    }
    after = one_sum(totals(loyalty_campaigns=json.dumps(mine)), totals(loyalty_campaigns=json.dumps(theirs)))
    assert json.loads(after.loyalty_campaigns) == {
        "Gold": {"points": 11, "referred_customers": 22, "loyalty_tier": "high"},
        "Tea": {"points": 5, "referred_customers": 0, "loyalty_tier": "leaf"},
    }


def test_referrals_are_told_of_both() -> None:
    def referral(n: int) -> dict[str, str]:
        names = ("campaign_id", "referrer_id", "related_object_id", "related_object_type", "date")
        return {name: f"{name} {n}" for name in names}

    mine, theirs = (totals(referrals=1, referral_campaigns=json.dumps([referral(n)])) for n in (1, 2))
    after = one_sum(mine, theirs)
    assert (json.loads(after.referral_campaigns), after.referrals) == ([referral(1), referral(2)], 2)


def test_links_that_had_ended_before_a_second_merge_stay_ended() -> None:
    first, second, third = (a_customer(name) for name in "abc")
    revoked = replace(second, links_revoked_at=NOW)
    merged = merged_into(second, first, NOW)
    assert carried_on(merged, second, third).links_good_at == 0
    assert carried_on(merged, revoked, third).links_good_at == NO_LINKS
    assert carried_on(merged, second, third).into_id == "cust_c"
