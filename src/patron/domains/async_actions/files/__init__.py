"""Rows that come in bulk: CSV read record by record, a header made ready for its rows, rows numbered and cut in chunks.

Pure: nothing here knows a database. A domain says by its `Columns` what the cells of a row make of it.
"""
