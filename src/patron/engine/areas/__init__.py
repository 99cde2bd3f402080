"""Areas on the earth: circles and polygons, and whether a point lies in one of them.

A point is two integers, so that what it comes to is the same on every machine and in every database: `points` has the
unit. Circles are measured on a sphere (`circles`), polygons on the plane of longitude and latitude (`polygons`).
"""

from patron.engine.areas.together import Areas, Together

__all__ = ["Areas", "Together"]
