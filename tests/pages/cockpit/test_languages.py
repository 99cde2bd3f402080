"""The page speaks the reader's language, and says the same in each."""

from string import Formatter

import pytest

from patron.pages.cockpit.languages import LANGUAGES, texts_of, words_for

NOON_UTC = 1_700_049_600_000  # 2023-11-15T12:00:00Z


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de", "de"),
        ("de-AT, en;q=0.5", "de"),
        ("en;q=0.4, fr;q=0.9", "fr"),
        ("fr ; q=0.4 , de;q=0.3", "fr"),
        ("zh-Hans-CN, pl;q=0.2", "pl"),
        ("PL-pl", "pl"),
        ("es-419", "es"),
        ("en;q=0, *;q=0.5", "de"),
        ("zh, *;q=0.1", "en"),
        ("de;q=0", "en"),
        ("zh", "en"),
        ("", "en"),
        ("en;q=7, de", "de"),
        (";;;,,q=1,=,*;q=x", "en"),
        ("../../etc, de", "de"),
    ],
)
def test_the_language_is_the_one_that_the_reader_wants_most(header: str, language: str) -> None:
    assert words_for(header, "UTC").language == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    english, texts = texts_of("en"), texts_of(language)
    assert texts.keys() == english.keys()
    for name, text in texts.items():
        assert text.strip()
        assert _values(text) == _values(english[name]), name


def _values(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


@pytest.mark.parametrize(
    ("header", "day"),
    [
        ("en", "November 15, 2023"),
        ("en-GB", "15 November 2023"),
        ("de", "15. November 2023"),
        ("fr", "15 novembre 2023"),
        ("es", "15 de noviembre de 2023"),
        ("pl", "15 listopada 2023"),
        ("en-XX-nonsense", "November 15, 2023"),
    ],
)
def test_a_day_is_written_as_the_reader_writes_it(header: str, day: str) -> None:
    words = words_for(header, "UTC")
    assert words.day(NOON_UTC) == words.date("2023-11-15") == day


def test_a_day_is_the_one_of_the_shops_time_zone() -> None:
    assert words_for("de", "Pacific/Auckland").day(NOON_UTC) == "16. November 2023"
    assert words_for("de", "Europe/Berlin").moment(NOON_UTC) == "15. November 2023 · 13:00"


def test_what_is_put_into_a_text_stays_text() -> None:
    words = words_for("en", "UTC")
    assert words.html("page.hello", name="<b>{0}{name}</b>") == "Hello, <bdi>&lt;b&gt;{0}{name}&lt;/b&gt;</bdi>"
    assert words.text("page.hello", name="{name}") == "Hello, {name}"
