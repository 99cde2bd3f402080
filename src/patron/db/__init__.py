"""Two databases behind one unit of work. No domain words.

A write is an `Action` given to `Units.write`; a read goes through a `Read`, by `Statement`s compiled once.
`Table` declares what is stored; `open_database` opens SQLite or PostgreSQL by its URL.
"""
