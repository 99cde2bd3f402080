"""What is answered to a validation (spec I 3.2)."""

import msgspec
from msgspec import UNSET, UnsetType

from patron.domains.redeemables.wire.told import CalculatedOrderOut, RedeemableOut, SessionOut
from patron.domains.stacking_rules import StackingRulesOut


class ValidationOut(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of all that was asked for. Where it is `valid`, `redeemables` are those that apply."""

    id: str
    valid: bool
    redeemables: list[RedeemableOut]
    skipped_redeemables: list[RedeemableOut] | UnsetType = UNSET
    inapplicable_redeemables: list[RedeemableOut] | UnsetType = UNSET
    order: CalculatedOrderOut | UnsetType = UNSET
    tracking_id: str | UnsetType = UNSET
    session: SessionOut | UnsetType = UNSET
    stacking_rules: StackingRulesOut
