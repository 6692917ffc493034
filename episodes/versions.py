"""Which version of the audio is out, decided by a person: older originals, newer tags, retries."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from episodes import jobs, labelling, mastering
from episodes.exceptions import EpisodeError
from episodes.models import AudioFile, Episode
from episodes.tasks import label
from episodes.waking import wake_on_commit


class WrongVersion(EpisodeError):
    """The version is not one that the episode can be moved to."""


@transaction.atomic
def write_labels(episode: Episode, *, at: datetime) -> bool:
    """Have the page's present labels written into a new version, also when the episode is out.

    The episode is moved to it when it is made. `False` when the file has them already, or takes
    none.
    """
    planned = labelling.plan(episode, at=at)
    standing = labelling.compare(episode, at=at, with_job=True)
    if not standing.is_wanted:
        return False
    key = labelling.key_of(episode, standing.labels)
    wake_on_commit(label, key)
    return planned or jobs.retry(labelling.KIND, key)


@transaction.atomic
def use(episode: Episode, version: AudioFile, *, at: datetime) -> None:
    """Move the episode to another of its originals or masters, and have that labelled.

    A copy of it with the present labels is used at once where there is one. Raise `WrongVersion`
    for a version of another episode, or for a copy that has labels already: those follow from what
    they were made from.
    """
    row = Episode.objects.select_for_update(of=("self",)).get(pk=episode.pk)
    if version.episode_id != row.pk or version.kind == AudioFile.Kind.PUBLISHED:
        raise WrongVersion(_("Choose an uploaded file or a master of this episode."))
    mastering.call_off(version)
    labelling.point(row, version)
    write_labels(row, at=at)
    episode.audio = row.audio
