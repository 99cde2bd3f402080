"""What happens to customers: the activity feed of each, and the events that a shop defines and tracks.

Nouns: `Activity` (an entry of a feed), `EventDefinition`, `Event` (one that was tracked), `EventCount`. Verbs: `record`
adds an entry in the unit of its cause, `recent` reads the newest ones; `track`; `define`, `change` and `remove` a
definition.
"""

from patron.domains.events.actions.feed import recent
from patron.domains.events.actions.record import Campaign, record, source_of

__all__ = ["Campaign", "recent", "record", "source_of"]
