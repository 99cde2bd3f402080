"""What becomes of a customer's consents, decided without a database."""

from typing import Any

import pytest

from patron.domains.consents.policy import chosen, may_give, may_revoke
from patron.domains.customers.model import Customer
from patron.domains.customers.policy import consents_of, new_customer, with_consents
from patron.domains.customers.wire import Consent, CustomerPatch
from patron.kernel.clock import to_iso

NOW = 1_700_000_000_000

SAID: dict[Any, dict[str, Consent]] = {
    None: {},
    True: {"c": Consent(to_iso(NOW - 9), value=True), "unsubscribed": Consent(to_iso(NOW - 9), value=True)},
    False: {"c": Consent(to_iso(NOW - 9), value=False), "unsubscribed": Consent(to_iso(NOW - 9), value=False)},
}


@pytest.mark.parametrize(
    ("before", "choice", "given", "revoked"),
    [
        (None, True, True, False),
        (None, False, False, False),
        (False, True, True, False),
        (True, False, False, True),
        (True, True, False, False),
        (False, False, False, False),
    ],
)
def test_a_consent_is_given_when_it_becomes_true_and_revoked_when_it_was(
    before: Any, choice: bool, given: bool, revoked: bool
) -> None:
    after = chosen(SAID[before], {"c": choice}, NOW)
    assert (after.given, after.revoked) == (("c",) * given, ("c",) * revoked)
    assert set(after.given) <= set(may_give({"c": choice}))
    assert set(after.revoked) <= set(may_revoke({"c": choice}))


@pytest.mark.parametrize(
    ("before", "choice", "given", "revoked"),
    [
        (None, True, False, True),
        (None, False, False, False),
        (False, True, False, True),
        (True, False, True, False),
        (True, True, False, False),
    ],
)
def test_who_unsubscribes_revokes_and_who_takes_it_back_gives(
    before: Any, choice: bool, given: bool, revoked: bool
) -> None:
    after = chosen(SAID[before], {"unsubscribed": choice}, NOW)
    assert (after.given, after.revoked) == (("unsubscribed",) * given, ("unsubscribed",) * revoked)
    assert set(after.given) <= set(may_give({"unsubscribed": choice}))
    assert set(after.revoked) <= set(may_revoke({"unsubscribed": choice}))


def test_a_value_that_is_said_again_keeps_its_date() -> None:
    after = chosen(SAID[True], {"c": True, "unsubscribed": False}, NOW)
    assert after.changed == ("unsubscribed",)
    assert after.consents == {"c": SAID[True]["c"], "unsubscribed": Consent(to_iso(NOW), value=False)}


@pytest.mark.parametrize("ahead", [0, 1, 60_000])
def test_a_later_change_has_a_later_date_also_by_a_clock_that_is_behind(ahead: int) -> None:
    before = {"c": Consent(to_iso(NOW + ahead), value=True)}
    assert chosen(before, {"c": False}, NOW).at == NOW + ahead + 1
    assert chosen(before, {"other": True}, NOW).at == NOW + ahead + 1


def test_the_rest_of_system_metadata_is_kept() -> None:
    blank = new_customer("p", "cust_a", None, CustomerPatch(), NOW)
    before = Customer(**{name: getattr(blank, name) for name in blank.__struct_fields__} | {
        "system_metadata": '{"source":"web","web_widget":{"widgets":[1]},"consents":{}}'
    })  # fmt: skip
    after = with_consents(before, SAID[True], NOW + 1)
    assert '"web_widget":{"widgets":[1]}' in after.system_metadata
    assert '"source":"web"' in after.system_metadata
    assert consents_of(after) == SAID[True]
    assert after.updated_at == NOW + 1
