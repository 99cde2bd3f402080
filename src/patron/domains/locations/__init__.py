"""Locations: areas on the map that rules speak of. Nothing makes one yet, so that every list of them is empty."""
