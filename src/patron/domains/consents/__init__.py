"""A consent: something a shop asks its customers' leave for, and what each of them has said to it, when and from where.

Nouns: `Consent` (a definition), `ConsentGroup`, `ConsentChange` (an entry of a customer's history); `UNSUBSCRIBED`
stands beside the definitions: who chose it is to get no messages at all. Verbs: `define`, `redefine` and `withdraw` a
consent or a group; `CHOOSE` sets what a customer consents to, through whichever channel; `standing` tells it.
"""

from patron.domains.consents.actions.choose import CHOOSE, Choose
from patron.domains.consents.actions.list import all_consents, standing
from patron.domains.consents.policy import named

__all__ = ["CHOOSE", "Choose", "all_consents", "named", "standing"]
