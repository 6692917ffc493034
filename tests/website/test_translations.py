"""Every word of the site is there in Russian."""

import re
from gettext import GNUTranslations
from pathlib import Path

from django.conf import settings
from django.utils import translation

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "website/locale/ru/LC_MESSAGES/django.po"


def entries():
    source = CATALOGUE.read_text()
    joined = re.sub(r'"\n"', "", source)
    return {
        match[1].replace('\\"', '"'): match[2]
        for match in re.finditer(
            r'^msgid "(.+)"\n(?:msgid_plural ".+"\n)?msgstr(?:\[0\])? "(.*)"', joined, re.MULTILINE
        )
    }


def phrases():
    found = set()
    for path in [*ROOT.glob("templates/website/**/*.html"), ROOT / "templates/404.html"]:
        text = path.read_text()
        found |= set(re.findall(r"""{% translate ["']([^"']+)["']""", text))
        for block in re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", text):
            found.add(re.sub(r"{{ (\w+) }}", r"%(\1)s", block))
    for path in ROOT.glob("website/**/*.py"):
        text = path.read_text()
        found |= set(re.findall(r'\b(?:gettext|gettext_noop|ngettext|_)\(\s*"([^"]+)"', text))
        found |= set(re.findall(r'\bpgettext\("[^"]+", "([^"]+)"', text))
    return found


def test_no_phrase_is_without_its_translation():
    translated = entries()

    assert {phrase for phrase in phrases() if not translated.get(phrase)} == set()


def test_no_translation_is_left_over():
    assert set(entries()) - phrases() == set()


def test_the_desk_says_nothing_else_for_the_same_phrase():
    """The project's catalogue wins over an application's: two meanings need a context."""
    desk = ROOT / "locale/ru/LC_MESSAGES/django.mo"
    catalogues = []
    for path in (CATALOGUE.with_suffix(".mo"), desk):
        with path.open("rb") as file:
            catalogues.append(GNUTranslations(file)._catalog)
    ours, theirs = catalogues

    both = {key for key in ours.keys() & theirs.keys() if key}
    assert {key: theirs[key] for key in both} == {key: ours[key] for key in both}


def test_a_phrase_is_said_in_russian_by_django():
    """Fails where nobody ran `compilemessages`."""
    with translation.override("ru"):
        assert translation.gettext("Transcript") == "Расшифровка"
        assert (
            translation.ngettext("%(number)d episode", "%(number)d episodes", 5)
            == "%(number)d выпусков"
        )
