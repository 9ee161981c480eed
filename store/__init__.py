"""What remembers: SQLAlchemy Core tables, one file per noun, over SQLite or PostgreSQL.

Functions take a `Connection` of `engine.reading` or `engine.writing`; who opens the transaction decides when it is
over. Signed bytes are kept as they came, and what can be counted from them is counted afresh.  Times in rows are coarse
wherever a source's own time could show through.
"""
