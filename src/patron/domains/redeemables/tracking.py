"""Tracking ids: what a visitor is known by without being named (spec I 3.7)."""

from base64 import urlsafe_b64encode
from collections.abc import Callable

from patron.domains.redeemables.wire.asked import RedeemablesIn

PREFIX = "track_"
_BYTES = 18


def tracking_id_of(derive: Callable[[str], bytes], project_id: str, asked: RedeemablesIn) -> str | None:
    """The tracking id that was sent, or else one made of the customer's name; None where there is neither.

    One that this server has made is kept; anything else is told as a keyed hash of it, so that nobody can find out by
    trying whom it stands for. `derive` is the call's.
    """
    person = asked.person
    given = asked.tracking_id or (person and (person.source_id or person.id))
    if not given or given.startswith(PREFIX):
        return given or None
    return PREFIX + urlsafe_b64encode(derive(f"tracking id/{project_id}/{given}")[:_BYTES]).decode()
