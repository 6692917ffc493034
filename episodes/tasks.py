"""What Celery runs: ids in, one function called. The settings route them to queues."""

from celery import shared_task
from django.utils import timezone

from episodes import inspection, slots
from episodes.uploads import expiring


@shared_task(name="episodes.inspect_upload")
def inspect_upload(upload_id: int, **_later: object) -> None:
    inspection.inspect(upload_id)


@shared_task(name="episodes.drain")
def drain(**_later: object) -> None:
    inspection.inspect_due()


@shared_task(name="episodes.plan_slots")
def plan_slots(**_later: object) -> None:
    slots.ensure_all_slots(now=timezone.now())


@shared_task(name="episodes.forget_expired")
def forget_expired(**_later: object) -> None:
    expiring.forget_expired(timezone.now())
