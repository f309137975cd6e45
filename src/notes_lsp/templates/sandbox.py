"""Sandbox: Jinja without access to anything outside, and with limits of time and size.

What a template can name is what it was given; the filters, functions and methods are those listed here. Whatever builds
a value is weighed, and whatever repeats something is paid for from a budget of steps, so that neither loops nor macros
nor values that double themselves can keep anybody waiting or fill the memory.
"""

from __future__ import annotations

import datetime as dt
import json
from calendar import IllegalMonthError, monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError, TemplateRuntimeError, TemplateSyntaxError
from jinja2.filters import FILTERS  # pyright: ignore[reportUnknownVariableType]
from jinja2.runtime import Context, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS  # pyright: ignore[reportUnknownVariableType]
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

from notes_lsp.dates.formats import format_date
from notes_lsp.text.filenames import safe_name, slug

MAX_TEMPLATE_STEPS = 200_000
"""What a template may do in all, in parts of expressions: a thousand rounds of twenty of them are a tenth."""
MAX_ITEMS = 10_000
"""In a list, lists inside it included."""
MAX_NUMBER = 10**15
_MIN_TEXT = 200_000
"""Characters that any text may have; more where the template was given more."""

_KEPT_FILTERS = (
    *("abs", "capitalize", "d", "default", "first", "float", "int", "items", "last", "length", "count", "lower", "map"),
    *("max", "min", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "string", "sum"),
    *("title", "trim", "truncate", "unique", "upper", "wordcount"),
)
_METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset(
        {
            *(
                "capitalize",
                "casefold",
                "count",
                "endswith",
                "find",
                "isalpha",
                "isdigit",
                "lower",
                "lstrip",
                "partition",
            ),
            *("removeprefix", "removesuffix", "rstrip", "split", "splitlines", "startswith", "strip", "title", "upper"),
        }
    ),
    dict: frozenset({"get", "items", "keys", "values"}),
    dt.datetime: frozenset({"year", "month", "day", "hour", "minute", "second", "date", "isoformat", "weekday"}),
    dt.date: frozenset({"year", "month", "day", "isoformat", "weekday", "isoweekday"}),
}
_VERBATIM = frozenset({"join", "tojson", "indent"})


_FILTERS = cast("Mapping[str, Callable[..., Any]]", FILTERS)
_TESTS = cast("Mapping[str, Callable[..., Any]]", TESTS)
_EMPTY = dict[Any, Any]()
_VIEWS: tuple[type, ...] = (type(_EMPTY.items()), type(_EMPTY.keys()), type(_EMPTY.values()))


class FormattedDate(str):
    """A text that a format made of a moment: where it is a day, it is one in the frontmatter, too."""

    __slots__ = ()


class Verbatim(str):
    """A text that stands in the frontmatter as it is, since it holds what divides a list or is JSON already."""

    __slots__ = ()


class TemplateLimitError(TemplateRuntimeError):
    """A template does more than templates may; the message says what."""


