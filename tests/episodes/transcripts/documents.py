"""Documents for property tests, and shorthands."""

from hypothesis import strategies as st

from episodes.transcripts.document import Cue, TranscriptDocument, clean_label, clean_line
from episodes.transcripts.reading import read_transcript

# What a format could stumble over, beside any letter there is.
AWKWARD = [
    "-->", "NOTE x", "WEBVTT", "1", "<v Anna>", "</v>", "&amp;", "&", "<3", "Note: x", "12:30",
    "00:00:01.000 --> 00:00:02.000", "<script>", "::cue", "{\\an8}", "x" * 90, "STYLE",
    "\u200fשלום", "12:30 - 13:00", "Anna: hello", ">>", "\N{NO-BREAK SPACE}", "«Привет»",
]  # fmt: skip
words = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
)
texts = st.lists(words, min_size=1, max_size=30).map(" ".join).map(clean_line).filter(bool)
labels = st.one_of(st.just(""), st.sampled_from(["Anna", "Вера П.", "A & B", "x>y", "-->"]),
                   st.text(max_size=30).map(clean_label))  # fmt: skip


@st.composite
def documents(draw, *, labels=labels, texts=texts, in_turn=False):
    """Return cues in the order of their starts; `in_turn`, each after the one before."""
    at, cues = draw(st.integers(0, 400_000)), []
    for _ in range(draw(st.integers(1, 6))):
        end = at + draw(st.integers(2_000 if in_turn else 1, 20_000))
        cues.append(Cue(at, end, draw(labels), draw(texts)))
        at = end if in_turn else at + draw(st.integers(0, 30_000))
    return TranscriptDocument(tuple(cues), tuple(draw(st.lists(texts, max_size=2))))


def spoken(document):
    return " ".join(cue.text for cue in document.cues).split()


def read(text, name="", **options):
    """Return the reading with its messages, of which a test names those it is about."""
    found = read_transcript(text, name=name, **options)
    return found, [problem.message for problem in found.problems]


def cues_of(text, name="", **options):
    found, _messages = read(text, name, **options)
    assert not found.refused, found.problems
    return [(cue.start_ms, cue.speaker, cue.text) for cue in found.document.cues]
