"""Spotlight on Central Asia: the show, its people, its partner and its topics.

Of the people credited nothing is said here beyond their part in the show; the words that they are
credited beside are the demo’s own, and the show says so wherever it is heard or read.
"""

from config.demo.content import Affiliation, Organisation, Person

CLOSING = "A: You have heard synthetic voices, reading a text written for a demonstration."

NOTICE = (
    "This is demonstration content of Fortnight. The voices are synthetic and the texts are "
    "original wording written for the demo: they are not recordings or words of the people "
    "credited."
)

DESCRIPTION = (
    "Spotlight on Central Asia walks through the stories of two weeks in Kazakhstan, Kyrgyzstan, "
    "Tajikistan, Turkmenistan and Uzbekistan, and through what joins them: water and power, "
    "borders and ballots, rights, work and roads. By The Times of Central Asia in partnership "
    "with the Oxus Society for Central Asian Affairs.\n\n" + NOTICE
)

PARTNERSHIP = "in partnership with the Oxus Society for Central Asian Affairs"

NOTES_TEMPLATE = """One paragraph: what joins the stories of these two weeks.

## First story

What happened, why it matters, what to watch.

## Second story

## Third story

## Further reading

- [The Times of Central Asia](https://timesca.com/)"""

TIMES = Organisation(
    name="The Times of Central Asia",
    url="https://timesca.com/",
    description="Publisher of Spotlight on Central Asia.",
)
OXUS = Organisation(
    name="Oxus Society for Central Asian Affairs",
    url="https://oxussociety.org/",
    description="Partner of Spotlight on Central Asia.",
)
EQUALITY_NOW = Organisation(name="Equality Now", url="https://equalitynow.org/")

ORGANISATIONS = (TIMES, OXUS, EQUALITY_NOW)

HOSTS = (
    Person(
        name="Bruce Pannier",
        sort_name="Pannier, Bruce",
        variants={"Cyrl": "Брюс Панниер"},
        affiliation=Affiliation("Host, Spotlight on Central Asia", TIMES.name),
    ),
    Person(
        name="Michael Hillard",
        sort_name="Hillard, Michael",
        variants={"Cyrl": "Майкл Хиллард"},
        affiliation=Affiliation("Host, Spotlight on Central Asia", OXUS.name),
    ),
)

GUESTS = (
    Person(
        name="Daryana Gryaznova",
        sort_name="Gryaznova, Daryana",
        variants={"Cyrl": "Дарьяна Грязнова"},
        affiliation=Affiliation("Team member", EQUALITY_NOW.name),
    ),
    Person(
        name="Svetlana Dzardanova",
        sort_name="Dzardanova, Svetlana",
        variants={"Cyrl": "Светлана Дзарданова"},
        affiliation=Affiliation("Human rights and corruption researcher"),
    ),
)
