"""What can go wrong with a feed; each text is written for the editor who reads it in the admin."""


class FeedError(Exception):
    """The base of everything that `feeds` raises on purpose."""


class BadFeed(FeedError):
    """The feed that was built must not replace the one that is served; `faults` says why."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__(" ".join(faults))
