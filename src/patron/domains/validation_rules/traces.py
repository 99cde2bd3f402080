"""What this domain keeps of one customer: how often they redeemed what. It repeats what redemptions tell."""

from msgspec.structs import replace

from patron.db.traces import Trace
from patron.domains.validation_rules.model import RULE_COUNTERS, RuleCounter


def _together(mine: RuleCounter, theirs: RuleCounter) -> RuleCounter:
    """Both have redeemed: in a period that both know, together; else the later period holds."""
    sums = {name: getattr(mine, name) + getattr(theirs, name) for name in ("total", "amount", "discount")}
    for period in ("day", "week", "month"):
        begins = [getattr(each, period) for each in (mine, theirs)]
        sums[period] = max(begins)
        sums[f"in_{period}"] = sum(
            getattr(each, f"in_{period}") for each in (mine, theirs) if getattr(each, period) == max(begins)
        )
    return replace(mine, **sums)


TRACES = (Trace(RULE_COUNTERS, by="customer_id", then="scope", fold=_together, made_of="redemptions"),)
"""A rule that comes fills its counters from what was redeemed before (docs/adr/0009)."""
