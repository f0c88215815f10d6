"""Dates as pages write them, in many languages, to ISO 8601."""

import re
from datetime import UTC, date, datetime
from functools import cache, lru_cache

from dedup.expressions import expression

# Beginnings of month names; the longest that fits counts. English, German, French, Spanish,
# Portuguese, Italian, Dutch, the Scandinavian languages, Finnish, Polish, Czech, Russian,
# Ukrainian, Greek, Turkish, Lithuanian, Indonesian, Icelandic, Romanian, Hungarian, Arabic.
_MONTHS = (
    "jan janv gen ene jän oca sty led янв січ ιαν sau янв ocak tammi يناير ianuarie",
    "feb fév fev shub lut úno фев лют φεβ şub vas helmi febr فبراير",
    "mar mär mrz maa mars март марта бер μαρ kov maalis márc مارس mrt",
    "apr avr abr kwi dub апр кві απρ nis bal huhti ápr أبريل ابريل",
    "may mai maj mei mag máj kvě май мая тра μαΐ μαϊ μάι μαι geg touko mayıs maí مايو",
    "jun juin giu cze červn июн чер ιουν ιούν haz birž kesä jún يونيو",
    "jul juil lug lip července červenec июл лип ιουλ ιούλ tem liep heinä júl يوليو",
    "aug août aoû ago sie srp авг сер αυγ αύγ ağu rugp elo ágú أغسطس agu",
    "sep sept set wrz zář сен вер σεπ eyl rugs syys szept سبتمبر",
    "oct okt oct ott out paź říj окт жов οκτ eki spal loka أكتوبر",
    "nov lis ноя лис νοε νοέ kas lapkr marras نوفمبر noi",
    "dec dez déc dic gru pro дек гру δεκ ara gruod joulu des ديسمبر",
)
_NAME = r"[^\W\d_]{3,12}"
_YEAR = r"((?:19|20)\d\d)"
_CLOCK = expression(
    r"[\sT,;|•·–\-à@]{0,6}(?:um|at|at:|à|klo|kl\.?|ore|a las|o godz\.|в)?\s{0,3}"
    r"(?<!\d)(\d{1,2})[:h.時时点](\d\d)(?:[:.](\d\d))?(?:[.,]\d{1,9})?\s{0,2}"
    r"(Z\b|UTC|GMT|[+-]\d\d:?\d\d|[ap]\.?m\b)?",
    re.IGNORECASE,
)
_ISO = expression(rf"(?<!\d){_YEAR}-(\d\d?)-(\d\d?)(?!\d)")
_CHINESE = expression(rf"{_YEAR}\s?[年년]\s?(\d\d?)\s?[月월]\s?(\d\d?)\s?[日号號일]?")
_YEAR_FIRST = expression(rf"(?<![\d.]){_YEAR}([./])\s?(\d\d?)\2\s?(\d\d?)(?!\d)")
_COMPACT = expression(rf"(?<!\d){_YEAR}([01]\d)([0-3]\d)(?=\D|$|\d{{4}}(?:\d\d)?\b)")
_DAY_FIRST = expression(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?\s{{0,2}}(?:de |of |-)?({_NAME})\.?,?"
    rf"(?: de| del|-)?\s{{0,2}}{_YEAR}(?!\d)",
    re.IGNORECASE,
)
_MONTH_FIRST = expression(
    rf"\b({_NAME})\.?\s{{1,2}}(\d{{1,2}})(?:st|nd|rd|th)?(?:,\s{{0,2}}|\s{{1,2}}){_YEAR}(?!\d)",
    re.IGNORECASE,
)
_NUMBERS = expression(rf"(?<![\d.])(\d{{1,2}})([./-])\s?(\d{{1,2}})\2\s?({_YEAR}|\d\d)(?![\d%])")
_ZONED = expression(r"^\w{3} (\w{3}) (\d\d?) (\d\d:\d\d:\d\d) \w{3,5} (\d{4})$")
_EPOCH = expression(r"^1\d{9}(?:\d{3})?$")
_IN_ADDRESS = expression(rf"[/_-]{_YEAR}[/_-]?([01]?\d)[/_-]?([0-3]\d)(?=[/_.-]|$|[A-Za-z])")
_DIGIT = expression(r"\d")
_LONGEST = 500  # characters that are looked at
_FIRST_YEAR = 1990  # the first pages


