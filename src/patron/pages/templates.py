"""Templates: every value is escaped, and one that is missing is a fault rather than a gap in the page."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

_ENVIRONMENT = Environment(
    loader=PackageLoader("patron.pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def render(name: str, **values: Any) -> str:
    """The page that the template of this name makes of these values."""
    return _ENVIRONMENT.get_template(name).render(**values)
