"""Lists of chapters as people and programs write them: in from any, out to all.

Imports neither Django nor Celery. `reading.read` is the door in, `writing.FORMS` the one out.
"""
