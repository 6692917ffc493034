"""The words of an episode: read from what editors bring, written in every form that apps read.

Imports neither Django nor Celery. Its doors are `reading.read_transcript` for what was uploaded,
`vtt.read_vtt` for a stored master and `writing.FORMS` for what is served.
"""
