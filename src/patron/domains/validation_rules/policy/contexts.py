"""For which contexts which rules are legal (spec C 4.5)."""

from patron.domains.validation_rules.wire.given import CONTEXTS

_OF_EVENTS = ("custom_event",)
_HAS_ORDER = ("earning_rule.order.", "distribution.order.")
_OF_REDEMPTIONS = ("redemption.", "campaign.", "publication.")
_OF_ORDERS = ("order.", "product.", "sku.")


def is_context(text: str) -> bool:
    """Whether there is such a context."""
    return text in CONTEXTS


def illegal(name: str, context: str) -> str | None:
    """What to say where a rule of this name has no meaning in a context; None: it is legal."""
    if name.startswith(_OF_EVENTS) and context != "global" and not context.endswith(".custom_event"):
        return f"another rule: {name} is for the contexts of custom events, and not for {context}"
    if not context.startswith(("earning_rule.", "distribution.")):
        return None
    if name.startswith(_OF_REDEMPTIONS):
        return f"another rule: {name} is about redemptions, of which {context} knows none"
    if name.startswith(_OF_ORDERS) and not context.startswith(_HAS_ORDER):
        return f"another rule: {name} is about orders, of which {context} knows none"
    return None
