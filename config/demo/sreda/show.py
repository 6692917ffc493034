"""«Среда»: everything and everybody in it is invented. The word means Wednesday, and surroundings.

It differs from the first show wherever a show can: language, script, rhythm, time zone, serial
numbering with seasons, no partner.
"""

from config.demo.content import Affiliation, Organisation, Person

CLOSING = "A: Вы слушали синтезированные голоса: этот текст написан для демонстрации."

NOTICE = (
    "Это демонстрационный подкаст системы Fortnight. Голоса синтезированы, тексты написаны для "
    "примера; ведущие, гости и редакция вымышлены."
)

DESCRIPTION = (
    "«Среда» — короткие выпуски о том, что нас окружает: об арыках и тени, о снеге и ветре, о "
    "городах у подножия гор. Каждую среду утром.\n\n" + NOTICE
)

NOTES_TEMPLATE = """О чём этот выпуск — одним абзацем.

## Наблюдение

## Как это устроено

## Что можно сделать"""

NEWSROOM = Organisation(
    name="Редакция «Среды»",
    description="Вымышленная редакция демонстрационного подкаста.",
)
INSTITUTE = Organisation(
    name="Институт малых рек",
    description="Вымышленный институт: существует только в этой демонстрации.",
)

ORGANISATIONS = (NEWSROOM, INSTITUTE)

HOSTS = (
    Person(
        name="Вера Полынина",
        sort_name="Полынина, Вера",
        variants={"Latn": "Vera Polynina"},
        bio="Вымышленная ведущая демонстрационного подкаста «Среда».",
        affiliation=Affiliation("Ведущая", NEWSROOM.name),
    ),
    Person(
        name="Тимур Арчаев",
        sort_name="Арчаев, Тимур",
        variants={"Latn": "Timur Archaev"},
        bio="Вымышленный ведущий демонстрационного подкаста «Среда».",
        affiliation=Affiliation("Ведущий и редактор", NEWSROOM.name),
    ),
)

GUESTS = (
    Person(
        name="Лидия Ветрова",
        sort_name="Ветрова, Лидия",
        variants={"Latn": "Lidia Vetrova"},
        bio="Вымышленная гостья демонстрационного подкаста «Среда».",
        affiliation=Affiliation("Гидролог", INSTITUTE.name),
        next_affiliation=Affiliation("Хранитель архива наблюдений", INSTITUTE.name),
    ),
)