class SandboxedTemplates(ImmutableSandboxedEnvironment):
    """One environment for one rendering: what it has spent, it has spent."""

    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "**", "%"])

    def __init__(self, given: int, show: Callable[[Any], str], keep: Callable[[Any, str], str]) -> None:
        """An environment for values with ``given`` characters of text in all.

        ``show`` makes a text of a value; ``keep`` says, for a value and its text, what to write for it.
        """
        super().__init__(
            undefined=StrictUndefined,
            autoescape=False,
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.finalize = self._finished
        self.longest = _MIN_TEXT + 2 * given
        self.steps = MAX_TEMPLATE_STEPS
        self._show = show
        self._keep = keep
        self._written = 0
        self.globals = {"range": self._range, "namespace": Namespace}
        run: dict[str, Callable[..., Any]] = {name: _FILTERS[name] for name in _KEPT_FILTERS}
        run |= {
            "slug": _slug,
            "filename": _filename,
            "strftime": _format,
            "format_date": _format,
            "plus": _plus,
            "shift": _shifted,
            "round": _round,
            "join": self._join,
            "list": self._list,
            "replace": self._replace,
            "tojson": _as_json,
            "indent": self._indent,
        }
        self.filters = {name: self._weighed(one) for name, one in run.items()}
        self.filters[" counted"] = self._counted
        self.filters[" weighed"] = self.weigh
        self.filters[" concat"] = self._weighed(self._join)
        self.filters[" shown"] = self._verbatim
        self.tests = dict(_TESTS)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Parse, and have what builds or repeats something go through the accounts."""
        tree = super()._parse(source, name, filename)
        return cast("nodes.Template", _Accounts(self).visit(tree))

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002  (jinja's signature)
        """Only what is listed: ``str.ljust`` and ``str.format`` can make a gigabyte of nothing."""
        if isinstance(obj, nodes.Node) or attr.startswith("_"):
            return False
        kind = next((kind for kind in _METHODS if isinstance(obj, kind)), None)
        if kind is not None:
            return attr in _METHODS[kind]
        return type(obj).__name__ in {"LoopContext", "TemplateReference", "Cell"} or isinstance(obj, Namespace)

    def wrap_str_format(self, value: Any) -> None:  # noqa: ARG002  (jinja's signature)
        """Leave ``str.format`` to the list of what is safe, on which it is not."""
        return

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call, and pay for it as for the largest macro that it could be."""
        self.spend(self.largest)
        return self.weigh(super().call(context, obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002  (as above)
        """Reckon with numbers, and join texts and lists: nothing that grows faster than it is written."""
        self.spend(1)
        if isinstance(left, Undefined) or isinstance(right, Undefined):
            return self.binop_table[operator](left, right)
        if operator == "+" and type(left) is type(right) and isinstance(left, (str, list, tuple)):
            self.weigh((left, right))
            return self.weigh(cast("Any", left) + right)
        if operator == "*" and isinstance(left, str) and isinstance(right, int) and len(left) * right <= 1_000:
            return left * right
        if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
            raise TemplateRuntimeError(f"“{operator}” reckons with numbers; write texts beside each other with ~")
        if operator == "**" and (abs(left) > 1_000 or abs(right) > 15):
            raise TemplateLimitError("the number is too large")
        return self.weigh(self.binop_table[operator](left, right))

    largest = 1
    """Nodes of the largest macro of the template."""

    def spend(self, steps: int) -> None:
        """Pay for some steps.

        Raises:
            TooMuchError: nothing is left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise TemplateLimitError("the template goes on for too long: its loops have too many rounds")

    def weigh(self, value: Any) -> Any:
        """The value, where it is one that a template may have, and not too large.

        Raises:
            TooMuchError: it is too large.
            SecurityError: it is no plain value.
        """
        if isinstance(value, (Undefined, Namespace)) or callable(value):
            return value
        if isinstance(value, (map, filter, reversed)) or hasattr(value, "__next__"):
            value = list(self._counted(cast("Iterable[Any]", value)))
        items = length = 0
        waiting = [value]
        while waiting:
            one = waiting.pop()
            items += 1
            if isinstance(one, str):
                length += len(one)
            elif isinstance(one, Mapping):
                waiting += [*one.keys(), *one.values()]
            elif isinstance(one, (list, tuple, range, *_VIEWS)):
                waiting += cast("Iterable[Any]", one)
            elif isinstance(one, (int, float)) and abs(one) > MAX_NUMBER:
                raise TemplateLimitError("the number is too large")
            elif not (one is None or isinstance(one, (int, float, dt.date, dt.time, dt.timedelta, Undefined))):
                raise SecurityError(f"a {type(one).__name__} is nothing for a template")
            if items > MAX_ITEMS or length > self.longest:
                raise TemplateLimitError("the template builds something too large")
        self.spend(1 + items // 10)
        return value

    def _finished(self, value: Any) -> str:
        return self._keep(value, value if isinstance(value, Verbatim) else self._shown(value))

    def _verbatim(self, value: Any) -> Verbatim:
        return Verbatim(self._shown(value))

    def _list(self, value: Any) -> list[Any]:
        return list(self._counted(value))

    def _shown(self, value: Any) -> str:
        shown = self._show(self.weigh(value))
        self._written += len(shown)
        if self._written > self.longest:
            raise TemplateLimitError("the template makes a note that is too long")
        return shown

    def _weighed(self, run: Callable[..., Any]) -> Callable[..., Any]:
        def filtered(*args: Any, **kwargs: Any) -> Any:
            self.spend(1)
            return self.weigh(run(*args, **kwargs))

        if hasattr(run, "jinja_pass_arg"):
            filtered.jinja_pass_arg = run.jinja_pass_arg  # type: ignore[attr-defined]
        return filtered

    def _counted(self, values: Any, weight: int = 1) -> Iterator[Any]:
        if isinstance(values, Undefined):
            iter(values)  # says what is undefined
        if not isinstance(values, Iterable):
            raise TemplateRuntimeError(f"a {type(values).__name__} is no list")
        for value in values:  # pyright: ignore[reportUnknownVariableType]
            self.spend(weight)
            yield value

    def _range(self, *bounds: int) -> range:
        found = range(*bounds)
        if len(found) > MAX_ITEMS:
            raise TemplateLimitError(f"a range has at most {MAX_ITEMS:,} numbers")
        return found

    def _join(self, values: Iterable[Any], between: str = "", attribute: str | None = None) -> str:
        texts = [str(one if attribute is None else one[attribute]) for one in self._counted(values)]
        self.weigh([*texts, between * min(len(texts), 2)])
        if len(between) * len(texts) > self.longest:
            raise TemplateLimitError("the template builds something too large")
        return between.join(texts)

    def _replace(self, value: Any, old: str, new: str) -> str:
        text = str(value)
        if (text.count(old) if old else len(text)) * len(new) > self.longest:
            raise TemplateLimitError("the template builds something too large")
        return text.replace(old, new)

    def _indent(self, value: Any, width: int | str = 4, first: bool = False) -> str:  # noqa: FBT001, FBT002  (jinja's)
        before = width[:80] if isinstance(width, str) else " " * min(int(width), 80)
        lines = str(value).splitlines(keepends=True)
        self.weigh([before * min(len(lines), 1), *lines])
        return "".join(
            (before if (number or first) and line.strip() else "") + line for number, line in enumerate(lines)
        )


class _Accounts(NodeTransformer):
    """Puts what builds a value, and each round of a loop, on the accounts."""

    def __init__(self, environment: SandboxedTemplates) -> None:
        self.environment = environment
        self.captured = 0
        """How many blocks are round a node whose text is a value, and no part of the note yet."""

    def visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> Any:
        """The node as it is to be compiled."""
        match node:
            case nodes.For():
                return self._loop(node)
            case nodes.Macro() | nodes.CallBlock() | nodes.AssignBlock() | nodes.FilterBlock() | nodes.Block():
                self.environment.largest = max(self.environment.largest, _size(node))
                self.captured += 1
                self.generic_visit(node)
                self.captured -= 1
                return node
            case nodes.Concat():
                self.generic_visit(node)
                return _filtered(nodes.List(node.nodes, lineno=node.lineno), " concat")
            case nodes.Output():
                return self._output(node)
            case nodes.List() | nodes.Dict() | nodes.Tuple(ctx="load"):
                self.generic_visit(node)
                return _filtered(node, " weighed")
            case nodes.Include() | nodes.Import() | nodes.FromImport() | nodes.Extends():
                message = "a template of notes stands alone: it includes, imports and extends no other"
                raise TemplateSyntaxError(message, node.lineno)
            case _:
                return self.generic_visit(node, *args, **kwargs)

    def _loop(self, node: nodes.For) -> nodes.For:
        if node.recursive:
            raise TemplateSyntaxError("loops that call themselves are not for templates of notes", node.lineno)
        weight = nodes.Const(_size(node))
        self.generic_visit(node)
        node.iter = _filtered(node.iter, " counted", weight)
        return node

    def _output(self, node: nodes.Output) -> nodes.Output:
        verbatim = [
            not isinstance(one, nodes.TemplateData)
            and (self.captured > 0 or (isinstance(one, nodes.Filter) and one.name in _VERBATIM))
            for one in node.nodes
        ]
        self.generic_visit(node)
        node.nodes = [
            _filtered(one, " shown") if marked else one for one, marked in zip(node.nodes, verbatim, strict=True)
        ]
        return node


def _filtered(node: Any, name: str, *arguments: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, list(arguments), [], None, None, lineno=node.lineno)


def _size(node: nodes.Node) -> int:
    letters = sum(len(one.data) for one in node.find_all(nodes.TemplateData))
    return 1 + sum(1 for _ in node.find_all(nodes.Node)) + letters // 20


def _format(when: Any, style: str = "YYYY-MM-DD") -> str:
    if len(style) > 200:
        raise TemplateLimitError("the format is too long")
    if isinstance(when, dt.datetime):
        return FormattedDate(format_date(style, when))
    if isinstance(when, dt.date):
        return FormattedDate(format_date(style, dt.datetime.combine(when, dt.time())))
    raise TemplateRuntimeError(f"“{when}” is no day that could be written in a format")


def _plus(when: Any, days: int) -> Any:
    if not isinstance(when, dt.date):
        raise TemplateRuntimeError("plus adds a number of days to a day")
    try:
        return when + dt.timedelta(days=days)
    except OverflowError:
        raise TemplateLimitError("that day is too far away") from None


def _slug(value: Any) -> str:
    return slug(str(value))


def _filename(value: Any) -> str:
    return safe_name(str(value))


def _as_json(value: Any) -> str:
    return json.dumps(_jsonable(value), ensure_ascii=False)


def _round(value: float, digits: int = 0) -> float:
    return round(value, max(0, min(digits, 12))) if digits > 0 else round(value)


def _shifted(when: dt.datetime, amount: int, unit: str) -> dt.datetime:
    """A moment so many years, quarters, months, weeks, days, hours, minutes or seconds later, as Moment.js has it."""
    months = amount * {"y": 12, "Q": 3, "M": 1}.get(unit, 0)
    try:
        if months:
            year, month = divmod(when.year * 12 + when.month - 1 + months, 12)
            day = min(when.day, monthrange(year, month + 1)[1])
            return when.replace(year=year, month=month + 1, day=day)
        names = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
        return when + dt.timedelta(**{names[unit]: amount})
    except (ValueError, OverflowError, IllegalMonthError):
        raise TemplateLimitError("that day is too far away") from None


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _jsonable(one) for name, one in cast("Mapping[object, object]", value).items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(one) for one in cast("list[Any]", value)]
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else value
