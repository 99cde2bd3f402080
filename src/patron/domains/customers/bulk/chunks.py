"""What a request brings for bulk work on customers, and the rows that its chunks are turned into."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from patron.domains.async_actions import (
    Brought,
    CellReader,
    Row,
    Shared,
    file_rows,
    itself,
    list_rows,
    name_rows,
    of_file,
    of_list,
    of_names,
)
from patron.domains.customers.bulk.columns import CustomerColumns
from patron.domains.customers.bulk.wire import CustomerInBulk
from patron.domains.customers.wire import CustomerIn

CustomerRow = Row[CustomerIn]


async def of_csv(content: bytes) -> Brought:
    """A CSV file. Problem 400 for one that is no CSV of customers at all; a row's own fault is left to that row."""
    return await of_file("CUSTOMERS.IMPORT_CSV", content, CustomerColumns)


async def of_customers(customers: Sequence[CustomerInBulk]) -> Brought:
    """Customers, each with what is to change."""
    return await of_list("CUSTOMERS.BULK_UPDATE", customers)


async def of_metadata(source_ids: Sequence[str], metadata: Mapping[str, Any]) -> Brought:
    """Customers who all get the same metadata. Problem 400 where that is too much for so many."""
    return await of_names("CUSTOMERS.METADATA_UPDATE", source_ids, dict(metadata))


def rows_maker(kind: str, shared: Shared, typed: Mapping[str, CellReader]) -> Callable[[str], list[CustomerRow]]:
    """What turns the chunks of an action of this kind into rows; `typed` reads the cells of metadata columns."""
    if kind == "CUSTOMERS.IMPORT_CSV":
        return partial(file_rows, CustomerColumns(shared.header, typed))
    if kind == "CUSTOMERS.BULK_UPDATE":
        return _customer_rows
    return partial(name_rows, lambda name: CustomerIn(source_id=name, metadata=shared.metadata))


_customer_rows = list_rows(CustomerIn, lambda customer: customer.source_id or "", itself)
