"""What is known of the file that a copy is made from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recording:
    """Facts of the source; a copy must sound the same."""

    container: str
    codec: str
    duration_ms: int
    channels: int
    sample_rate: int
