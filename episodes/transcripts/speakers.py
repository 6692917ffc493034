"""Who speaks, where a file says it in front of the words: `Anna: …`, `[ANNA]: …`, `>> Anna: …`.

A colon is also what “Note: …”, “12:30: …” and “https: …” have. So a label is believed when it is
the name of somebody credited, or when it comes back: twice where it looks like a name, three times
where it does not (“first voice”).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from episodes.transcripts.document import clean_label

_PREFIX = re.compile(
    r"(?:>>+\s*|[-–—]\s+)?(?:\[([^\[\]:]{1,64})\]|\(([^():]{1,64})\)|([^\s:\[(>][^:]{0,63}?))\s?:\s+(?=\S)"
)
_ALONE = re.compile(
    r"(?:>>+\s*)?(?:\[([^\[\]:]{1,64})\]|\(([^():]{1,64})\)|([^\s:\[(>][^:]{0,63}?))\s?:\s*"
)
_TURN = re.compile(r">>+\s*")
_NEVER = {
    "note", "notes", "nb", "n.b.", "ps", "p.s.", "p. s.", "warning", "update", "example", "source",
    "correction", "translation", "transcript", "music", "http", "https", "e.g.", "i.e.",
    "примечание", "прим.", "источник", "внимание", "например", "перевод", "расшифровка", "музыка",
    "итак", "so", "and", "but", "well", "now",
}  # fmt: skip
_SAYS = {
    "i", "he", "she", "it", "we", "you", "they", "and", "but", "so", "then", "who", "what", "that",
    "я", "он", "она", "оно", "мы", "вы", "ты", "они", "и", "но", "а", "то", "вот", "что", "кто",
}  # fmt: skip
_MOST_WORDS = 5
_NAMING = {"de", "del", "der", "di", "du", "van", "von", "bin", "ibn", "al", "el", "la", "le", "of",
           "the", "oglu", "ogly", "kyzy", "uulu", "оглы", "кызы", "уулу", "фон"}  # fmt: skip


def split_label(text: str) -> tuple[str, str] | None:
    """Return what could be a label, and the words after it; None where there is none."""
    found = _PREFIX.match(text)
    if found is None:
        return None
    label = clean_label(found[1] or found[2] or found[3])
    return (label, text[found.end() :]) if _could_name(label) else None


def label_alone(text: str) -> str | None:
    """Return the label on a line of its own."""
    found = _ALONE.fullmatch(text)
    label = clean_label(found[1] or found[2] or found[3]) if found else ""
    return label if label and _could_name(label) else None


def believed_labels(labels: Iterable[str], is_known: Callable[[str], bool]) -> frozenset[str]:
    """Return the labels that name somebody, out of all that stood before a colon."""
    counted = Counter(labels)
    return frozenset(
        label
        for label, count in counted.items()
        if count >= (2 if _looks_like_name(label) else 3) or is_known(label)
    )


def name_speakers(texts: Sequence[str], is_known: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Return speaker and words for each text. A label holds until the next one.

    That is how SubRip names speakers: only where the voice changes.
    """
    split = [split_label(text) for text in texts]
    believed = believed_labels((found[0] for found in split if found), is_known)
    speaker, named = "", []
    for text, found in zip(texts, split, strict=True):
        words = text
        if found is not None and found[0] in believed:
            speaker, words = found
        elif believed and (turn := _TURN.match(text)):
            # “>>” without a name: somebody else, and the file does not say who.
            speaker, words = "", text[turn.end() :] or text
        named.append((speaker, words))
    return named


def _could_name(label: str) -> bool:
    if not label or not label[0].isalpha() or label.casefold() in _NEVER:
        return False
    words = label.split()
    if len(words) > _MOST_WORDS or (len(words) > 1 and words[0].casefold() in _SAYS):
        return False
    return not re.search(r"[!?;,\"«»“”…/\\<>=@]|\.\s+\S{3,}\s+\S{3,}", label)


def _looks_like_name(label: str) -> bool:
    return all(not word[0].islower() or word.casefold() in _NAMING for word in label.split())
