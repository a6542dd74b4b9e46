"""When US stocks trade, from rules alone: no time zone files, so that both languages and every machine agree.

StratForge.Strategies/Feeds/ExchangeCalendar.cs is its twin; StratForge.Contracts/Calendar tells the sources.
Days are ``datetime.date``, instants milliseconds since 1970 UTC.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
_OPEN_MS = 9 * HOUR_MS + HOUR_MS // 2
_EPOCH = date(1970, 1, 1).toordinal()
_DAY = timedelta(days=1)
_MONDAY, _THURSDAY, _SUNDAY = 0, 3, 6

_CLOSURES = frozenset({
    date(2001, 9, 11), date(2001, 9, 12), date(2001, 9, 13), date(2001, 9, 14), date(2004, 6, 11), date(2007, 1, 2),
    date(2012, 10, 29), date(2012, 10, 30), date(2018, 12, 5), date(2025, 1, 9),
})


def date_at(ms: int) -> date:
    """The day that it is in New York at an instant."""
    return date_of(ms + _offset_at(ms))


def at(day: date, time_of_day_ms: int) -> int:
    """The instant at which a time of day comes in New York."""
    standard = midnight(day) + time_of_day_ms + 5 * HOUR_MS
    # Clocks change at two at night; whoever asks for that hour gets the time before the change.
    summer = standard - HOUR_MS
    return summer if summer + _offset_at(summer) == midnight(day) + time_of_day_ms else standard


def midnight(day: date) -> int:
    """Midnight UTC of a day."""
    return (day.toordinal() - _EPOCH) * DAY_MS


def date_of(ms: int) -> date:
    """The day, UTC."""
    return date.fromordinal(ms // DAY_MS + _EPOCH)


@lru_cache(maxsize=64)
def open_of(day: date) -> int:
    """Begin of the regular session."""
    return at(day, _OPEN_MS)


@lru_cache(maxsize=64)
def close_of(day: date) -> int:
    """End of the regular session: 16:00, on half days 13:00."""
    return at(day, (13 if _is_half_day(day) else 16) * HOUR_MS)


@lru_cache(maxsize=64)
def is_trading_day(day: date) -> bool:
    """Whether there is a session."""
    return day.weekday() < 5 and not _is_holiday(day) and day not in _CLOSURES


def _offset_at(ms: int) -> int:
    begin, end = _summer(date_of(ms).year)
    return (-4 if begin <= ms < end else -5) * HOUR_MS


@lru_cache(maxsize=16)
def _summer(year: int) -> tuple[int, int]:
    begin, end = (_weekday(year, 3, _SUNDAY, 8), _weekday(year, 11, _SUNDAY, 1)) if year >= 2007 else (
        _weekday(year, 4, _SUNDAY, 1), _weekday(year, 10, _SUNDAY, 25))
    return midnight(begin) + 7 * HOUR_MS, midnight(end) + 6 * HOUR_MS


def _is_half_day(day: date) -> bool:
    # July 3rd before a weekday's holiday, the day after Thanksgiving, Christmas Eve.
    if day.month == 7:
        return day.day == 3 and (day.weekday() < 4 or day.weekday() == _SUNDAY)
    if day.month == 11:
        return day == _weekday(day.year, 11, _THURSDAY, 22) + _DAY
    return day.month == 12 and day.day == 24


def _is_holiday(day: date) -> bool:
    year, month = day.year, day.month
    if month == 1:
        return day.day == 1 or (day.day == 2 and day.weekday() == _MONDAY) or (
            year >= 1998 and day == _weekday(year, 1, _MONDAY, 15))
    if month == 2:
        return day == _weekday(year, 2, _MONDAY, 15)
    if month in (3, 4):
        return day == _good_friday(year)
    if month == 5:
        return day == _weekday(year, 5, _MONDAY, 25)
    if month == 6:
        return year >= 2022 and _is_observed(day, 19)
    if month == 7:
        return _is_observed(day, 4)
    if month == 9:
        return day == _weekday(year, 9, _MONDAY, 1)
    if month == 11:
        return day == _weekday(year, 11, _THURSDAY, 22)
    return month == 12 and _is_observed(day, 25)


def _is_observed(day: date, on: int) -> bool:
    # On the day itself; on Friday when that is a Saturday, on Monday when it is a Sunday.
    return day.day == on or (day.day == on - 1 and day.weekday() == 4) or (day.day == on + 1 and day.weekday() == _MONDAY)


def _weekday(year: int, month: int, weekday: int, start: int) -> date:
    # The first such weekday on or after a day of the month.
    first = date(year, month, start)
    return first + timedelta(days=(weekday - first.weekday()) % 7)


def _good_friday(year: int) -> date:
    # Two days before Easter, by Butcher's algorithm for the Gregorian calendar (Nature, 1876).
    golden, (century, of_century) = year % 19, divmod(year, 100)
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    days = epact + weekday - 7 * ((golden + 11 * epact + 22 * weekday) // 451) + 114
    return date(year, days // 31, days % 31 + 1) - 2 * _DAY
