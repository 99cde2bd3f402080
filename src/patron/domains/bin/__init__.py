"""The bin: what was deleted and can still come back (spec C 5.6).

It has no table of its own: each domain hands its kinds of deleted rows (`db/binned.py`) to `bin_routes`. An entry's id
is made of the moment of the deletion and the id of what was deleted, so nothing is stored for it, and entries in the
order of their ids are in the order of deletion. What is deleted, restored and deleted once more has a new entry.
"""
