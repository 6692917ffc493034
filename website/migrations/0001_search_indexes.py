"""What full-text search needs, kept by the database itself whoever writes.

The site owns no table, and search is its business alone; so these stand here and not in
`episodes`. Notes are short: an index on their expression is enough, one for each configuration,
because the language is the show's. A transcript is long, and the words of a match are read again
(a phrase is not in an index): its vector is stored, in a column that no model names, so that
nobody fetches it by accident.

PostgreSQL refuses a vector of more than 1 MB, and an editor could not save; so texts are cut where
no writing gets there: a transcript of three hours and a half is 200 000 characters.
`website.searching` repeats these expressions word for word: change both or neither.
"""

from django.db import migrations

EPISODE_TEXT = "left(title || ' ' || summary || ' ' || notes, 200000)"
# The lines of timing would fill the index with numbers.
TRANSCRIPT_TEXT = "left(regexp_replace(vtt, '^[0-9:.,]+ +-->.*$', '', 'gn'), 200000)"
TRANSCRIPT_VECTOR = f"""
    CASE
        WHEN lower(language) = 'en' OR lower(language) LIKE 'en-%'
            THEN to_tsvector('english'::regconfig, {TRANSCRIPT_TEXT})
        WHEN lower(language) = 'ru' OR lower(language) LIKE 'ru-%'
            THEN to_tsvector('russian'::regconfig, {TRANSCRIPT_TEXT})
        ELSE to_tsvector('simple'::regconfig, {TRANSCRIPT_TEXT})
    END
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("episodes", "0002_guards")]

    operations = [
        *(
            migrations.RunSQL(
                sql=(
                    f"CREATE INDEX website_episode_{config} ON episodes_episode "
                    f"USING gin (to_tsvector('{config}'::regconfig, {EPISODE_TEXT}))"
                ),
                reverse_sql=f"DROP INDEX website_episode_{config}",
            )
            for config in ("simple", "english", "russian")
        ),
        migrations.RunSQL(
            sql=(
                "ALTER TABLE episodes_transcript ADD COLUMN website_words tsvector "
                f"GENERATED ALWAYS AS ({TRANSCRIPT_VECTOR}) STORED"
            ),
            reverse_sql="ALTER TABLE episodes_transcript DROP COLUMN website_words",
        ),
        migrations.RunSQL(
            sql=(
                "CREATE INDEX website_transcript_words ON episodes_transcript "
                "USING gin (website_words)"
            ),
            reverse_sql="DROP INDEX website_transcript_words",
        ),
    ]
