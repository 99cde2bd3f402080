"""Vouchers as they are sent: to create one, and to change it (spec I 1.1, 1.4, 1.5)."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.domains.vouchers.wire.discount import Discount, GiftIn, GiftPatch, is_given
from patron.domains.vouchers.wire.validity import Date, Day, ValidityHours, ValidityTimeframe
from patron.kernel.codes import HOLE, LENGTH, LONGEST, MOST_HOLES, CodeConfig
from patron.kernel.incentive_problems import invalid_code_config
from patron.kernel.json_bounds import check_metadata
from patron.kernel.problems import Problem, invalid_payload

Type = Literal["DISCOUNT_VOUCHER", "GIFT_VOUCHER"]
Code = Annotated[str, Meta(min_length=1, max_length=LONGEST, description="Unique in the project; case counts.")]
CategoryName = Annotated[str, Meta(min_length=1, max_length=500)]
Reference = Annotated[str, Meta(min_length=1, max_length=255)]
AdditionalInfo = Annotated[str, Meta(max_length=5_000)]
Affix = Annotated[str, Meta(max_length=100)]
DaysOfWeek = Annotated[list[Day], Meta(min_length=1, max_length=7, description="0 is Sunday.")]


class VoucherCodeConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How random codes look: `pattern`, in which each `#` stands for a character of `charset`, wins over `length`.

    `initial_count` is taken and means nothing.
    """

    length: Annotated[int, Meta(ge=1, le=MOST_HOLES)] | None | UnsetType = UNSET
    charset: Annotated[str, Meta(max_length=1_000)] | None | UnsetType = UNSET
    prefix: Affix | None | UnsetType = UNSET
    postfix: Affix | None | UnsetType = UNSET
    pattern: Annotated[str, Meta(max_length=LONGEST)] | None | UnsetType = UNSET
    initial_count: int | None | UnsetType = UNSET

    def config(self, charset: str) -> CodeConfig:
        """What it says; `charset` holds where it names none. Problem 400 `invalid_code_config` for codes too long."""
        config = CodeConfig(
            charset=self.charset or charset,
            pattern=self.pattern or HOLE * (self.length or LENGTH),
            prefix=self.prefix or "",
            postfix=self.postfix or "",
        )
        if config.pattern.count(HOLE) > MOST_HOLES:
            raise invalid_code_config(f"code_config.pattern: expected at most {MOST_HOLES} characters {HOLE}")
        if len(config.prefix + config.pattern + config.postfix) > LONGEST:
            raise invalid_code_config(f"code_config: expected codes of at most {LONGEST} characters")
        return config


NO_CODE_CONFIG = VoucherCodeConfig()


class VoucherRedemptionIn(msgspec.Struct, frozen=True, kw_only=True):
    """How often a voucher may be redeemed; any number of times where `quantity` is null or absent."""

    quantity: Annotated[int, Meta(ge=1, le=1_000_000_000)] | None | UnsetType = UNSET


class Described(msgspec.Struct, frozen=True, kw_only=True):
    """What may be said of every incentive, whatever it does."""

    category: CategoryName | None | UnsetType = UNSET
    category_id: Reference | None | UnsetType = UNSET
    start_date: Date | None | UnsetType = UNSET
    expiration_date: Date | None | UnsetType = UNSET
    metadata: dict[str, Any] | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        if isinstance(self.metadata, dict):
            check_metadata(self.metadata)


class Limited(Described, frozen=True, kw_only=True):
    """What may be said of one that is valid within its dates at certain times alone."""

    validity_timeframe: ValidityTimeframe | None | UnsetType = UNSET
    validity_day_of_week: DaysOfWeek | None | UnsetType = UNSET
    validity_hours: ValidityHours | None | UnsetType = UNSET


class Defined(Limited, frozen=True, kw_only=True):
    """What may be said of a voucher when it is created and when it is changed."""

    active: bool | None | UnsetType = UNSET
    additional_info: AdditionalInfo | None | UnsetType = UNSET
    discount: Discount | None | UnsetType = UNSET


class VoucherIn(Defined, frozen=True, kw_only=True):
    """A voucher to create. A `code` wins over a `code_config`; without either, it is 8 random letters and digits."""

    code: Code | None | UnsetType = UNSET
    code_config: VoucherCodeConfig | None | UnsetType = UNSET
    type: Type
    campaign: Reference | None | UnsetType = UNSET
    campaign_id: Reference | None | UnsetType = UNSET
    gift: GiftIn | None | UnsetType = UNSET
    redemption: VoucherRedemptionIn | None | UnsetType = UNSET
    validation_rules: Annotated[list[Reference], Meta(max_length=100)] | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        super().__post_init__()
        value, other = ("discount", "gift") if self.type == "DISCOUNT_VOUCHER" else ("gift", "discount")
        if not is_given(getattr(self, value)):
            raise invalid_payload(f"{value}: expected one, as the type is {self.type}")
        if is_given(getattr(self, other)):
            raise _wrong_kind(other, self.type)


class VoucherPatch(Defined, frozen=True, kw_only=True):
    """Changes of a voucher: what is absent stays as it is; null clears a date, a limit of validity or a text.

    A null for `active`, `discount`, `gift` or `metadata` changes nothing. Metadata merges by key; a discount replaces
    the one before, with the same type.
    """

    type: Type | None | UnsetType = UNSET
    gift: GiftPatch | None | UnsetType = UNSET


def _wrong_kind(field: str, kind: str) -> Problem:
    return invalid_payload(f"{field}: expected none, as the type is {kind}")


def under(code: str, body: VoucherIn) -> VoucherIn:
    """The voucher to create under the code that the path names. Problem 400 where the body names another one."""
    if is_given(body.code) and body.code != code:
        raise invalid_payload("code: expected none, or the code in the path")
    if len(code) > LONGEST:
        raise invalid_payload(f"code: expected at most {LONGEST} characters")
    return msgspec.structs.replace(body, code=code)
