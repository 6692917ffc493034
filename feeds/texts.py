"""Notes as a feed carries them, within the limits that directories set."""

from collections.abc import Iterable
from html import escape

from catalog.models import Partnership
from episodes.models import Episode
from episodes.notes import Audience, render_blocks
from feeds.links import episode_url

DESCRIPTION_BYTES = 4000
"""Apple's and PSP-1's limit of a description, in UTF-8 bytes of the text with its tags."""


def cut_text(text: str, limit: int) -> str:
    """Return `text` within `limit` UTF-8 bytes, cut between characters with an ellipsis."""
    raw = text.encode()
    if len(raw) <= limit:
        return text
    return raw[: limit - 3].decode(errors="ignore").rstrip() + "…"


def notes_html(episode: Episode, partnerships: Iterable[Partnership]) -> tuple[str, str]:
    """Return the notes in full and the same within DESCRIPTION_BYTES.

    What was agreed with a partner and the show's footer stand under all notes; where the limit
    asks for a cut, the notes give way and end in a link to the episode's page.
    """
    notes = render_blocks(episode.notes, audience=Audience.FEED)
    tail = [_partner_line(partnership) for partnership in partnerships]
    tail += render_blocks(episode.show.notes_footer, audience=Audience.FEED)
    full = [*notes, *tail]
    return "\n".join(full), "\n".join(_fit(notes, tail, episode_url(episode)))


def _partner_line(partnership: Partnership) -> str:
    """Word for word as agreed."""
    wording = escape(partnership.wording)
    url = partnership.url or partnership.organisation.url
    return f'<p><a href="{escape(url)}">{wording}</a></p>' if url else f"<p>{wording}</p>"


def _size(blocks: Iterable[str]) -> int:
    """Count the blocks' bytes, each with the line end that joins it to the next."""
    return sum(len(block.encode()) + 1 for block in blocks)


def _fit(notes: list[str], tail: list[str], url: str) -> list[str]:
    if _size([*notes, *tail]) <= DESCRIPTION_BYTES:
        return [*notes, *tail]
    more = f'<p>… <a href="{escape(url)}">{escape(url)}</a></p>'
    while tail and _size([more, *tail]) > DESCRIPTION_BYTES:
        tail = tail[:-1]
    room = DESCRIPTION_BYTES - _size([more, *tail])
    kept: list[str] = []
    for block in notes:
        if _size([*kept, block]) > room:
            break
        kept.append(block)
    return [*kept, more, *tail]
