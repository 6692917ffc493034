"""Who speaks, where a file says it in front of the words: `Anna: …`, `[ANNA]: …`, `>> Anna: …`.

A colon is also what “Note: …”, “12:30: …” and “https: …” have. So a label is believed when it is
the name of somebody credited, or when it comes back: twice where it looks like a name, three times
where it does not (“first voice”).

A label that is not believed ends the voice before it all the same: nobody is given words that the
file may give to another. A name on its own becomes who speaks, anything else leaves it open, and
the editor is told of both.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

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
# What people begin a sentence with that has a colon in it.
_OPENING = {
    "question", "answer", "first", "second", "third", "finally", "today", "however", "remember",
    "look", "listen", "yes", "no", "ok", "okay", "conclusion", "result", "chapter", "part",
    "вопрос", "ответ", "однако", "во-первых", "во-вторых", "наконец", "сегодня", "да", "нет",
    "вывод", "главное", "итог", "результат", "смотрите", "глава", "часть", "this", "that", "my",
    "there", "here", "the", "of", "это", "здесь", "мой", "наш", "our", "his", "her", "their",
}  # fmt: skip
_MOST_WORDS = 5
_MOST_NAMES, _LONGEST_NAME = 4, 40
# Letters, with a hyphen or an apostrophe; a point only after initials and titles; or a number.
_NAME = re.compile(
    r"[^\W\d_](?:[\w'’ʼ-]*\w)?|(?:[^\W\d_]\.)+|(?:dr|mr|mrs|ms|prof|проф|др|д-р|г-н|г-жа|акад)\."
    r"|\d{1,3}",
    re.IGNORECASE,
)
_PERHAPS = re.compile(
    r"(?:>>+\s*|[-–—]\s+)?(?:([^\W\d_][^:!?;.…/]{0,63}?)\s?:(?=\s+\S)"
    r"|([^\W\d_][^\s:/.]{0,39}(?:\s[^\s:/.]{1,39}){0,2}):(?=[^\W\d_]))"
)
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


class Voice(NamedTuple):
    """Who says what; `doubt` is the code of a problem about the label that stands there."""

    speaker: str
    words: str
    doubt: str = ""
    label: str = ""


def name_speakers(texts: Sequence[str], is_known: Callable[[str], bool]) -> list[Voice]:
    """Return speaker and words for each text. A label holds until the next one.

    That is how SubRip names speakers: only where the voice changes.
    """
    split = [split_label(text) for text in texts]
    believed = believed_labels((found[0] for found in split if found), is_known)
    in_small = any(label[0].islower() for label in believed)
    speaker, named = "", []
    for text, found in zip(texts, split, strict=True):
        voice = Voice(speaker, text)
        if found is not None and found[0] in believed:
            voice = Voice(*found)
        elif believed:
            voice = _unbelieved(text, found, believed, in_small=in_small) or voice
        speaker = voice.speaker
        named.append(voice)
    return named


def _unbelieved(
    text: str, found: tuple[str, str] | None, believed: frozenset[str], *, in_small: bool
) -> Voice | None:
    """Return the voice that begins with a label of which nothing else is known; None for none."""
    alone = label_alone(text)
    if alone in believed:
        return Voice(alone or "", text)
    label = found[0] if found else alone
    if label is not None and is_surely_name(label):
        return Voice(label, found[1] if found else text, "new-speaker", label)
    if label is None:
        label = _perhaps(text)
    # A sentence that runs on from the cue before begins small, and may have a colon.
    if label is not None and (in_small or not label[0].islower()):
        return Voice("", text, "unsure-speaker", label)
    if turn := _TURN.match(text):
        # “>>” without a name: somebody else, and the file does not say who.
        return Voice("", text[turn.end() :] or text)
    return None


def _perhaps(text: str) -> str | None:
    """Return what stands before a colon and is a label only perhaps: “Anna, Osh: …”, “Anna:Yes”."""
    found = _PERHAPS.match(text)
    if found is None:
        return None
    label = clean_label(found[1] or found[2])
    first = re.split(r"[\s,]", label, maxsplit=1)[0].casefold()
    is_words = label.casefold() in _NEVER or first in _SAYS or first in _NEVER
    is_sentence = len(label.split()) > _MOST_WORDS and not _looks_like_name(label)
    return None if is_words or is_sentence else label


def is_surely_name(label: str) -> bool:
    """Whether a label that stands there once is a name: “Bo Yang”, “Speaker 2”, “Dr. van Lee”."""
    words = label.split()
    return (
        len(words) <= _MOST_NAMES
        and len(label) <= _LONGEST_NAME
        and words[0].casefold() not in _OPENING
        and words[0][0].isupper()
        and all(_is_name(word) or word.casefold() in _NAMING for word in words)
    )


def _is_name(word: str) -> bool:
    return not word[0].islower() and _NAME.fullmatch(word) is not None


def _could_name(label: str) -> bool:
    if not label or not label[0].isalpha() or label.casefold() in _NEVER:
        return False
    words = label.split()
    if len(words) > _MOST_WORDS or (len(words) > 1 and words[0].casefold() in _SAYS):
        return False
    return is_surely_name(label) or not re.search(
        r"[!?;,\"«»“”…/\\<>=@]|\.\s+\S{3,}\s+\S{3,}", label
    )


def _looks_like_name(label: str) -> bool:
    return all(not word[0].islower() or word.casefold() in _NAMING for word in label.split())
