"""Lists of chapters such as an editor could have: sorted, clean, one for each start."""

from hypothesis import strategies as st

from episodes.chapters.marks import ChapterMark, clean_title

TITLES = st.text(min_size=1, max_size=80).map(clean_title).filter(bool)
PLAIN_TITLES = st.from_regex(r"[A-Za-zА-Яа-я][A-Za-zА-Яа-я0-9,.!?&'« -]{0,40}[A-Za-zА-Яа-я]", fullmatch=True).map(clean_title)  # fmt: skip  # noqa: E501
ADDRESSES = st.from_regex(r"https?://[a-z]{1,12}\.example(/[a-z0-9?=&_.-]{0,20})?", fullmatch=True)


def marks(titles=TITLES, *, urls=True, images=True, hidden=True, step=1):
    mark = st.builds(
        ChapterMark,
        st.integers(0, 40_000_000 // step).map(lambda number: number * step),
        titles,
        st.just("") | ADDRESSES if urls else st.just(""),
        st.just("") | ADDRESSES if images else st.just(""),
        st.booleans() if hidden else st.just(False),
    )
    lists = st.lists(mark, max_size=20, unique_by=lambda each: each.start_ms)
    return lists.map(lambda found: tuple(sorted(found, key=lambda each: each.start_ms)))
