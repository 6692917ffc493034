"""Kill -9 of web, worker, their children, broker, beat and database, at random, while they work.

What is counted: an upload that was acknowledged and is not there, bytes that are not the ones that
were sent, a reading that took effect twice or never. 100 kills in the suite; `make kills` does
1,000 (or `KILLS=…`).
"""

import hashlib
import os
import random
import sys
import threading
import time

import pytest

from config.embedded.children import Nursery
from tests.kills.installation import Installation, running_installation, wait_until_read
from tests.kills.sending import Promises, Sender

pytestmark = pytest.mark.processes

KILLS = int(os.environ.get("KILLS", "100"))
VICTIMS = {
    "web": 2,
    "web child": 5,
    "worker": 2,
    "worker child": 7,
    "broker": 2,
    "database": 2,
    "beat": 1,
}
PAUSE = (0.5, 2.1)
"""Seconds between kills; a web server takes three to be back."""


def test_nothing_acknowledged_is_lost_whoever_is_killed(nursery: Nursery, tmp_path):
    with running_installation(nursery, tmp_path) as (installation, seeded):
        promises = work_under_fire(installation, seeded)
        wait_until_read(installation, seconds=100 + KILLS / 2)

        check_promises(installation, promises)
        check_readings(installation)
        check_files(installation)


def work_under_fire(installation: Installation, seeded) -> Promises:
    promises, stop = Promises(), threading.Event()
    senders = [
        threading.Thread(
            target=Sender(installation.port, seeded["token"], episode, promises, stop, number).run,
            daemon=True,
        )
        for number, episode in enumerate(seeded["episodes"])
    ]
    for thread in senders:
        thread.start()
    killed = kill_at_random(installation)
    stop.set()
    for thread in senders:
        thread.join(timeout=90)
        assert not thread.is_alive(), f"an upload never ended\n{installation.logs()}"
    say = f"{killed}: {len(promises.whole)} uploads, {promises.interruptions} interruptions\n"
    sys.stderr.write(say)
    return promises


def kill_at_random(installation: Installation) -> dict[str, int]:
    killed = dict.fromkeys(VICTIMS, 0)
    while sum(killed.values()) < KILLS:
        time.sleep(random.uniform(*PAUSE))
        victim = random.choices(list(VICTIMS), list(VICTIMS.values()))[0]
        killed[victim] += installation.kill(victim)
    return killed


def check_promises(installation: Installation, promises: Promises) -> None:
    """Every acknowledged upload is there once, with the bytes that were sent."""
    rows = installation.rows(
        "SELECT replace(i.uid::text, '-', ''), u.sha256, u.size FROM episodes_incomingupload i "
        "JOIN episodes_audioupload u ON u.id = i.upload_id"
    )
    there = {uid: (sha256, size) for uid, sha256, size in rows}
    promised = {
        uid.replace("-", ""): (sha256, promises.begun[uid])
        for uid, sha256 in promises.whole.items()
    }

    assert promises.broken == []
    assert len(promised) > KILLS / 5, "too little was sent for this to say anything"
    assert promised.items() <= there.items()
    uploads = installation.rows("SELECT count(*) FROM episodes_audioupload")
    assert uploads == [(len(there),)], "an upload was written down without being asked for"


def check_readings(installation: Installation) -> None:
    """Each upload was read, and once in effect."""
    assert installation.rows("SELECT state, count(*) FROM episodes_audioupload GROUP BY state") == [
        ("accepted", installation.rows("SELECT count(*) FROM episodes_audioupload")[0][0])
    ]
    assert not installation.rows(
        "SELECT kind, key FROM episodes_job GROUP BY kind, key HAVING count(*) > 1"
    )
    assert not installation.rows(
        "SELECT u.id FROM episodes_audioupload u LEFT JOIN episodes_audiofile a "
        "ON a.episode_id = u.episode_id AND a.sha256 = u.sha256 "
        "GROUP BY u.id HAVING count(a.id) <> 1"
    )
    # The newest upload of an episode is what is out, or what was made from it.
    assert not installation.rows(
        "SELECT e.id FROM episodes_episode e JOIN episodes_audiofile a ON a.id = e.audio_id "
        "LEFT JOIN episodes_audiofile s ON s.id = a.source_id "
        "WHERE (SELECT u.audio_id FROM episodes_audioupload u WHERE u.episode_id = e.id "
        "ORDER BY u.id DESC LIMIT 1) NOT IN (a.id, COALESCE(s.source_id, s.id, 0), "
        "COALESCE(s.id, 0))"
    )


def check_files(installation: Installation) -> None:
    """What lies under an address is what the address says; nothing else is left behind."""
    paths = installation.rows(
        "SELECT path, sha256, size FROM episodes_audiofile UNION "
        "SELECT path, sha256, size FROM episodes_audioupload"
    )
    for path, sha256, size in paths:
        content = (installation.media / path).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha256, size), path
    stored = {
        str(file.relative_to(installation.media))
        for file in (installation.media / "audio").rglob("*")
        if file.is_file()
    }
    for name in stored - {path for path, _sha256, _size in paths}:  # made, and killed before it
        content = (installation.media / name).read_bytes()  # was written down: whole all the same
        assert hashlib.sha256(content).hexdigest() == name.rsplit("/", 1)[-1]
