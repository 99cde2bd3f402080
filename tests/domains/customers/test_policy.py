"""The laws of a profile: what a patch makes of it, for any patch."""

from fractions import Fraction
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from patron.domains.customers.model import CustomerTotals
from patron.domains.customers.policy import new_customer, patched, tombstone
from patron.domains.customers.wire import CustomerIn, CustomerOut, CustomerPatch, average

TEXTS = st.none() | st.text(max_size=5)
ADDRESSES = st.none() | st.dictionaries(st.sampled_from(("city", "state", "line_1", "country")), TEXTS)
METADATA = st.dictionaries(
    st.sampled_from("abc"), st.none() | st.booleans() | st.integers(-5, 5) | st.lists(st.integers(0, 2)), max_size=3
)
PATCHES = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXTS,
        "email": TEXTS,
        "birthdate": st.sampled_from((None, "2000-02-29", "1999-12-31")),
        "address": ADDRESSES,
        "metadata": st.none() | METADATA,
    },
)


def patch_of(fields: dict[str, Any]) -> CustomerPatch:
    return msgspec.convert(fields, CustomerPatch)


def shown(customer: Any) -> dict[str, Any]:
    answer: dict[str, Any] = msgspec.json.decode(
        msgspec.json.encode(CustomerOut.of(customer, CustomerTotals("p", customer.id)))
    )
    return answer


@given(PATCHES, PATCHES)
def test_a_patch_applied_twice_is_a_patch_applied_once(first: dict[str, Any], second: dict[str, Any]) -> None:
    customer = new_customer("p", "cust_1", "s", patch_of(first), 1)
    once = patched(customer, patch_of(second), 2)
    assert patched(once, patch_of(second), 3) is once


@given(PATCHES)
def test_an_empty_patch_returns_the_very_same_profile(fields: dict[str, Any]) -> None:
    customer = new_customer("p", "cust_1", None, patch_of(fields), 1)
    assert patched(customer, CustomerPatch(), 2) is customer
    assert patched(customer, patch_of(fields), 2) is customer


@given(PATCHES, PATCHES)
def test_updated_at_moves_exactly_with_what_is_shown(first: dict[str, Any], second: dict[str, Any]) -> None:
    customer = new_customer("p", "cust_1", "s", patch_of(first), 1)
    after = patched(customer, patch_of(second), 2)
    before, now = shown(customer), shown(after)
    moved = now.pop("updated_at", None) is not None
    assert moved == (msgspec.json.encode(before) != msgspec.json.encode(now))


@given(PATCHES, PATCHES)
def test_what_a_patch_names_is_shown_and_the_rest_stays(first: dict[str, Any], second: dict[str, Any]) -> None:
    customer = new_customer("p", "cust_1", "s", patch_of(first), 1)
    before, now = shown(customer), shown(patched(customer, patch_of(second), 2))
    for field in ("name", "email", "birthdate"):
        assert now.get(field, UNSET) == second.get(field, before.get(field, UNSET))
    if second.get("metadata") is not None:
        assert now["metadata"] == {**(before.get("metadata") or {}), **second["metadata"]}
    else:
        assert now.get("metadata") == before.get("metadata")


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_an_average_is_rounded_half_up(amount: int, count: int) -> None:
    assert average(amount, count) == (Fraction(amount, count) + Fraction(1, 2)).__floor__()


def test_what_is_left_of_a_deleted_customer_has_another_source_id() -> None:
    customer = new_customer("p", "cust_1", "ada", CustomerIn(name="Ada"), 1)
    end = tombstone(customer, CustomerTotals("p", "cust_1", redeemed=3), 1_617_882_607_466)
    assert end.source_id == "ada_deleted2021-04-08T11:50:07.466Z"
    assert msgspec.json.decode(end.profile)["name"] == "Ada"
    assert msgspec.json.decode(end.totals)["redeemed"] == 3


def test_one_that_never_had_a_source_id_gets_none_by_ending() -> None:
    customer = new_customer("p", "cust_1", None, CustomerIn(), 1)
    assert tombstone(customer, CustomerTotals("p", "cust_1"), 5).source_id == ""
