"""What this domain keeps of one customer: it is told to whoever asks, and goes with the customer."""

from typing import Any

from patron.db.traces import Trace
from patron.domains.consents.model import CONSENT_CHANGES, ConsentChange
from patron.kernel.clock import to_iso


def _told(change: ConsentChange) -> dict[str, Any]:
    return {
        "id": change.id,
        "consent_id": change.consent_id,
        "before": None if change.before is None else bool(change.before),
        "value": bool(change.value),
        "date": to_iso(change.created_at),
        "channel": change.channel,
        "origin": change.origin or None,
    }


TRACES = (Trace(CONSENT_CHANGES, by="customer_id", then="created_at", told_as="consent_changes", tell=_told),)
