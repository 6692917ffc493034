"""What no code path, admin or shell may do: the database itself refuses.

- An episode's GUID never changes, and its slug not after release.
- An episode that was ever released is withdrawn, not deleted, so that its GUID is never reused.
- An audio version is immutable: new bytes are a new version.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION episodes_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[1]
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_ARGV[0];
END $$;

CREATE TRIGGER episodes_episode_guid_immutable
    BEFORE UPDATE OF guid ON episodes_episode
    FOR EACH ROW WHEN (OLD.guid IS DISTINCT FROM NEW.guid)
    EXECUTE FUNCTION episodes_refuse(
        'episodes_episode_guid_immutable', 'The GUID of an episode never changes.');

CREATE TRIGGER episodes_episode_slug_frozen
    BEFORE UPDATE OF slug ON episodes_episode
    FOR EACH ROW WHEN (
        OLD.slug IS DISTINCT FROM NEW.slug AND OLD.status IN ('released', 'withdrawn'))
    EXECUTE FUNCTION episodes_refuse(
        'episodes_episode_slug_frozen', 'The slug of a released episode never changes.');

CREATE TRIGGER episodes_episode_released_stays
    BEFORE DELETE ON episodes_episode
    FOR EACH ROW WHEN (OLD.status IN ('released', 'withdrawn'))
    EXECUTE FUNCTION episodes_refuse(
        'episodes_episode_released_stays',
        'A released episode cannot be deleted. Withdraw it instead.');

CREATE TRIGGER episodes_audiofile_immutable
    BEFORE UPDATE OF sha256, path, size, mime_type, extension, duration_ms, episode_id
    ON episodes_audiofile
    FOR EACH ROW WHEN (
        (OLD.sha256, OLD.path, OLD.size, OLD.mime_type, OLD.extension, OLD.duration_ms,
         OLD.episode_id)
        IS DISTINCT FROM
        (NEW.sha256, NEW.path, NEW.size, NEW.mime_type, NEW.extension, NEW.duration_ms,
         NEW.episode_id))
    EXECUTE FUNCTION episodes_refuse(
        'episodes_audiofile_immutable',
        'An audio version never changes. Upload the new file as a new version.');
"""

BACKWARD = """
DROP TRIGGER episodes_audiofile_immutable ON episodes_audiofile;
DROP TRIGGER episodes_episode_released_stays ON episodes_episode;
DROP TRIGGER episodes_episode_slug_frozen ON episodes_episode;
DROP TRIGGER episodes_episode_guid_immutable ON episodes_episode;
DROP FUNCTION episodes_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("episodes", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
