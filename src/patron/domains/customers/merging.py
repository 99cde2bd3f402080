"""Pure decisions about two customers who become one: what is kept of each."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from patron.domains.customers.model import NO_LINKS, NO_SOURCE_ID, Customer, CustomerTotals, MergedCustomer
from patron.domains.customers.policy import consents_of
from patron.domains.customers.wire import SCALARS, Consent, ReferralCampaign
from patron.kernel.clock import from_iso
from patron.kernel.json_bounds import check_metadata

_encode = msgspec.json.encode
_decode = msgspec.json.decode

_LAST_ORDER = ("last_order_amount", "last_order_at")
_OBJECTS = ("loyalty_campaigns", "referral_campaigns")
_SUMS = tuple(
    field
    for field in CustomerTotals.__struct_fields__
    if field not in ("project_id", "customer_id", *_LAST_ORDER, *_OBJECTS)
)


def one_profile(winner: Customer, loser: Customer, now: int) -> Customer:
    """The winner's profile once the two are one.

    Where both have a value, the winner's stays, and what it lacks is the loser's: an address as a whole, since parts of
    two make a third that nobody lives at, metadata by key. Of each consent, what was said last holds. They are a
    customer since the earlier of both came. Problem 400 where metadata gets larger than a customer may have.
    """
    scalars = {field: _either(getattr(winner, field), getattr(loser, field)) for field in SCALARS}
    unset = {*winner.nulls.split(), *loser.nulls.split()}
    housed = loser if winner.address is None else winner
    return replace(
        winner,
        source_id=loser.source_id if winner.source_id == NO_SOURCE_ID else winner.source_id,
        **scalars,
        nulls=" ".join(field for field in SCALARS if field in unset and scalars[field] is None),
        address=housed.address,
        city=housed.city,
        metadata=_one_metadata(winner.metadata, loser.metadata),
        system_metadata=_one_system_metadata(winner, loser),
        created_at=min(winner.created_at, loser.created_at),
        updated_at=now,
    )


def _either(mine: str | None, theirs: str | None) -> str | None:
    return theirs if mine is None else mine


def _one_metadata(mine: str | None, theirs: str | None) -> str | None:
    if mine is None or theirs is None:
        return _either(mine, theirs)
    both: dict[str, Any] = {**_decode(theirs), **_decode(mine)}
    check_metadata(both)
    return _encode(both).decode()


def _one_system_metadata(winner: Customer, loser: Customer) -> str:
    both: dict[str, Any] = {**_decode(loser.system_metadata), **_decode(winner.system_metadata)}
    consents = last_said(consents_of(winner), consents_of(loser))
    return _encode({**both, "consents": consents} if consents else both).decode()


def last_said(mine: Mapping[str, Consent], theirs: Mapping[str, Consent]) -> dict[str, Consent]:
    """Of each consent what was said last; of two things said in one moment, mine."""
    later = {
        consent_id: said
        for consent_id, said in theirs.items()
        if consent_id not in mine or from_iso(said.date) > from_iso(mine[consent_id].date)
    }
    return {**mine, **later}


def one_sum(mine: CustomerTotals, theirs: CustomerTotals) -> CustomerTotals:
    """The totals of both together: every sum is summed, and the last order is the later of both.

    Of two in the same millisecond, it is the one of the larger amount, as it is of the orders of one customer.
    """
    last = max(mine, theirs, key=_last_order)
    return replace(
        mine,
        **{field: getattr(mine, field) + getattr(theirs, field) for field in _SUMS},
        **{field: getattr(last, field) for field in _LAST_ORDER},
        loyalty_campaigns=_one_loyalty(mine.loyalty_campaigns, theirs.loyalty_campaigns),
        referral_campaigns=_one_referrals(mine.referral_campaigns, theirs.referral_campaigns),
    )


def _last_order(totals: CustomerTotals) -> tuple[int, int]:
    return -1 if totals.last_order_at is None else totals.last_order_at, totals.last_order_amount


def _one_loyalty(mine: str, theirs: str) -> str:
    """By campaign, points and referred customers are summed; the tier is mine where I have one."""
    both: dict[str, dict[str, Any]] = _decode(mine)
    for name, other in _decode(theirs).items():
        own = both.get(name, {"points": 0, "referred_customers": 0})
        sums = {field: own[field] + other[field] for field in ("points", "referred_customers")}
        both[name] = {**other, **own, **sums}
    return _encode(both).decode()


def _one_referrals(mine: str, theirs: str) -> str:
    referrals = list[ReferralCampaign]
    return _encode(_decode(mine, type=referrals) + _decode(theirs, type=referrals)).decode()


def merged_into(winner: Customer, loser: Customer, now: int) -> MergedCustomer:
    """What is kept under the loser's id. Links to its page that were good until now go on to the winner's."""
    return MergedCustomer(
        project_id=loser.project_id,
        id=loser.id,
        into_id=winner.id,
        created_at=now,
        moved_at=None,
        links_revoked_at=loser.links_revoked_at or 0,
        links_good_at=winner.links_revoked_at or 0,
    )


def carried_on(merged: MergedCustomer, loser: Customer, winner: Customer) -> MergedCustomer:
    """Of one who was merged into the loser before: now it stands for the winner. Links that ended stay ended."""
    were_good = merged.links_good_at == (loser.links_revoked_at or 0)
    links_good_at = (winner.links_revoked_at or 0) if were_good else NO_LINKS
    return replace(merged, into_id=winner.id, links_good_at=links_good_at)
