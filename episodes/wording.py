"""What was found in a file, said in the language of whoever asks.

Findings are stored with their code and values beside the English sentence; the pure core knows the
words, the translation is here.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_noop

from episodes.audio.findings import WORDS
from episodes.audio.listening.judging import REMARKS
from episodes.audio.wording import MINUS, word

_OURS = {
    "will-retry": (
        gettext_noop(
            "The file could not be read just now. It is kept and will be tried again by itself."
        ),
    ),
    "gave-up": (
        gettext_noop(
            "Reading failed several times, and not because of what is in the file. The file is "
            "kept. Press Retry; if that fails too, tell whoever runs this installation."
        ),
    ),
}
"""What is said of a file that is not the file's doing."""


def sentence(finding: Mapping[str, Any]) -> str:
    """Return the sentence of `{code, values, message}`, which may lack any but one of the two.

    What cannot be said anew (an old row without values, a code that is no more) is said as it was.
    """
    code = finding.get("code", "")
    parts = WORDS.get(code) or REMARKS.get(code) or _OURS.get(code)
    stored = str(finding.get("message", ""))
    if parts is None:
        return stored
    try:
        return word(parts, finding.get("values") or {}, translate=gettext, number=_number)
    except (AttributeError, LookupError, TypeError, ValueError):
        return stored


def _number(value: float) -> str:
    return number_format(value, use_l10n=True, force_grouping=True).replace("-", MINUS)
