"""Lines for captions."""


def wrap(text: str, width: int) -> list[str]:
    """Break a text in normal form between words; a word that is too long gets its own line."""
    if len(text) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    lines.append(line)
    return lines
