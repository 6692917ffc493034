"""Markdown in the three forms that apps ask for."""

from episodes.notes import Audience, render_html, render_text


def three_forms(markdown: str) -> dict[str, str]:
    return {
        "markdown": markdown,
        "html": render_html(markdown, audience=Audience.SITE),
        "text": render_text(markdown),
    }


def with_footer(notes: str, footer: str) -> str:
    """Return the notes with what the show puts under all of them."""
    return "\n\n".join(part for part in (notes.strip(), footer.strip()) if part)
