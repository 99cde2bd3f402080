"""What the page says, in the reader's language: texts, dates, and which language that is."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision
from markupsafe import Markup, escape

LANGUAGES = ("en", "de", "es", "fr", "pl")
"""Where a reader's languages have no texts, the first one is taken."""

LONGEST_HEADER = 1_000
_RANGE = re.compile(r"(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)(?:\s*;\s*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?")
_BETWEEN = Markup("<bdi>{}</bdi>")


@dataclass(frozen=True, slots=True)
class Words:
    """Texts in `language`, dates in the way of `locale` and in the time zone of the shop."""

    language: str
    locale: Locale
    zone: tzinfo

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return str(self.locale.text_direction)

    def text(self, key: str, **values: str) -> str:
        """The text of this name, `section.name`, with these values in it."""
        return texts_of(self.language)[key].format(**values)

    def html(self, key: str, **values: str) -> Markup:
        """As `text`, each value kept from turning the direction of the words around it."""
        apart = {name: _BETWEEN.format(value) for name, value in values.items()}
        return Markup(escape(texts_of(self.language)[key])).format(**apart)

    def number(self, value: float) -> str:
        """A number with the reader's decimal separator; nothing else stands between its digits, it may be a year."""
        return format_decimal(value, locale=self.locale, group_separator=False)

    def percent(self, value: float) -> str:
        """So many per cent, with as many decimals as it has."""
        share = Decimal(str(value)) / 100
        return str(format_percent(share, locale=self.locale, decimal_quantization=False))

    def money(self, minor: int, currency: str) -> str:
        """An amount in minor units of a currency (ISO 4217); where that is empty, of one that has hundredths."""
        amount = Decimal(minor)
        if not currency:
            return str(format_decimal(amount.scaleb(-2), "#,##0.00", locale=self.locale))
        return str(format_currency(amount.scaleb(-get_currency_precision(currency)), currency, locale=self.locale))

    def weekdays(self, days: Sequence[int]) -> str:
        """Days of the week, of which 0 is Sunday, by their names."""
        names = self.locale.days["stand-alone"]["wide"]
        return ", ".join(names[(day - 1) % 7] for day in sorted(set(days), key=lambda day: (day - 1) % 7))

    def begin(self, ms: int) -> str:
        """A moment from which something holds: a day where it is the day's begin."""
        return self.day(ms) if self._is_midnight(ms) else self.moment(ms)

    def end(self, ms: int) -> str:
        """A moment until which something holds: its last day where it is the end of one."""
        return self.day(ms - 1) if self._is_midnight(ms) else self.moment(ms)

    def day(self, ms: int) -> str:
        """A time in epoch ms as its day."""
        return str(format_date(self._local(ms).date(), "long", locale=self.locale))

    def date(self, text: str) -> str:
        """A day that is stored as YYYY-MM-DD."""
        return str(format_date(date.fromisoformat(text), "long", locale=self.locale))

    def moment(self, ms: int) -> str:
        """A time in epoch ms as its day and minute."""
        local = self._local(ms)
        return f"{self.day(ms)} · {format_time(local, 'short', tzinfo=self.zone, locale=self.locale)}"

    def _is_midnight(self, ms: int) -> bool:
        return self._local(ms).time() == time()

    def _local(self, ms: int) -> datetime:
        return datetime.fromtimestamp(ms / 1000, UTC).astimezone(self.zone)


def words_for(accept_language: str, zone: str) -> Words:
    """The words for a reader who sends this header; `zone` is the shop's time zone (`Europe/Berlin`)."""
    wanted = _wanted(accept_language)
    language = _language(wanted)
    return Words(language, _locale(language, wanted), ZoneInfo(zone))


def _wanted(header: str) -> list[tuple[str, float]]:
    """The ranges of an Accept-Language header (RFC 9110, 12.5.4) with their weights, the heaviest first."""
    ranges = [_RANGE.fullmatch(part.strip()) for part in header[:LONGEST_HEADER].split(",")]
    given = [(found[1].lower(), float(found[2] or 1)) for found in ranges if found]
    return sorted(given, key=lambda each: -each[1])


def _language(wanted: Sequence[tuple[str, float]]) -> str:
    """The one of our languages that is wanted most. `de-AT` takes `de`; `*` any that has no range of its own."""
    named = {tag.partition("-")[0] for tag, _ in wanted}
    for tag, weight in wanted:
        takes = [tag.partition("-")[0]] if tag != "*" else [each for each in LANGUAGES if each not in named]
        if weight > 0 and takes and takes[0] in LANGUAGES:
            return takes[0]
    return LANGUAGES[0]


def _locale(language: str, wanted: Sequence[tuple[str, float]]) -> Locale:
    """The reader's own form of the language: dates of `en-GB` are written otherwise than those of `en-US`."""
    for tag, _ in wanted:
        if tag.partition("-")[0] == language:
            try:
                return Locale.parse(tag, sep="-")
            except (ValueError, UnknownLocaleError):
                break
    return Locale(language)


@cache
def texts_of(language: str) -> Mapping[str, str]:
    """All texts of a language by their names."""
    tables = tomllib.loads((files(__package__) / "texts" / f"{language}.toml").read_text("utf-8"))
    return {f"{table}.{name}": text for table, texts in tables.items() for name, text in texts.items()}
