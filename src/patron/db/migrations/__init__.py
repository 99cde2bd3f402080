"""The schema's history: one chain of Alembic revisions for both databases, applied by `migrate`.

A revision is written with Alembic's operations and rendered to SQL without a connection; the drivers run that
SQL themselves, so no second way to the database exists. Only what can be said in SQL belongs in a revision:
moving data is a set-based statement too.
"""
