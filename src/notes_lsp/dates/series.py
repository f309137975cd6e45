"""Series: whether notes are called by days, weeks, months or years and otherwise alike, as the pages of a diary are."""

from __future__ import annotations

import re
from functools import lru_cache

from notes_lsp.links.names import stem, strip_extension

_MONTHS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec "
    "januar februar märz mai juni juli oktober dezember jänner "
    "janvier février mars avril juin juillet août septembre octobre novembre décembre "
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre "
    "janeiro fevereiro março maio junho julho setembro outubro novembro dezembro "
    "januari februari maart mei augustus "
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря "
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"
)
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag mo di mi do fr sa so "
    "lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo "
    "lunedì martedì mercoledì giovedì venerdì sabato domenica segunda terça quarta quinta sexta "
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag "
    "понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс"
)
_MONTH = f"(?:{'|'.join(sorted(_MONTHS.split(), key=len, reverse=True))})"
_WEEKDAY = f"(?:{'|'.join(sorted(_WEEKDAYS.split(), key=len, reverse=True))})"
_YEAR = r"(?:19|20)\d\d"
_BETWEEN = r"[-_., /]{0,2}"
_ALSO = rf"(?:[-_., (]{{0,3}}(?<![^\W\d_]){_WEEKDAY}\.?(?![^\W_])\)?)?"
"""The day of the week behind a day: it may be one of the shortest words there are."""
_DATE = re.compile(
    rf"(?:(?<![^\W_]){_WEEKDAY}\.?[-_., ]{{1,2}}(?=\d|{_MONTH}))?"
    rf"(?:(?<!\d){_YEAR}(?:[-_. /]?(?:\d{{2}}(?:[-_. /]?\d{{2}})?|w\d{{1,2}}|q[1-4]))?(?!\d)"
    rf"|(?<!\d)\d{{2}}[-.]\d{{2}}[-.]{_YEAR}(?!\d)|(?<!\d)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
    rf"|(?<!\d){_YEAR}{_BETWEEN}(?:\d\d-)?(?<![^\W\d_]){_MONTH}(?![^\W\d_])(?:{_BETWEEN}\d{{1,2}}(?:st|nd|rd|th)?(?![^\W_]))?"
    rf"|(?<![^\W_])(?:\d{{1,2}}(?:st|nd|rd|th|\.)?{_BETWEEN}(?:de |of )?)?(?<![^\W\d_]){_MONTH}\.?"
    rf"(?:{_BETWEEN}\d{{1,2}}(?:st|nd|rd|th)?(?![^\W_]))?(?:{_BETWEEN}(?:de )?{_YEAR})?(?![^\W_])"
    r"|\d{4}[年년]\s?(?:\d{1,2}[月월]\s?)?(?:\d{1,2}[日일])?|\d{1,2}[月월]\s?(?:\d{1,2}[日일])?"
    rf"|(?<![^\W_])(?:week|weekly|woche|kw|semaine|semana|неделя)[-_ ]?\d{{1,2}}(?![^\W_])"
    rf"|(?<![^\W_]){_WEEKDAY}(?![^\W_])|[（(]?(?:星期|周|週)[一二三四五六日天][）)]?|[月火水木金土日]曜日?)"
    rf"{_ALSO}",
    re.IGNORECASE,
)


def are_of_one_series(one: str, other: str) -> bool:
    """Whether the notes at two paths are called by different days, weeks, months or years, and otherwise alike."""
    return _differ_by_date(stem(one), stem(other)) or _differ_by_date(strip_extension(one), strip_extension(other))


def _differ_by_date(one: str, other: str) -> bool:
    (rest, days), (other_rest, other_days) = _parted(one), _parted(other)
    return rest == other_rest and days != other_days


@lru_cache(maxsize=16_384)
def _parted(text: str) -> tuple[str, tuple[str, ...]]:
    """A name without its dates, and those."""
    return _DATE.sub("", text), tuple(match[0] for match in _DATE.finditer(text))
