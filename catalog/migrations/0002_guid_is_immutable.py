"""A show's podcast:guid, once saved, never changes: apps know the show by it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION catalog_refuse_guid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The podcast GUID of a show never changes.'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'catalog_show_guid_immutable';
END $$;
CREATE TRIGGER catalog_show_guid_immutable
    BEFORE UPDATE OF guid ON catalog_show
    FOR EACH ROW WHEN (OLD.guid IS DISTINCT FROM NEW.guid)
    EXECUTE FUNCTION catalog_refuse_guid_change();
"""

BACKWARD = """
DROP TRIGGER catalog_show_guid_immutable ON catalog_show;
DROP FUNCTION catalog_refuse_guid_change();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
