"""Campaigns: vouchers that are made by one template (spec I 2.1, 2.2).

Nouns: `Campaign`, and `Campaigns.of(rulebook)`, which finds one by id or by name. They are declared below, by vouchers,
which tell a campaign's name. Verbs for whoever gives vouchers out: `find_campaign` before a write; in it
`want_new_voucher` and `new_voucher_of` make a voucher of the campaign's template under a free random code,
`want_additions` and `add_voucher` one under a code that is known to be free; `voucher_of` is the template alone.
`PUBLISHABLE` is the pool of a campaign's vouchers that may be given away, `pool_of` its parameters.
"""

from patron.domains.campaigns.pool import pool_of
from patron.domains.vouchers import (
    CAMPAIGNS,
    PUBLISHABLE,
    Campaign,
    Campaigns,
    add_voucher,
    find_campaign,
    new_voucher_of,
    voucher_of,
    want_additions,
    want_new_voucher,
)

__all__ = [
    "CAMPAIGNS",
    "PUBLISHABLE",
    "Campaign",
    "Campaigns",
    "add_voucher",
    "find_campaign",
    "new_voucher_of",
    "pool_of",
    "voucher_of",
    "want_additions",
    "want_new_voucher",
]
