"""A picture knows which smaller versions lie beside it, so that sizes can be added later."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MADE_UNTIL_NOW = (3000, 1400, 600, 300)


def write_down_what_is_there(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """`manage.py prepare` makes what is missing since."""
    images = apps.get_model("catalog", "Image").objects
    for image in images.all():
        longest = max(image.width, image.height)
        image.renditions = [side for side in MADE_UNTIL_NOW if side < longest]
        images.filter(pk=image.pk).update(renditions=image.renditions)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_guid_is_immutable")]

    operations = [
        migrations.AddField(
            model_name="image",
            name="renditions",
            field=models.JSONField(
                default=list,
                editable=False,
                help_text="Longest sides in pixels of the files that lie beside it, largest first.",
                verbose_name="smaller versions",
            ),
        ),
        migrations.RunPython(write_down_what_is_there, migrations.RunPython.noop),
    ]
