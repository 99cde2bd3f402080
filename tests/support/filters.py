"""Filters of lists, as a query writes them."""

from typing import Any

Params = dict[str, str | list[str]]


def filters(junction: str | None = None, /, **fields: dict[str, Any]) -> Params:
    """The parameters of conditions by field: `filters(code={"$in": ["A", "B"]})`; dots are written `__`."""
    params: Params = {} if junction is None else {"filters[junction]": junction}
    for field, conditions in fields.items():
        for operator, operands in conditions.items():
            name = f"filters[{field.replace('__', '.')}][conditions][{operator}]"
            several = isinstance(operands, list)
            params[f"{name}[]" if several else name] = list(map(str, operands)) if several else str(operands)
    return params
