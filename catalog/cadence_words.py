"""A rule in the words of a language: "every 2 weeks on Sunday", «каждые 2 недели по воскресеньям».

Pure, like `catalog.cadence`. A language without a table here is answered in English.
"""

import re
from dataclasses import dataclass

_BYDAY = re.compile(r"^([+-]?\d+)?([A-Z]{2})$")


@dataclass(frozen=True, slots=True)
class _Language:
    every: dict[str, str]
    every_few: dict[str, tuple[str, str]]
    """Unit → the forms after 2–4 and after 5 and more (the same word in English)."""
    days: dict[str, str]
    on: str
    nth: dict[int, str]
    month_day: str
    conjunction: str
    at: str


_ENGLISH = _Language(
    every={
        "DAILY": "every day", "WEEKLY": "every week", "MONTHLY": "every month",
        "YEARLY": "every year",
    },
    every_few={
        "DAILY": ("every {} days",) * 2,
        "WEEKLY": ("every {} weeks",) * 2,
        "MONTHLY": ("every {} months",) * 2,
        "YEARLY": ("every {} years",) * 2,
    },
    days={
        "MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday",
        "SA": "Saturday", "SU": "Sunday",
    },
    on="on {}",
    nth={1: "the first {}", 2: "the second {}", 3: "the third {}", 4: "the fourth {}",
         5: "the fifth {}", -1: "the last {}"},
    month_day="on day {}",
    conjunction="and",
    at="at {}",
)  # fmt: skip

_RUSSIAN = _Language(
    every={
        "DAILY": "каждый день", "WEEKLY": "каждую неделю", "MONTHLY": "каждый месяц",
        "YEARLY": "каждый год",
    },
    every_few={
        "DAILY": ("каждые {} дня", "каждые {} дней"),
        "WEEKLY": ("каждые {} недели", "каждые {} недель"),
        "MONTHLY": ("каждые {} месяца", "каждые {} месяцев"),
        "YEARLY": ("каждые {} года", "каждые {} лет"),
    },
    days={
        "MO": "понедельникам", "TU": "вторникам", "WE": "средам", "TH": "четвергам",
        "FR": "пятницам", "SA": "субботам", "SU": "воскресеньям",
    },
    on="по {}",
    nth={1: "первым {}", 2: "вторым {}", 3: "третьим {}", 4: "четвёртым {}", 5: "пятым {}",
         -1: "последним {}"},
    month_day="{} числа",
    conjunction="и",
    at="в {}",
)  # fmt: skip

_LANGUAGES = {"en": _ENGLISH, "ru": _RUSSIAN}


def parse_parts(rrule: str) -> dict[str, str]:
    """Return the parts of an RFC 5545 rule by name: {"FREQ": "WEEKLY", "BYDAY": "SU"}."""
    return dict(re.findall(r"([A-Z]+)=([^;]*)", rrule))


def describe_frequency(rrule: str, language: str = "en") -> str:
    """Say a checked rule without its time of day. `language` is BCP 47."""
    words = _LANGUAGES.get(language.partition("-")[0].lower(), _ENGLISH)
    parts = parse_parts(rrule)
    frequency, interval = parts["FREQ"], int(parts.get("INTERVAL", "1"))
    if interval == 1:
        sentence = words.every[frequency]
    else:
        few, many = words.every_few[frequency]
        ends_in_few = interval % 10 in {2, 3, 4} and interval % 100 not in {12, 13, 14}
        sentence = (few if ends_in_few else many).format(interval)
    days = [_say_day(day, words) for day in parts.get("BYDAY", "").split(",") if day]
    dates = [day for day in parts.get("BYMONTHDAY", "").split(",") if day]
    if days:
        return f"{sentence} {words.on.format(_join(days, words))}"
    if dates:
        return f"{sentence} {words.month_day.format(_join(dates, words))}"
    return sentence


def describe_time(wall_time: str, time_zone: str, language: str = "en") -> str:
    words = _LANGUAGES.get(language.partition("-")[0].lower(), _ENGLISH)
    return f"{words.at.format(wall_time)} ({time_zone})"


def _say_day(token: str, words: _Language) -> str:
    match = _BYDAY.match(token)
    if match is None:
        return token
    name = words.days.get(match[2], match[2])
    return words.nth.get(int(match[1]), f"{match[1]}. {{}}").format(name) if match[1] else name


def _join(items: list[str], words: _Language) -> str:
    if len(items) == 1:
        return items[0]
    return f"{', '.join(items[:-1])} {words.conjunction} {items[-1]}"
