"""What Celery runs: ids in, one function called. The settings route them to queues."""

from celery import shared_task
from django.utils import timezone

from episodes import inspection, labelling, listening, mastering, slots, tagging
from episodes.uploads import expiring
from episodes.waking import wake

_HALF_AN_HOUR = {"soft_time_limit": 1740, "time_limit": 1800}
"""For what copies two gigabytes, from a distant storage perhaps."""


_AN_HOUR = {"soft_time_limit": 3540, "time_limit": 3600}
"""For what decodes days of sound."""


@shared_task(name="episodes.inspect_upload", **_HALF_AN_HOUR)
def inspect_upload(upload_id: int, **_later: object) -> None:
    if inspection.inspect(upload_id):
        wake(label_due)


@shared_task(name="episodes.drain", **_HALF_AN_HOUR)
def drain(**_later: object) -> None:
    inspection.inspect_due()


@shared_task(name="episodes.plan_slots")
def plan_slots(**_later: object) -> None:
    slots.ensure_all_slots(now=timezone.now())


@shared_task(name="episodes.forget_expired")
def forget_expired(**_later: object) -> None:
    expiring.forget_expired(timezone.now())


@shared_task(name="episodes.label", **_HALF_AN_HOUR)
def label(key: str, **_later: object) -> None:
    tagging.label(key)


@shared_task(name="episodes.label_due", **_HALF_AN_HOUR)
def label_due(**_later: object) -> None:
    tagging.label_due()


@shared_task(name="episodes.plan_labels")
def plan_labels(**_later: object) -> None:
    labelling.follow_all(at=timezone.now())


@shared_task(name="episodes.listen", **_AN_HOUR)
def listen(version_id: int, **_later: object) -> None:
    listening.listen(version_id)


@shared_task(name="episodes.listen_due", **_AN_HOUR)
def listen_due(**_later: object) -> None:
    listening.listen_due()


@shared_task(name="episodes.plan_listening")
def plan_listening(**_later: object) -> None:
    listening.plan_forgotten()


@shared_task(name="episodes.master", **_AN_HOUR)
def master(key: str, **_later: object) -> None:
    mastering.master(key)


@shared_task(name="episodes.master_due", **_AN_HOUR)
def master_due(**_later: object) -> None:
    mastering.master_due()
