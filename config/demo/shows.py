"""The two shows, each put together from its texts."""

from datetime import date, time

from config.demo.content import Cadence, Show, Voice
from config.demo.spotlight import show as spotlight
from config.demo.spotlight.archive import ARCHIVE
from config.demo.spotlight.coming import COMING
from config.demo.spotlight.recent import RECENT
from config.demo.sreda import show as sreda
from config.demo.sreda.episodes import EPISODES

SPOTLIGHT = Show(
    slug="spotlight-on-central-asia",
    title="Spotlight on Central Asia",
    tagline="The stories of two weeks, and what joins them",
    description=spotlight.DESCRIPTION,
    language="en",
    author="The Times of Central Asia",
    owner_email="podcasts@example.org",
    categories=("News › Politics", "News › News Commentary"),
    serial=False,
    cadence=Cadence(
        rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=SU",
        release_time=time(12, 0),
        time_zone="Asia/Almaty",
        starts_on=date(2025, 10, 19),
    ),
    notice=spotlight.NOTICE,
    notes_template=spotlight.NOTES_TEMPLATE,
    organisations=spotlight.ORGANISATIONS,
    hosts=spotlight.HOSTS,
    guests=spotlight.GUESTS,
    episodes=(*ARCHIVE, *RECENT, *COMING),
    artwork_alt="A ten-pointed tile star rises behind hills and throws beams into a dark blue sky.",
    partner=spotlight.OXUS.name,
    partnership=spotlight.PARTNERSHIP,
    partner_url=spotlight.OXUS.url,
    cast={
        "A": Voice("First voice", "en-gb-x-rp+m3", speed=152, pitch=38),
        "B": Voice("Second voice", "en-us+f2", speed=156, pitch=46),
    },
    signature=(293.66, 440.0, 392.0, 587.33),
    voices_credit="Synthetic voices (espeak-ng)",
    missed=4,
    skipped_gap="Outside the demo’s archive",
)

SREDA = Show(
    slug="sreda",
    title="Среда",
    tagline="О том, что нас окружает. По средам",
    description=sreda.DESCRIPTION,
    language="ru",
    author="Редакция «Среды»",
    owner_email="sreda@example.org",
    categories=("Science › Nature", "Society & Culture › Places & Travel"),
    serial=True,
    cadence=Cadence(
        rrule="FREQ=WEEKLY;BYDAY=WE", release_time=time(8, 0), time_zone="Asia/Bishkek"
    ),
    notice=sreda.NOTICE,
    notes_template=sreda.NOTES_TEMPLATE,
    organisations=sreda.ORGANISATIONS,
    hosts=sreda.HOSTS,
    guests=sreda.GUESTS,
    episodes=EPISODES,
    artwork_alt="Семь тополей над арыком; третий, среда, — рыжий.",
    cast={
        "A": Voice("Вера Полынина", "ru+f2", speed=150, pitch=48),
        "B": Voice("Тимур Арчаев", "ru+m3", speed=148, pitch=36),
        "C": Voice("Лидия Ветрова", "ru+f4", speed=142, pitch=58),
    },
    signature=(329.63, 493.88, 659.26),
    voices_credit="Синтезированные голоса (espeak-ng)",
)

SHOWS = (SPOTLIGHT, SREDA)
