"""What beat sends, and how often in seconds.

A message only says "look now". Each expires before the next, so that a worker that was away is not
greeted by a heap of them.
"""

TICKS: dict[str, dict[str, object]] = {
    # Finds the uploads that no message reached and those that a dead worker left.
    "read-due-uploads": {"task": "episodes.drain", "schedule": 5.0, "options": {"expires": 5}},
    # Writes the tags that are due: after a reading, after edits, after a worker died.
    "label-due-audio": {"task": "episodes.label_due", "schedule": 5.0, "options": {"expires": 5}},
    # Compares the tags of what is not out yet with its page.
    "plan-labels": {"task": "episodes.plan_labels", "schedule": 20.0, "options": {"expires": 20}},
    # Each tick takes one, as far as HEAVY_JOBS_AT_ONCE allows.
    "listen-to-audio": {"task": "episodes.listen_due", "schedule": 5.0, "options": {"expires": 5}},
    "master-audio": {"task": "episodes.master_due", "schedule": 5.0, "options": {"expires": 5}},
    "plan-listening": {
        "task": "episodes.plan_listening",
        "schedule": 600.0,
        "options": {"expires": 300},
    },
    "plan-slots": {"task": "episodes.plan_slots", "schedule": 600.0, "options": {"expires": 300}},
    "forget-expired-uploads": {
        "task": "episodes.forget_expired",
        "schedule": 600.0,
        "options": {"expires": 300},
    },
}
