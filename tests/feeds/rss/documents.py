"""Hypothesis strategies for feed documents: any text there is, any tag set or not."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from feeds.rss import document as d

# Everything a Python string can hold, lone surrogates and control characters too.
anything = st.text(st.characters(exclude_categories=()), max_size=20)
tricky = st.sampled_from(
    [
        "",
        " ",
        "<b>",
        "&amp;",
        "&#x26;",
        "]]>",
        "<![CDATA[",
        "a\x0bb",
        "\ud800",
        "\ufffe",
        "\r\n",
        "Ёж & <Ко>",
    ]
)
text = anything | tricky
# The letter in front makes the text non-empty however much of the rest is cleaned away.
some = text.map("x".__add__)
uris = (
    st.builds("https://{}.example/{}".format, st.sampled_from(["a", "пример", "b c"]), text) | text
)
some_uris = st.builds("https://example.org/{}".format, text)
offsets = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC) | offsets)
numbers = st.integers(0, 10**6)
flags = st.booleans()


def many(strategy):
    return st.lists(strategy, max_size=2).map(tuple)


persons = st.builds(d.Person, some, some, some, uris, uris)
categories = st.builds(d.Category, some, text)
locations = st.builds(d.Location, some, text, text, text, text)
licences = st.builds(d.License, some, uris)
notes = st.builds(d.Note, some, text)
trailers = st.builds(d.Trailer, some, some_uris, moments, numbers, text, st.none() | numbers)
frequencies = st.builds(d.UpdateFrequency, some, text, st.none() | moments, flags)

items = st.builds(
    d.Item,
    guid=text,
    title=text,
    guid_is_permalink=flags,
    itunes_title=text,
    link=uris,
    published=st.none() | moments,
    description=text,
    content=text,
    enclosure=st.none() | st.builds(d.Enclosure, some_uris, numbers, some),
    author=text,
    image=uris,
    duration=st.none() | numbers,
    explicit=st.none() | flags,
    season=st.none() | numbers,
    season_name=text,
    episode=st.none() | numbers,
    episode_display=text,
    episode_type=text,
    block=flags,
    persons=many(persons),
    locations=many(locations),
    license=st.none() | licences,
    chapters_link=st.none() | st.builds(d.ChaptersLink, some_uris, text),
    transcripts=many(st.builds(d.TranscriptLink, some_uris, some, text, text)),
    soundbites=many(st.builds(d.Soundbite, numbers, numbers, text)),
    notes=many(notes),
    chapters=many(st.builds(d.Chapter, numbers, some, uris, uris)),
)

documents = st.builds(
    d.FeedDocument,
    title=text,
    link=uris,
    description=text,
    language=text,
    copyright=text,
    generator=text,
    published=st.none() | moments,
    last_build=st.none() | moments,
    ttl=st.none() | numbers,
    image=uris,
    url=uris,
    hubs=many(uris),
    author=text,
    owner=st.none() | st.builds(d.Owner, some, text),
    categories=many(categories),
    explicit=st.none() | flags,
    type=text,
    itunes_title=text,
    new_feed_url=uris,
    block=flags,
    complete=flags,
    guid=text,
    medium=text,
    locked=st.none() | st.builds(d.Locked, flags, text),
    funding=many(st.builds(d.Funding, some_uris, text)),
    persons=many(persons),
    locations=many(locations),
    license=st.none() | licences,
    trailers=many(trailers),
    notes=many(notes),
    update_frequency=st.none() | frequencies,
    items=many(items),
)
