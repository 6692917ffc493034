from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.cadence import CadenceRule, InvalidRule

FORTNIGHTLY = CadenceRule(
    rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=SU",
    start=datetime(2025, 10, 19, 12, 0),
    time_zone="Asia/Almaty",
)


def test_fortnightly_rule_gives_every_second_sunday_at_noon_in_almaty():
    dates = FORTNIGHTLY.next_dates(datetime(2025, 10, 1, tzinfo=UTC), 3)

    assert dates == [
        datetime(2025, 10, 19, 7, 0, tzinfo=UTC),
        datetime(2025, 11, 2, 7, 0, tzinfo=UTC),
        datetime(2025, 11, 16, 7, 0, tzinfo=UTC),
    ]


def test_a_moment_that_is_a_date_of_the_rule_counts_as_from_then_on():
    noon = datetime(2025, 11, 2, 7, 0, tzinfo=UTC)

    assert FORTNIGHTLY.next_dates(noon, 1) == [noon]
    assert FORTNIGHTLY.next_dates(noon + timedelta(microseconds=1), 1) == [
        datetime(2025, 11, 16, 7, 0, tzinfo=UTC)
    ]


def test_wall_time_stays_when_the_clocks_change():
    weekly = CadenceRule("FREQ=WEEKLY", datetime(2026, 3, 22, 9, 0), "Europe/Berlin")

    before, after = weekly.next_dates(datetime(2026, 3, 22, tzinfo=UTC), 2)

    assert before == datetime(2026, 3, 22, 8, 0, tzinfo=UTC)
    assert after == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)


def test_holidays_are_left_out_by_local_date():
    rule = CadenceRule(
        "FREQ=DAILY",
        datetime(2026, 1, 1, 1, 0),
        "Asia/Almaty",
        skipped=frozenset({date(2026, 1, 2)}),
    )

    days = [
        d.astimezone(ZoneInfo("Asia/Almaty")).day
        for d in rule.next_dates(datetime(2025, 12, 31, tzinfo=UTC), 3)
    ]

    assert days == [1, 3, 4]


def test_a_rule_that_ended_gives_no_more_dates():
    rule = CadenceRule("FREQ=WEEKLY", datetime(2026, 1, 4, 12, 0), "UTC", until=date(2026, 1, 11))

    assert rule.dates_between(
        datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    ) == [
        datetime(2026, 1, 4, 12, 0, tzinfo=UTC),
        datetime(2026, 1, 11, 12, 0, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("rrule", "words"),
    [
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", "every 2 weeks on Sunday at 12:00 (Asia/Almaty)"),
        (
            "FREQ=WEEKLY;BYDAY=MO,WE,FR",
            "every week on Monday, Wednesday and Friday at 12:00 (Asia/Almaty)",
        ),
        ("FREQ=DAILY", "every day at 12:00 (Asia/Almaty)"),
        ("FREQ=MONTHLY;BYDAY=1SU", "every month on the first Sunday at 12:00 (Asia/Almaty)"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday at 12:00 (Asia/Almaty)"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "every month on day 1 and 15 at 12:00 (Asia/Almaty)"),
    ],
)
def test_a_rule_is_said_in_words(rrule, words):
    rule = CadenceRule(rrule, datetime(2026, 1, 4, 12, 0), "Asia/Almaty")

    assert rule.describe() == words


@pytest.mark.parametrize(
    ("rrule", "zone", "sentence"),
    [
        ("", "UTC", "must start with FREQ"),
        ("every second Sunday", "UTC", "must start with FREQ"),
        ("FREQ=HOURLY", "UTC", "must start with FREQ"),
        ("FREQ=WEEKLY;BYDAY=XX", "UTC", "is not a rule of RFC 5545"),
        ("FREQ=WEEKLY;UNTIL=20270101T000000Z", "UTC", "UNTIL cannot be used"),
        ("FREQ=WEEKLY;COUNT=3", "UTC", "COUNT cannot be used"),
        ("FREQ=WEEKLY;INTERVAL=0", "UTC", "is not a rule of RFC 5545"),
        ("FREQ=WEEKLY;INTERVAL=two", "UTC", "is not a rule of RFC 5545"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "UTC", "never gives a date"),
        ("FREQ=WEEKLY", "Asia/Atlantis", "is no time zone"),
        ("FREQ=WEEKLY", "../etc/passwd", "is no time zone"),
    ],
)
def test_a_bad_rule_is_refused_with_a_sentence(rrule, zone, sentence):
    with pytest.raises(InvalidRule, match=sentence):
        CadenceRule(rrule, datetime(2026, 1, 4, 12, 0), zone).check()


def test_a_rule_may_not_start_off_its_own_dates():
    monday = CadenceRule("FREQ=WEEKLY;BYDAY=SU", datetime(2026, 1, 5, 12, 0), "UTC")

    with pytest.raises(InvalidRule, match="first date"):
        monday.check()


ZONES = st.sampled_from(
    ["UTC", "Asia/Almaty", "Europe/Berlin", "America/New_York", "Asia/Tashkent"]
)


@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    after=st.datetimes(datetime(2019, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),
    interval=st.integers(1, 6),
    frequency=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
    zone=ZONES,
)
def test_dates_rise_never_precede_the_question_and_keep_the_wall_time(
    start, after, interval, frequency, zone
):
    rule = CadenceRule(f"FREQ={frequency};INTERVAL={interval}", start.replace(microsecond=0), zone)

    dates = list(islice(rule.dates_from(after), 5))

    assert dates == sorted(set(dates))
    assert all(moment >= after for moment in dates)
    for moment in dates:
        local = moment.astimezone(ZoneInfo(zone))
        in_gap = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        shifted = local.time() != rule.start.time()
        assert (
            not shifted or in_gap or local.utcoffset() != (local - timedelta(hours=3)).utcoffset()
        )


@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2026, 1, 1)),
    split=st.datetimes(datetime(2026, 6, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    zone=ZONES,
)
def test_asking_in_two_halves_gives_the_same_dates_as_asking_once(start, split, zone):
    rule = CadenceRule("FREQ=WEEKLY;INTERVAL=2", start.replace(microsecond=0), zone)
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)

    halves = rule.dates_between(first, split) + rule.dates_between(split, last)

    assert halves == rule.dates_between(first, last)


@pytest.mark.parametrize(
    ("rrule", "words"),
    [
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", "каждые 2 недели по воскресеньям в 12:00 (UTC)"),
        ("FREQ=WEEKLY;INTERVAL=5", "каждые 5 недель в 12:00 (UTC)"),
        ("FREQ=WEEKLY;BYDAY=WE", "каждую неделю по средам в 12:00 (UTC)"),
        ("FREQ=DAILY;INTERVAL=12", "каждые 12 дней в 12:00 (UTC)"),
    ],
)
def test_a_rule_is_said_in_russian_for_a_russian_show(rrule, words):
    assert CadenceRule(rrule, datetime(2026, 1, 4, 12, 0), "UTC").describe("ru-KG") == words
