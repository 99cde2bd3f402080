"""The part of the catalogue that speaks of vouchers, campaigns and publications (spec I 9); see `problems`."""

from patron.kernel.problems import Problem


def invalid_voucher(details: str) -> Problem:
    """400: not what can be done with a voucher of this kind. Name the field and what was expected."""
    return Problem(400, "invalid_voucher", "Invalid Voucher", details)


def invalid_gift(details: str) -> Problem:
    """400: credits that no gift card can have. Name the field and what was expected."""
    return Problem(400, "invalid_gift", "Invalid gift", details)


def invalid_code_config(details: str) -> Problem:
    """400: a configuration that yields no code, or too few. Say how many it can yield."""
    return Problem(400, "invalid_code_config", "Invalid code config", details)


def invalid_campaign(details: str) -> Problem:
    """400: a campaign that is not there, or not of this kind."""
    return Problem(400, "invalid_campaign", "Invalid campaign", details)


def invalid_add_balance_params(details: str) -> Problem:
    """400: an amount by which no balance can move. Name the field and what was expected."""
    return Problem(400, "invalid_add_balance_params", "Invalid add balance params", details)


def gift_amount_exceeded(details: str) -> Problem:
    """400: more than is left on a gift card. Say how much is left."""
    return Problem(400, "gift_amount_exceeded", "Gift amount exceeded", details)


def missing_vouchers(details: str) -> Problem:
    """400: a publication of nothing, or of more codes than are left. Say what was expected, or how many there are."""
    return Problem(400, "missing_vouchers", "Missing vouchers", details)


def too_many_vouchers_requested(details: str) -> Problem:
    """400: several codes where there can be but one. Say why."""
    return Problem(400, "too_many_vouchers_requested", "Too many vouchers requested", details)


def no_voucher_suitable_for_publication(details: str) -> Problem:
    """400: no code is left to give away, or the one that was asked for cannot be used. Say which."""
    return Problem(
        400,
        "no_voucher_suitable_for_publication",
        "Couldn't find any voucher suitable for publication",
        details,
    )


def voucher_already_published(code: str) -> Problem:
    """400: a code that is for one customer, and was given away."""
    return Problem(
        400, "voucher_already_published", "Voucher already published", f"Voucher '{code}' has already been published"
    )


def voucher_cannot_be_published(details: str) -> Problem:
    """400: the customer has a code of this campaign, of which there is one for each. Say which."""
    return Problem(400, "voucher_cannot_be_published", "Voucher cannot be published", details)


def stacking_rules_exist(rules_id: str) -> Problem:
    """409: a project has one document of stacking rules, and this one is there."""
    return Problem(
        409,
        "stacking_rules_exist",
        "Stacking rules exist",
        f"Cannot exist more stacking rules for given project: there are {rules_id}",
        resource_id=rules_id,
        resource_type="stacking_rules",
    )


def duplicated_redeemables(details: str) -> Problem:
    """400: a request that asks twice for the same redeemable."""
    return Problem(400, "duplicated_redeemables", "Duplicated redeemables detected", details)


def invalid_redeemables(details: str) -> Problem:
    """400: redeemables that no request may bring together. Say which."""
    return Problem(400, "invalid_redeemables", "Invalid redeemables", details)


def invalid_customer(details: str) -> Problem:
    """400: another customer than the one it is about. Say who was expected, as far as that may be told."""
    return Problem(400, "invalid_customer", "Invalid customer", details)


def invalid_order(details: str) -> Problem:
    """400: another order than the one it is about."""
    return Problem(400, "invalid_order", "Invalid order", details)


def invalid_redemption(details: str) -> Problem:
    """400: what cannot be rolled back, or not so. Say why."""
    return Problem(400, "invalid_redemption", "Invalid redemption", details)


def invalid_redemption_parent(parent_id: str) -> Problem:
    """400: a part of a redemption of several redeemables, which are rolled back together."""
    return Problem(
        400,
        "invalid_redemption_parent",
        "Invalid redemption parent",
        f"It is a part of {parent_id}: roll that one back, by POST /v1/redemptions/{parent_id}/rollbacks",
    )


def already_rolled_back(details: str) -> Problem:
    """400: what was rolled back before, and is so once. Name the rollback."""
    return Problem(400, "already_rolled_back", "Already rolled back", details)


def invalid_validation_rules(details: str) -> Problem:
    """400: rules that cannot be used. Name the path to the fault and what was expected there."""
    return Problem(400, "invalid_validation_rules", "Invalid Validation Rule Definition", details)
