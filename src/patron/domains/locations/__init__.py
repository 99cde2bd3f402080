"""Locations: areas on the map, in which points of metadata lie or do not (spec C 5.3).

Noun: `Location`, a circle or polygons under a name. `Locations.of(rulebook)` finds their areas, for the grammar of
whoever asks `$in_location`; `locations_in` says of which locations a stored filter speaks. Verbs: `create`, `replace`,
`delete`, which the management API has. A domain whose rows name locations brings a `Naming` of them.
"""

from patron.domains.locations.policy.held import Locations, areas_of, locations_in

__all__ = ["Locations", "areas_of", "locations_in"]
