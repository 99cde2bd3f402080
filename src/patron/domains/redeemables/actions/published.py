"""Looking up with which metadata codes were given away, where formulas read it (spec I 1.2)."""

from collections.abc import Collection

from patron.db.actions import Read
from patron.db.rulebook import Rulebook
from patron.domains.publications import metadata_given
from patron.domains.validation_rules.model import VALIDATION_RULES
from patron.domains.vouchers import Found
from patron.domains.vouchers.model import Voucher

_OPERAND = "PUBLICATION_METADATA"


def read_by_formulas(rulebook: Rulebook, found: Collection[Found]) -> list[Voucher]:
    """Those of these vouchers that were given away, and of which a formula reads with which metadata."""
    by_rules = rulebook.derived(_is_read_by_rules)
    return [
        voucher
        for voucher, _, _ in found
        if voucher.publish_count and (by_rules or _OPERAND in (voucher.discount or ""))
    ]


def _is_read_by_rules(rulebook: Rulebook) -> bool:
    """Whether some rule has a price by such a formula; then it may be any voucher's."""
    return any(_OPERAND in rule.applicable_to for rule in rulebook.rows(VALIDATION_RULES).values())


async def find_publications(
    read: Read, project_id: str, vouchers: list[Voucher], customer_id: str | None
) -> dict[str, str]:
    """With which metadata (JSON) these were given away, by their ids; `customer_id` is who asks, None for nobody.

    Of one of which nothing is known, that is an empty object.
    """
    if not vouchers:
        return {}
    given = await metadata_given(read, project_id, vouchers, customer_id)
    return {voucher.id: given.get(voucher.id, "{}") for voucher in vouchers}
