"""A file in, facts out: what a file of audio is, how long it lasts, what is wrong with it.

Imports neither Django nor Celery. Its door is `containment.read_contained` for strangers' files
and `reading.read_audio` for files already open in a process that may fail.
"""
