"""Search what is said in a transcript, and nothing else that stands in its file.

The first column left out the lines of timing. The word WEBVTT, remarks (NOTE), styles, the names of
cues and the labels of speakers were words like any other, and `R&amp;D` was not `R&D`.
"""

from django.db import migrations

# One step inside the other: a generated column is one expression.
_PLAIN = r"replace(left(vtt, 600000), E'\r', '')"
_STEPS = (
    # The header, up to the first empty line.
    (r"^\uFEFF?WEBVTT[^\n]*(\n[^\n]+)*", r"\n"),
    # Blocks that nobody speaks. A line of a cue never follows an empty one.
    (r"(^|\n\n)(NOTE|STYLE|REGION)([ \t][^\n]*)?(\n[^\n]+)*", r"\n"),
    # The time, and the name of the cue above it.
    (r"\n[^\n]*\n[0-9:.,]+[ \t]+-->[^\n]*", r"\n"),
    (r"(^|\n)[0-9:.,]+[ \t]+-->[^\n]*", r"\n"),
    # Voices, classes, times inside of a cue.
    (r"<[^<>]*>", r""),
)


def _stripped() -> str:
    expression = _PLAIN
    for pattern, instead in _STEPS:
        expression = f"regexp_replace({expression}, E'{_doubled(pattern)}', E'{instead}', 'g')"
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&")):
        expression = f"replace({expression}, '{entity}', '{character}')"
    return f"left({expression}, 200000)"


def _doubled(pattern: str) -> str:
    return pattern.replace("\\", "\\\\")


def _vector(text: str) -> str:
    return f"""
        CASE
            WHEN lower(language) = 'en' OR lower(language) LIKE 'en-%'
                THEN to_tsvector('english'::regconfig, {text})
            WHEN lower(language) = 'ru' OR lower(language) LIKE 'ru-%'
                THEN to_tsvector('russian'::regconfig, {text})
            ELSE to_tsvector('simple'::regconfig, {text})
        END
    """


def _column(text: str) -> str:
    return f"""
        ALTER TABLE episodes_transcript DROP COLUMN website_words;
        ALTER TABLE episodes_transcript ADD COLUMN website_words tsvector
            GENERATED ALWAYS AS ({_vector(text)}) STORED;
        CREATE INDEX website_transcript_words ON episodes_transcript USING gin (website_words);
    """


BEFORE = "left(regexp_replace(vtt, '^[0-9:.,]+ +-->.*$', '', 'gn'), 200000)"


class Migration(migrations.Migration):
    dependencies = [
        ("website", "0001_search_indexes"),
        ("episodes", "0004_transcripts_uploaded"),
    ]

    operations = [migrations.RunSQL(sql=_column(_stripped()), reverse_sql=_column(BEFORE))]
