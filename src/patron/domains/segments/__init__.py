"""Segments: which customers belong together, by what is known of them or because somebody has listed them.

A passive segment's filter is asked whenever somebody wants to know. Of an active one it is also kept who is in it: a
reaction to each change of a customer moves those segments that look at what has changed, in the unit of the change, and
the customer's feed tells of it. A static one lists customers. Noun: `Segment`, in the rulebook under `SEGMENTS`.

Domains above ask `is_member`, which says how to gather what it needs; `explain` says why. A domain that names segments
asks `DELETED_AMONG` before it does; `NAMED_BY_SEGMENTS` tells which locations may not be deleted.
"""

from patron.domains.segments.actions.names import NAMED_BY_SEGMENTS
from patron.domains.segments.actions.standing import lacking_standing, standing_now, standing_of, want_standing
from patron.domains.segments.policy.membership import Standing, is_member
from patron.domains.segments.store.segments import DELETED_AMONG

__all__ = [
    "DELETED_AMONG",
    "NAMED_BY_SEGMENTS",
    "Standing",
    "is_member",
    "lacking_standing",
    "standing_now",
    "standing_of",
    "want_standing",
]
