"""What can keep the embedded servers from starting, in words for the person at the terminal."""


class CannotStart(Exception):
    """Something outside stands in the way; the text says what, where and what to do."""
