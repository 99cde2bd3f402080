"""The events that the demo shop knows."""

from collections.abc import Iterator

from patron.domains.events.wire.definition import DefinitionIn, Property, Schema


def demo_definitions() -> Iterator[DefinitionIn]:
    """An event without metadata, and one with."""
    yield DefinitionIn(name="newsletter_subscribed", schema=Schema({}))
    yield DefinitionIn(
        name="review_left",
        schema=Schema(
            {"rating": Property(type="number", optional=False), "product": Property(type="string", optional=True)}
        ),
    )
