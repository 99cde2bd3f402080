"""What this domain keeps of one customer: it is told to whoever asks, and goes with the customer.

That a code was given away stays, without whom it was given to: nobody else gets it.
"""

from patron.db.traces import Trace
from patron.domains.events.model import PUBLICATIONS
from patron.domains.publications.model import LIST, MEMBERSHIPS, PUBLICATION_KEYS, Membership
from patron.domains.publications.wire.told import told


def _mine(mine: Membership, _theirs: Membership) -> Membership:
    """Of two codes of one campaign, a later publication is answered with the one that I had."""
    return mine


TRACES = (
    Trace(PUBLICATION_KEYS, by="customer_id", then="source_id", given_at_once=True),
    Trace(MEMBERSHIPS, by="customer_id", then="campaign_id", fold=_mine),
    Trace(PUBLICATIONS, by="customer_id", then="id", told_as="publications", tell=told, listed_as=LIST),
)
"""Keys and memberships first, since each leads to a publication."""
