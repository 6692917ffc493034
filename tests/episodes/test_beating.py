import time

import pytest

from episodes.beating import beat_while


def test_signs_of_life_come_while_something_blocks_and_its_result_at_the_end():
    beats: list[None] = []

    found = beat_while(lambda: time.sleep(0.3) or "done", lambda: beats.append(None), every=0.05)

    assert found == "done"
    assert len(beats) > 2


def test_what_the_work_raises_comes_through():
    with pytest.raises(OSError, match="the disk is gone"):
        beat_while(_fail, lambda: None)
    with pytest.raises(OSError, match="the disk is gone"):
        beat_while(_fail, None)


def test_a_lease_that_is_lost_meanwhile_ends_the_work_when_it_can():
    ended: list[str] = []

    def work() -> None:
        time.sleep(0.2)
        ended.append("whole")

    with pytest.raises(RuntimeError, match="lost"):
        beat_while(work, _lose, every=0.05)
    assert ended == ["whole"]


def _fail() -> None:
    raise OSError("the disk is gone")


def _lose() -> None:
    raise RuntimeError("lost")
