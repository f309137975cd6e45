"""Render: a template with its placeholders filled; values in frontmatter are quoted as its format requires.

The holes are Jinja's, in the sandbox of :mod:`notes_lsp.templates.sandbox`, and those of Obsidian's templates:
``{{date:YYYY-MM-DD}}``, ``{{time:HH:mm}}``, ``{{date+1d:dddd}}``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from notes_lsp.dates.formats import format_date
from notes_lsp.text.filenames import safe_name

if TYPE_CHECKING:
    from jinja2 import Template

    from notes_lsp.frontmatter.formats.write import HeaderValue
    from notes_lsp.templates.sandbox import SandboxedTemplates

MAX_TEMPLATE = 262_144
"""Characters of a template."""

_NAME = "<template>"
_UNTOUCHED = r"\{#.*?#\}|\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}"
_OBSIDIAN = re.compile(
    rf"(?s:(?P<heading_id>\{{#[\w.:-]+\}})|(?P<untouched>{_UNTOUCHED}))"
    r"|\{\{[ \t]*(?P<what>date|time|yesterday|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday)[ \t]*"
    r"(?P<offset>[+-]\d{1,4}[yQMwdhms])?[ \t]*(?P<format>:[^{}\r\n]*)?\}\}",
    re.IGNORECASE,
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ONLY_HOLE = re.compile(r"\s*\{\{(?:(?!\{\{|\}\}).)*\}\}\s*", re.DOTALL)


_HOLE = re.compile(r"\{\{[ \t]*([A-Za-z_]\w*)[ \t]*\}\}")
_BEYOND_NAMES = re.compile(r"\{%|\{#|\{\{(?![ \t]*[A-Za-z_]\w*[ \t]*\}\})")
_HEADERS = ("---", "+++", "{")


class TemplateFaultError(ValueError):
    """A template cannot be filled; the message says why, to the person who wrote it."""

    def __init__(self, message: str, line: int = 0) -> None:
        """Say what is wrong in which line, counted from 1; 0 where that is not known."""
        super().__init__(f"line {line}: {message}" if line else message)
        self.line = line


def render(text: str, values: Mapping[str, Any]) -> str:
    """A template with its holes filled; values in its frontmatter are quoted as its format wants it.

    ``values`` are what the template can name: texts, numbers, days, lists and tables of those; ``now`` is the moment,
    ``date_format`` and ``time_format`` how days are written.

    Raises:
        TemplateFaultError: the template is wrong, or does too much.
    """
    if not text.lstrip("\ufeff").startswith(_HEADERS):
        return _run(text, values, _text)
    from notes_lsp.frontmatter.fill import Holes, fill  # noqa: PLC0415  (reads headers, which takes long to load)

    holes = Holes(text)
    out = _run(text, values, holes.keep)
    try:
        return fill(out, holes)
    except ValueError as error:
        raise TemplateFaultError(str(error)) from None


def render_path(pattern: str, values: Mapping[str, Any]) -> str:
    """A pattern for a path with its holes filled; what is filled in divides no path but where a format of days does."""

    def shown(value: Any, text: str) -> str:
        return text if type(value).__name__ == "FormattedDate" else safe_name(text) if text.strip() else ""

    return _run(pattern, values, shown)


def evaluate(pattern: str, values: Mapping[str, Any]) -> HeaderValue:
    """The value of a property that is written with holes: ``{{date}}`` alone is a day, ``on {{date}}`` is a text."""
    if "{{" not in pattern and "{%" not in pattern:
        return pattern
    kept: list[Any] = []

    def shown(value: Any, text: str) -> str:
        kept.append(value)
        return text

    out = _run(pattern, values, shown)
    if len(kept) == 1 and _ONLY_HOLE.fullmatch(pattern) and isinstance(kept[0], (bool, int, float, dt.date, list)):
        return cast("HeaderValue", kept[0])
    return out


def syntax_error(text: str) -> TemplateFaultError | None:
    """What is wrong with the syntax of a template; ``None`` where nothing is."""
    if _BEYOND_NAMES.search(text) is None:
        return None
    try:
        _compiled(_environment(0, str, _text), text)
    except TemplateFaultError as error:
        return error
    return None


def variables_in(text: str) -> frozenset[str]:
    """The values that a template asks for; none where it is wrong."""
    if _BEYOND_NAMES.search(text) is None:
        return frozenset(_HOLE.findall(text))
    from jinja2.exceptions import TemplateError  # noqa: PLC0415  (see _environment)
    from jinja2.meta import find_undeclared_variables  # noqa: PLC0415

    try:
        return frozenset(find_undeclared_variables(_environment(0, str, _text).parse(_as_jinja(text))))
    except (TemplateError, RecursionError, ValueError):
        return frozenset()


def _environment(given: int, show: Callable[[Any], str], keep: Callable[[Any, str], str]) -> SandboxedTemplates:
    # Jinja takes as long to load as all the rest of a verb; who makes no note from a template never waits for it.
    from notes_lsp.templates.sandbox import SandboxedTemplates  # noqa: PLC0415

    return SandboxedTemplates(given, show, keep)


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, dt.date))


def _text(_: Any, text: str) -> str:
    return text


def _run(text: str, values: Mapping[str, Any], keep: Callable[[Any, str], str]) -> str:
    """The text filled. What names values and nothing else, as most do, is filled without Jinja, which loads slowly."""
    if _BEYOND_NAMES.search(text) is None and all(_is_plain(values.get(name)) for name in _HOLE.findall(text)):
        return _HOLE.sub(lambda match: keep(values[match[1]], _shown(values[match[1]], values)), text)
    given = sum(len(value) for value in values.values() if isinstance(value, str))
    environment = _environment(given, lambda value: _shown(value, values), keep)
    template = _compiled(environment, text)
    out: list[str] = []
    length = 0
    from jinja2.exceptions import TemplateError, UndefinedError  # noqa: PLC0415

    try:
        for chunk in template.generate(dict(values)):
            out.append(chunk)
            length += len(chunk)
            if length > environment.longest + len(text):
                raise TemplateFaultError("the template makes a note that is too long")
    except UndefinedError as error:
        raise TemplateFaultError(_about_missing(str(error.message)), _line(error)) from None
    except TemplateError as error:
        raise TemplateFaultError(str(error.message), _line(error)) from None
    except RecursionError:
        raise TemplateFaultError("the template calls itself without end") from None
    except MemoryError:
        raise TemplateFaultError("the template needs more memory than there is") from None
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError) as error:
        # What Python says of an operation that makes no sense: a text divided by a list.
        raise TemplateFaultError(str(error), _line(error)) from None
    return "".join(out)


def _compiled(environment: SandboxedTemplates, text: str) -> Template:
    if len(text) > MAX_TEMPLATE:
        raise TemplateFaultError(f"the template has more than {MAX_TEMPLATE:,} characters")
    from jinja2.exceptions import TemplateError, TemplateSyntaxError  # noqa: PLC0415

    try:
        code = environment.compile(_as_jinja(text), filename=_NAME)
        return environment.template_class.from_code(environment, code, environment.make_globals(None))
    except TemplateSyntaxError as error:
        raise TemplateFaultError(str(error.message), error.lineno) from None
    except TemplateError as error:
        raise TemplateFaultError(str(error.message)) from None
    except (RecursionError, SyntaxError, MemoryError, ValueError, OverflowError):
        raise TemplateFaultError("the template is nested too deeply") from None


def _as_jinja(text: str) -> str:
    """The text with Obsidian's holes written as Jinja's; lines stay what they are."""
    return _OBSIDIAN.sub(_hole, text)


def _hole(match: re.Match[str]) -> str:
    if match["untouched"]:
        return match[0]
    if match["heading_id"]:
        # Not the beginning of a comment but the id of a heading, as Pandoc has it.
        return '{{ "{#" }}' + match["heading_id"][2:]
    what, offset, style = match["what"].lower(), match["offset"], match["format"]
    if offset is None and style is None:
        return match[0] if what == match["what"] else f"{{{{ {what} }}}}"
    when = "now"
    if what in ("yesterday", "tomorrow"):
        when = f"(now | plus({-1 if what == 'yesterday' else 1}))"
    elif what in _WEEKDAYS:
        when = f"(now | plus({_WEEKDAYS.index(what)} - now.weekday()))"
    if offset:
        when = f'({when} | shift({int(offset[:-1])}, "{offset[-1]}"))'
    if style is None or not style[1:].strip():
        form = "time_format" if what == "time" else "date_format"
    else:
        form = '"' + style[1:].strip().replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{{{{ {when} | strftime({form}) }}}}"


def _shown(value: Any, values: Mapping[str, Any]) -> str:
    if value is None:
        return ""
    if type(value).__name__ == "StrictUndefined":
        return str(value)  # says what is missing
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, dt.date):
        style = values.get("date_format")
        return (
            format_date(style, dt.datetime.combine(value, dt.time())) if isinstance(style, str) else value.isoformat()
        )
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(one, values) for one in cast("list[Any]", value))
    if isinstance(value, (str, int, float)):
        return str(value)
    raise TypeError(f"a {type(value).__name__} cannot be written")


def _about_missing(message: str) -> str:
    found = re.fullmatch(r"'(\w+)' is undefined", message)
    if found is None:
        return message
    return (
        f"there is no value “{found[1]}”; give it with --set {found[1]}=…, or write {{{{ {found[1]} | default('') }}}}"
    )


def _line(error: BaseException) -> int:
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
