"""Files of customers: cells made into profiles, and the report of what became of each row.

Pure: nothing here knows a database. `actions/bulk.py` applies the rows, `jobs.py` and the command line feed it.
"""
