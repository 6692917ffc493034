"""Full-text indexes, one for each of the configurations that `website.searching` asks in.

The site owns no table, and search is its business alone; so the indexes stand here. They are on
expressions that `website.searching` repeats word for word: change both or neither.
"""

from django.db import migrations

EPISODE_TEXT = "title || ' ' || summary || ' ' || notes"
TRANSCRIPT_TEXT = "vtt"


def indexes() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            sql=(
                f"CREATE INDEX website_{name}_{config} ON {table} "
                f"USING gin (to_tsvector('{config}'::regconfig, {text}))"
            ),
            reverse_sql=f"DROP INDEX website_{name}_{config}",
        )
        for name, table, text in (
            ("episode", "episodes_episode", EPISODE_TEXT),
            ("transcript", "episodes_transcript", TRANSCRIPT_TEXT),
        )
        for config in ("simple", "english", "russian")
    ]


class Migration(migrations.Migration):
    initial = True

    dependencies = [("episodes", "0002_guards")]

    operations = indexes()
