"""Vouchers: codes that take something off an order, and gift cards that hold credits (spec I 1).

Nouns: `Voucher`, `VoucherTotals` (what was done with it), `VoucherTransaction` (why a balance moved), `VoucherHolder`,
`BinnedVoucher`; `Campaign`, of which a voucher may be, with `Campaigns`, `CampaignTotals` and `CampaignDay`. Verbs:
`find`; `want` and `found` name a voucher for a write, `want_code_rows` and `found_by_code` one by its code alone;
`offered` tells which may be offered to a customer; `want_code` and `free_code` choose a code; `hold` and `release` say
whose a voucher is, `publish` counts it too; `use` and `give_back` note what redemptions do; `transact` moves a balance
together with what explains it, `open_card` gives a card its first; `START_BULK` begins an import. `adorned` adds the
pictures of the code to a voucher that is told. For campaigns: `want_additions` and `taking` lock one that vouchers come
to, `want_counts` and `counted` move its counts, `voucher_of` makes a voucher by its template. `PUBLISHABLE` is the pool
of those that may be published.
"""

from patron.domains.vouchers.actions.bulk import START_BULK
from patron.domains.vouchers.actions.campaigns import (
    counted,
    find_campaign,
    lock_campaign,
    missing_counts,
    taking,
    unknown_campaign,
    want_additions,
    want_counts,
    want_counts_of,
)
from patron.domains.vouchers.actions.codes import free_code, is_free, want_code, want_free
from patron.domains.vouchers.actions.create import being_taken
from patron.domains.vouchers.actions.delete import destroy, put_in_bin, want_deletions
from patron.domains.vouchers.actions.find import (
    find,
    find_by_codes,
    find_many,
    found,
    found_by_code,
    its_totals,
    shown,
    want,
    want_code_rows,
)
from patron.domains.vouchers.actions.hold import hold, holder_of, missing, publish, release, want_customer, want_holder
from patron.domains.vouchers.actions.new_voucher import add_voucher, new_voucher_of, want_new_voucher
from patron.domains.vouchers.actions.offered import LAST_ID, of_one_for_all, offered
from patron.domains.vouchers.actions.transact import open_card, transact
from patron.domains.vouchers.actions.use import give_back, returnable, use, want_return, want_use
from patron.domains.vouchers.assets import adorned, assets_of, with_assets
from patron.domains.vouchers.campaign import (
    AUTO_UPDATE,
    CAMPAIGN_DAYS,
    CAMPAIGN_NAMES,
    CAMPAIGN_TOTALS,
    CAMPAIGNS,
    DAY_MS,
    DISCOUNT_COUPONS,
    GIFT_VOUCHERS,
    PROMOTION,
    STANDALONE,
    STATIC,
    Campaign,
    CampaignDay,
    CampaignName,
    Campaigns,
    CampaignTotals,
    day_of,
)
from patron.domains.vouchers.columns import CampaignVoucherColumns
from patron.domains.vouchers.fields import TRANSACTION_FIELDS, is_active
from patron.domains.vouchers.of_campaign import (
    AFTER_THE_LAST,
    BEFORE_THE_FIRST,
    CODES_AFTER,
    DAY_SUMS,
    DAYS,
    DELETE_DAYS,
    ONLY_CODE_OF,
    PUBLISHABLE,
    PUBLISHABLE_CODES,
    transactions_in,
)
from patron.domains.vouchers.policy import (
    check_dates,
    check_has_vouchers,
    check_schema,
    check_takes_vouchers,
    date_of,
    merged,
    same,
    validity_of,
)
from patron.domains.vouchers.store import FREE, Found
from patron.domains.vouchers.template import KeptCodeConfig, code_config, codes_of, kept_config, voucher_of

__all__ = [
    "AFTER_THE_LAST",
    "AUTO_UPDATE",
    "BEFORE_THE_FIRST",
    "CAMPAIGNS",
    "CAMPAIGN_DAYS",
    "CAMPAIGN_NAMES",
    "CAMPAIGN_TOTALS",
    "CODES_AFTER",
    "DAYS",
    "DAY_MS",
    "DAY_SUMS",
    "DELETE_DAYS",
    "DISCOUNT_COUPONS",
    "FREE",
    "GIFT_VOUCHERS",
    "LAST_ID",
    "ONLY_CODE_OF",
    "PROMOTION",
    "PUBLISHABLE",
    "PUBLISHABLE_CODES",
    "STANDALONE",
    "START_BULK",
    "STATIC",
    "TRANSACTION_FIELDS",
    "Campaign",
    "CampaignDay",
    "CampaignName",
    "CampaignTotals",
    "CampaignVoucherColumns",
    "Campaigns",
    "Found",
    "KeptCodeConfig",
    "add_voucher",
    "adorned",
    "assets_of",
    "being_taken",
    "check_dates",
    "check_has_vouchers",
    "check_schema",
    "check_takes_vouchers",
    "code_config",
    "codes_of",
    "counted",
    "date_of",
    "day_of",
    "destroy",
    "find",
    "find_by_codes",
    "find_campaign",
    "find_many",
    "found",
    "found_by_code",
    "free_code",
    "give_back",
    "hold",
    "holder_of",
    "is_active",
    "is_free",
    "its_totals",
    "kept_config",
    "lock_campaign",
    "merged",
    "missing",
    "missing_counts",
    "new_voucher_of",
    "of_one_for_all",
    "offered",
    "open_card",
    "publish",
    "put_in_bin",
    "release",
    "returnable",
    "same",
    "shown",
    "taking",
    "transact",
    "transactions_in",
    "unknown_campaign",
    "use",
    "validity_of",
    "voucher_of",
    "want",
    "want_additions",
    "want_code",
    "want_code_rows",
    "want_counts",
    "want_counts_of",
    "want_customer",
    "want_deletions",
    "want_free",
    "want_holder",
    "want_new_voucher",
    "want_return",
    "want_use",
    "with_assets",
]
