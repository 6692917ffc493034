import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.ranges import ByteRange, UnsatisfiableRange, parse_range


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-1", 0, 1),
        ("bytes=2-5", 2, 5),
        ("bytes=7-", 7, 9),
        ("bytes=-3", 7, 9),
        ("bytes=-30", 0, 9),
        ("bytes=0-99", 0, 9),
        ("Bytes= 2-5 ", 2, 5),
        ("bytes=0-99999999999999999999999", 0, 9),
    ],
)
def test_range_is_cut_to_the_file(header, first, last):
    assert parse_range(header, 10) == ByteRange(first, last, 10)


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0", f"bytes={'9' * 5000}-"])
def test_range_outside_the_file_is_refused(header):
    with pytest.raises(UnsatisfiableRange):
        parse_range(header, 10)


@pytest.mark.parametrize(
    "header",
    ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "items=0-1", "bytes=0-1,3-4"],
)
def test_what_is_no_single_range_gets_the_whole(header):
    assert parse_range(header, 10) is None


@given(st.text("bytes=0123456789-, ", max_size=40) | st.text(), st.integers(1, 10**12))
def test_range_never_reaches_outside_the_file(header, size):
    try:
        found = parse_range(header, size)
    except UnsatisfiableRange:
        return

    assert found is None or 0 <= found.first <= found.last < size
