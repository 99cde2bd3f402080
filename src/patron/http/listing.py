"""Lists: what every list takes (`limit`, `page`, `cursor`) and the envelope in which it answers."""

from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from patron.kernel.problems import invalid_query_params, page_over_limit

LAST_PAGE = 99
E = TypeVar("E")


class Paging(msgspec.Struct, frozen=True, kw_only=True):
    """The query of a list; the struct of a list with filters derives from it.

    `cursor` is the `next_cursor` of an earlier page: the list goes on after that page's last entry, without a
    ceiling. Spec C 2.4. A list with another last page says so twice: in `last_page`, and in the schema of `page`.
    """

    last_page: ClassVar[int] = LAST_PAGE

    limit: Annotated[int, Meta(ge=1, le=100, description="How many entries a page has at most.")] = 10
    page: Annotated[int, Meta(ge=1, description="Which page, from 1.", extra_json_schema={"maximum": LAST_PAGE})] = 1
    cursor: Annotated[
        str | None, Meta(description="The `next_cursor` of the page before; goes on after its last entry.")
    ] = None

    def __post_init__(self) -> None:
        if self.page > self.last_page:
            raise page_over_limit(f"page: expected at most {self.last_page}; cursor goes on from there")
        if self.cursor is not None and self.page != 1:
            raise invalid_query_params("page: expected none beside cursor")

    @property
    def offset(self) -> int:
        """How many entries lie before this page."""
        return (self.page - 1) * self.limit


class Page(msgspec.Struct, Generic[E], frozen=True):
    """A page: its entries, how many pass the filters in all, and where the list goes on (None: it ends here)."""

    entries: list[E]
    total: int
    next_cursor: str | None


def list_of(noun: str, entry: Any) -> Any:
    """The struct in which a list of these entries answers (spec C 2.4), named by the plural noun: `customers`.

    Its fields: the noun itself (a list of `entry`), `total` (over all pages), `has_more`, and `next_cursor`,
    absent on the last page.
    """
    return msgspec.defstruct(
        "".join(word.capitalize() for word in noun.split("_")) + "List",
        [
            ("object", Literal["list"], "list"),
            ("data_ref", Literal[noun], noun),
            (noun, list[entry]),
            ("total", Annotated[int, Meta(ge=0)]),
            ("has_more", bool),
            ("next_cursor", str | UnsetType, UNSET),
        ],
        kw_only=True,
        frozen=True,
    )
