"""Vouchers: codes that take something off an order, and gift cards that hold credits (spec I 1).

Nouns: `Voucher`, `VoucherTotals` (what was done with it), `VoucherTransaction` (why a balance moved), `VoucherHolder`,
`BinnedVoucher`. Verbs: `find`; `want` and `found` name a voucher for a write; `want_code` and `free_code` choose a
code; `hold` and `release` say whose a voucher is; `transact` moves a balance together with what explains it.
"""

from patron.domains.vouchers.actions.codes import free_code, want_code
from patron.domains.vouchers.actions.find import find, found, want
from patron.domains.vouchers.actions.hold import hold, missing, release, want_customer, want_holder
from patron.domains.vouchers.actions.transact import transact

__all__ = [
    "find",
    "found",
    "free_code",
    "hold",
    "missing",
    "release",
    "transact",
    "want",
    "want_code",
    "want_customer",
    "want_holder",
]
