"""Triggers that mark a show's feeds as out of date when something that they say changes.

Nothing in catalog or episodes knows that feeds exist, and a change made by the admin, the API, a
bulk update or psql is seen alike. `tests/feeds/test_marks.py` checks that every table which a
build reads is watched here.
"""

from django.db import migrations

BY_SHOW = ("catalog_showlink", "catalog_hosting", "catalog_partnership", "catalog_cadence")
BY_EPISODE = (
    "episodes_audiofile",
    "episodes_chapter",
    "episodes_credit",
    "episodes_soundbite",
    "episodes_transcript",
)
SHARED = ("catalog_person", "catalog_organisation", "catalog_image")

FUNCTIONS = """
CREATE FUNCTION feeds_mark(shows bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO feeds_change (show_id, transaction)
    SELECT DISTINCT show, txid_current() FROM unnest(shows) AS show WHERE show IS NOT NULL
    ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION feeds_mark_of_show() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM feeds_change WHERE show_id = OLD.id;
    ELSE
        PERFORM feeds_mark(ARRAY[NEW.id]);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION feeds_mark_by_show() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM feeds_mark(ARRAY[OLD.show_id]); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM feeds_mark(ARRAY[NEW.show_id]); END IF;
    RETURN NULL;
END $$;

-- What belongs to an episode matters once the episode is released.
CREATE FUNCTION feeds_mark_by_episode() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[];
BEGIN
    IF TG_OP <> 'INSERT' THEN touched := touched || OLD.episode_id; END IF;
    IF TG_OP <> 'DELETE' THEN touched := touched || NEW.episode_id; END IF;
    PERFORM feeds_mark(ARRAY(
        SELECT show_id FROM episodes_episode WHERE id = ANY(touched) AND status = 'released'));
    RETURN NULL;
END $$;

CREATE FUNCTION feeds_mark_catalog_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM feeds_mark(ARRAY(
        SELECT show_id FROM catalog_hosting WHERE person_id = NEW.id
        UNION
        SELECT e.show_id FROM episodes_credit c JOIN episodes_episode e ON e.id = c.episode_id
        WHERE c.person_id = NEW.id AND e.status = 'released'));
    RETURN NULL;
END $$;

CREATE FUNCTION feeds_mark_catalog_organisation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM feeds_mark(ARRAY(
        SELECT show_id FROM catalog_partnership WHERE organisation_id = NEW.id
        UNION
        SELECT e.show_id FROM episodes_credit c JOIN episodes_episode e ON e.id = c.episode_id
        WHERE c.organisation_id = NEW.id AND e.status = 'released'));
    RETURN NULL;
END $$;

CREATE FUNCTION feeds_mark_catalog_image() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM feeds_mark(ARRAY(
        SELECT id FROM catalog_show WHERE artwork_id = NEW.id
        UNION
        SELECT show_id FROM episodes_episode WHERE artwork_id = NEW.id AND status = 'released'
        UNION
        SELECT h.show_id FROM catalog_hosting h JOIN catalog_person p ON p.id = h.person_id
        WHERE p.photo_id = NEW.id
        UNION
        SELECT e.show_id FROM catalog_person p
        JOIN episodes_credit c ON c.person_id = p.id
        JOIN episodes_episode e ON e.id = c.episode_id
        WHERE p.photo_id = NEW.id AND e.status = 'released'
        UNION
        SELECT e.show_id FROM episodes_chapter c JOIN episodes_episode e ON e.id = c.episode_id
        WHERE c.image_id = NEW.id AND e.status = 'released'));
    RETURN NULL;
END $$;

-- An audio version that was out when another took its place keeps its address.
CREATE FUNCTION feeds_keep_released_audio() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO feeds_releasedaudio (audio_id, replaced_at)
    SELECT OLD.audio_id, clock_timestamp() FROM catalog_show
    WHERE id = OLD.show_id AND is_public
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
"""

EPISODE_TRIGGERS = """
CREATE TRIGGER feeds_mark_new AFTER INSERT ON episodes_episode
    FOR EACH ROW WHEN (NEW.status = 'released')
    EXECUTE FUNCTION feeds_mark_by_show();

CREATE TRIGGER feeds_mark AFTER UPDATE ON episodes_episode
    FOR EACH ROW WHEN (
        OLD.* IS DISTINCT FROM NEW.* AND 'released' IN (OLD.status, NEW.status))
    EXECUTE FUNCTION feeds_mark_by_show();

CREATE TRIGGER feeds_keep_released_audio AFTER UPDATE OF audio_id ON episodes_episode
    FOR EACH ROW WHEN (
        OLD.status = 'released' AND OLD.release_at <= clock_timestamp()
        AND OLD.audio_id IS NOT NULL AND OLD.audio_id IS DISTINCT FROM NEW.audio_id)
    EXECUTE FUNCTION feeds_keep_released_audio();
"""


def _trigger(table: str, function: str, events: str = "INSERT OR UPDATE OR DELETE") -> str:
    return (
        f"CREATE TRIGGER feeds_mark AFTER {events} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}();\n"
    )


FORWARD = "".join([
    FUNCTIONS,
    EPISODE_TRIGGERS,
    _trigger("catalog_show", "feeds_mark_of_show"),
    *(_trigger(table, "feeds_mark_by_show") for table in BY_SHOW),
    *(_trigger(table, "feeds_mark_by_episode") for table in BY_EPISODE),
    *(_trigger(table, f"feeds_mark_{table}", "UPDATE") for table in SHARED),
])  # fmt: skip

BACKWARD = "".join([
    "DROP TRIGGER feeds_keep_released_audio ON episodes_episode;\n",
    "DROP TRIGGER feeds_mark_new ON episodes_episode;\n",
    *(
        f"DROP TRIGGER feeds_mark ON {table};\n"
        for table in ("episodes_episode", "catalog_show", *BY_SHOW, *BY_EPISODE, *SHARED)
    ),
    *(f"DROP FUNCTION feeds_mark_{table}();\n" for table in SHARED),
    "DROP FUNCTION feeds_keep_released_audio();\n",
    "DROP FUNCTION feeds_mark_by_episode();\n",
    "DROP FUNCTION feeds_mark_by_show();\n",
    "DROP FUNCTION feeds_mark_of_show();\n",
    "DROP FUNCTION feeds_mark(bigint[]);\n",
])  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("feeds", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
