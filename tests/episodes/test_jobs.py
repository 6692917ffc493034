"""A job is done once in effect, whoever dies, hangs or comes back."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from episodes import jobs
from episodes.models import Job

KIND = "test"
pytestmark = pytest.mark.django_db


def the_job() -> Job:
    return Job.objects.get(kind=KIND)


def let_the_lease_run_out() -> None:
    Job.objects.filter(kind=KIND).update(lease_until=Now() - timedelta(seconds=1))


def let_it_be_due() -> None:
    Job.objects.filter(kind=KIND).update(not_before=Now() - timedelta(seconds=1))


def claim() -> jobs.Claim:
    claimed = jobs.claim(KIND)
    assert claimed is not None
    return claimed


def test_writing_the_same_job_down_twice_makes_one():
    jobs.enqueue(KIND, "1")
    jobs.enqueue(KIND, "1")

    assert Job.objects.count() == 1


def test_a_claimed_job_is_nobody_elses():
    jobs.enqueue(KIND, "1")

    assert jobs.claim(KIND) is not None
    assert jobs.claim(KIND) is None


def test_claiming_costs_one_query(django_assert_num_queries):
    for number in range(30):
        jobs.enqueue(KIND, str(number))

    with django_assert_num_queries(1):
        jobs.claim(KIND)


def test_jobs_are_taken_oldest_first_and_only_of_their_kind():
    jobs.enqueue("other", "0")
    for key in ("1", "2"):
        jobs.enqueue(KIND, key)

    assert [claim().key, claim().key, jobs.claim(KIND)] == ["1", "2", None]


def test_one_job_can_be_asked_for():
    for key in ("1", "2"):
        jobs.enqueue(KIND, key)

    claimed = jobs.claim(KIND, "2")

    assert claimed is not None
    assert claimed.key == "2"


def test_a_finished_job_does_not_come_back():
    jobs.enqueue(KIND, "1")
    with transaction.atomic():
        jobs.finish(claim())
    let_the_lease_run_out()

    assert jobs.claim(KIND) is None


def test_a_job_that_a_dead_worker_left_is_taken_over_and_the_zombie_changes_nothing():
    jobs.enqueue(KIND, "1")
    zombie = claim()
    let_the_lease_run_out()
    heir = claim()

    for act in (jobs.finish, jobs.renew, lambda claimed: jobs.fail(claimed, "late")):
        with pytest.raises(jobs.LeaseLost), transaction.atomic():
            act(zombie)
    with transaction.atomic():
        jobs.finish(heir)

    assert (heir.attempt, the_job().last_error) == (2, "")


def test_finishing_twice_is_refused():
    jobs.enqueue(KIND, "1")
    claimed = claim()
    with transaction.atomic():
        jobs.finish(claimed)

    with pytest.raises(jobs.LeaseLost), transaction.atomic():
        jobs.finish(claimed)


@pytest.mark.django_db(transaction=True)
def test_finishing_outside_the_transaction_of_the_effect_is_a_mistake():
    jobs.enqueue(KIND, "1")

    with pytest.raises(RuntimeError):
        jobs.finish(claim())


def test_a_renewed_lease_lasts_longer():
    jobs.enqueue(KIND, "1")
    claimed = claim()
    let_the_lease_run_out()

    jobs.renew(claimed)

    assert jobs.claim(KIND) is None


def test_a_failed_job_waits_longer_each_time_and_is_given_up_after_five():
    jobs.enqueue(KIND, "1")
    waits = []
    for _ in range(5):
        claimed = claim()
        dead = jobs.fail(claimed, "no room")
        left = the_job().not_before - _database_now()
        waits.append(round(left.total_seconds()))
        assert dead is (claimed.attempt == 5)
        assert jobs.claim(KIND) is None
        let_it_be_due()

    assert waits == [5, 15, 45, 135, 405]
    assert jobs.claim(KIND) is None
    assert (the_job().dead, the_job().last_error) == (True, "no room")


def test_a_job_whose_every_worker_died_is_buried():
    jobs.enqueue(KIND, "1")
    for _ in range(5):
        claim()
        let_the_lease_run_out()

    assert jobs.claim(KIND) is None
    assert jobs.bury_exhausted(KIND) == ["1"]
    assert jobs.bury_exhausted(KIND) == []
    assert the_job().last_error == "Every worker that took it died."


def test_a_fifth_attempt_that_still_runs_is_not_buried():
    jobs.enqueue(KIND, "1")
    for _ in range(5):
        let_the_lease_run_out()
        claim()

    assert jobs.bury_exhausted(KIND) == []


def test_a_dead_job_can_be_started_over():
    jobs.enqueue(KIND, "1")
    for _ in range(5):
        jobs.fail(claim(), "no room")
        let_it_be_due()

    assert jobs.retry(KIND, "1") is True
    assert claim().attempt == 1


def test_a_finished_job_cannot_be_started_over():
    jobs.enqueue(KIND, "1")
    with transaction.atomic():
        jobs.finish(claim())

    assert jobs.retry(KIND, "1") is False
    assert jobs.claim(KIND) is None


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_take_each_job_once():
    for number in range(40):
        jobs.enqueue(KIND, str(number))
    taken: list[uuid.UUID | str] = []

    def work() -> None:
        try:
            while claimed := jobs.claim(KIND):
                taken.append(claimed.key)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken, key=int) == [str(number) for number in range(40)]


def _database_now():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def test_a_dead_job_that_was_called_off_runs_when_it_is_wanted_again():
    jobs.enqueue(KIND, "1")
    Job.objects.update(dead=True, attempts=5, done_at=Now())

    assert jobs.enqueue_again(KIND, "1")
    assert claim() is not None
