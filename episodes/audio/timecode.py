"""Places and lengths as editors write them."""


def timecode(seconds: float) -> str:
    """Return `12:05`, or `1:02:03` from an hour on; what is left of a second is cut off."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