@lru_cache(maxsize=4096)
def find_date(text: str, lang: str = "") -> str:
    """The first date in a text as ISO 8601, with the time where one follows; or the empty string.

    >>> find_date("Published on May 3, 2024 at 3:47 pm", "en")
    '2024-05-03T15:47:00'
    >>> find_date("来源：新华网 2024年5月3日 09:20"), find_date("Stand: 03.05.2024, 9:20 Uhr")
    ('2024-05-03T09:20:00', '2024-05-03T09:20:00')
    >>> find_date("2024-05-03T15:47:42.389Z"), find_date("12 мая 2023"), find_date("1 of 2")
    ('2024-05-03T15:47:42+00:00', '2023-05-12', '')
    """
    text = " ".join(text[:_LONGEST].split())
    if not _DIGIT.search(text):
        return ""
    if _EPOCH.match(text):
        return datetime.fromtimestamp(int(text[:10]), UTC).isoformat()
    zoned = _ZONED.match(text)
    if zoned:  # "Fri Apr 28 19:20:36 CEST 2023"
        text = f"{zoned[2]} {zoned[1]} {zoned[4]} {zoned[3]}"
    found: list[tuple[int, int, date]] = []
    for pattern, read in _FORMS:
        for match in pattern.finditer(text):
            day = read(match, lang)
            if day is not None:
                found.append((match.start(), match.end(), day))
                break
    if not found:
        return ""
    _, end, day = min(found, key=lambda one: (one[0], -one[1]))
    return _with_time(day, text[end : end + 40])


def date_in_address(url: str) -> str:
    """The date in the path of an address, or the empty string.

    >>> date_in_address("https://x.org/2024/05/03/a"), date_in_address("https://x.org/a-1999")
    ('2024-05-03', '')
    """
    for match in _IN_ADDRESS.finditer(url):
        day = _day(match[1], match[2], match[3])
        if day is not None:
            return day.isoformat()
    return ""


def _with_time(day: date, rest: str) -> str:
    clock = _CLOCK.match(rest)
    if clock is None:
        return day.isoformat()
    hour, zone = int(clock[1]), (clock[4] or "").lower().replace(".", "")
    if zone in ("am", "pm"):
        hour, zone = hour % 12 + 12 * (zone == "pm"), ""
    if zone in ("z", "utc", "gmt"):
        zone = "+00:00"
    if zone and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    try:
        time = datetime.fromisoformat(f"{day}T{hour:02}:{clock[2]}:{clock[3] or '00'}{zone}")
    except ValueError:  # "24:00", "+99:00"
        return day.isoformat()
    return time.isoformat()


def _day(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if found.year >= _FIRST_YEAR else None


@cache
def _month(name: str) -> int:
    """The number of a month by its name, 0 if it is none."""
    name = name.lower()
    best, number = 0, 0
    for month, beginnings in enumerate(_MONTHS, 1):
        for beginning in beginnings.split():
            if name.startswith(beginning) and len(beginning) > best:
                best, number = len(beginning), month
    return number


def _three(match: re.Match[str], _: str) -> date | None:
    return _day(match[1], match[2], match[3])


def _year_first(match: re.Match[str], _: str) -> date | None:
    return _day(match[1], match[3], match[4])


def _day_first(match: re.Match[str], _: str) -> date | None:
    return _day(match[3], _month(match[2]), match[1])


def _month_first(match: re.Match[str], _: str) -> date | None:
    return _day(match[3], _month(match[1]), match[2])


def _numbers(match: re.Match[str], lang: str) -> date | None:
    first, second, year = int(match[1]), int(match[3]), match[4]
    if len(year) == 2:
        if match[2] == "-":
            return None
        year = f"20{year}"
    american = match[2] == "/" and lang.lower() in ("en", "en-us", "en_us", "")
    if second > 12 or (american and first <= 12):
        first, second = second, first
    return _day(year, second, first)


_FORMS = (
    (_ISO, _three),
    (_CHINESE, _three),
    (_YEAR_FIRST, _year_first),
    (_DAY_FIRST, _day_first),
    (_MONTH_FIRST, _month_first),
    (_NUMBERS, _numbers),
    (_COMPACT, _three),
)
