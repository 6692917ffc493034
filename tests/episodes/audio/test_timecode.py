import pytest

from episodes.audio.timecode import timecode


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0:00"),
        (59.999, "0:59"),
        (725, "12:05"),
        (3599.9, "59:59"),
        (3600, "1:00:00"),
        (36_123, "10:02:03"),
    ],
)
def test_a_timecode_has_hours_only_where_there_are_some(seconds, written):
    assert timecode(seconds) == written
