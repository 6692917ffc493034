"""Why a published file was not made; the text says what differed or what is missing."""


class NotWritten(Exception):
    """The copy was not made, or was made and not believed. The original is as it was."""
