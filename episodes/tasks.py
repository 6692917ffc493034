"""What Celery runs: ids in, one function called."""

from celery import shared_task

from episodes import inspection


@shared_task(name="episodes.inspect_upload", queue="media")
def inspect_upload(upload_id: int, **_later: object) -> None:
    inspection.inspect(upload_id)


@shared_task(name="episodes.drain", queue="media")
def drain(**_later: object) -> None:
    inspection.inspect_due()
