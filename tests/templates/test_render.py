"""Templates: what is filled in says exactly what it said, and whatever a template tries, it ends, small and inside."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.frontmatter.values import header, to_plain
from notes_lsp.templates.render import TemplateFaultError, evaluate, render, render_path, syntax_error, variables_in

NOW = dt.datetime(2024, 5, 12, 9, 5, tzinfo=dt.UTC)
VALUES: dict[str, Any] = {
    "title": "Tea",
    "date": NOW.date(),
    "now": NOW,
    "time": "09:05",
    "date_format": "YYYY-MM-DD",
    "time_format": "HH:mm",
    "yesterday": NOW.date() - dt.timedelta(days=1),
    "tomorrow": NOW.date() + dt.timedelta(days=1),
    "text": "Hot.",
    "cursor": "",
    "number": 4,
    "list": ["a", "b: c"],
}
LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp"]), max_size=60)


def said(text: str) -> dict[str, object]:
    """What the frontmatter of a note says, where nothing is wrong with it."""
    found = header(text)
    assert found is not None
    assert not found.problems
    return to_plain(found.entries)


@given(LINES.map(str.strip))
def test_a_value_in_the_frontmatter_says_what_it_said(value: str) -> None:
    """Whatever characters it has: alone, in quotes of either kind, in a list, within a text, under a nested key."""
    template = (
        "---\na: {{title}}\nb: \"{{title}}\"\nc: '{{title}}'\nd: [x, {{title}}]\ne:\n  - {{title}}\nf: on {{title}} x\n"
        "g:\n  h: {{title}}\n---\n{{title}}\n"
    )
    text = render(template, {**VALUES, "title": value})
    found = said(text)
    assert (found["a"] or "") == (value or "")
    assert found["b"] == value
    assert found["c"] == value
    assert found["d"] == ["x", value]
    assert found["e"] == [value]
    assert found["f"] == f"on {value} x"
    assert found["g"] == {"h": value}
    assert text.endswith(f"---\n{value}\n")


@given(
    LINES.map(str.strip),
    st.sampled_from(['+++\na = {{title}}\nb = "{{title}}"\n+++\n', '{"a": {{title}}, "b": "{{title}}"}\n']),
)
def test_the_same_in_toml_and_json(value: str, template: str) -> None:
    """A value alone is written as a text of the format, in quotes it is escaped."""
    assert said(render(template, {**VALUES, "title": value})) == {"a": value, "b": value}


def test_values_keep_their_types() -> None:
    """Numbers, days and lists are what they are where they stand alone, and texts where they stand in quotes."""
    text = render(
        '---\nn: {{number}}\nday: {{date}}\nquoted: "{{date}}"\nformatted: {{date:YYYY-MM-DD}}\nlist: {{list}}\n'
        "german: {{date:DD.MM.YYYY}}\njoined: [{{ list | join(', ') }}]\nleft: {{cursor}}\n---\n",
        VALUES,
    )
    assert text.startswith("---\nn: 4\nday: 2024-05-12\nquoted:")
    found = said(text.replace("[a, b: c]", "[a, b]"))
    assert found == {
        "n": 4,
        "day": "2024-05-12",
        "quoted": "2024-05-12",
        "formatted": "2024-05-12",
        "list": ["a", "b: c"],
        "german": "12.05.2024",
        "joined": ["a", "b"],
        "left": "",
    }


@pytest.mark.parametrize(
    "template, text",
    [
        ("{{ title | upper }} {{ title ~ '!' }}", "TEA Tea!"),
        ("{{date+1d:dddd}} {{date-1M:MMMM}} {{ monday:YYYY-MM-DD }} {{time:H}}", "Monday April 2024-05-06 9"),
        ("{{Date}} {{TITLE | default('x')}}", "2024-05-12 x"),
        ("{% for one in list %}{{ loop.index }}{{ one }};{% endfor %}", "1a;2b: c;"),
        ("{% set x %}{{ title }}{% endset %}{{ x | lower }}", "tea"),
        ("{% macro m(a) %}<{{ a }}>{% endmacro %}{{ m(title) }}", "<Tea>"),
        ("{% raw %}{{date:YYYY}}{% endraw %}{# {{date:YYYY}} #}", "{{date:YYYY}}"),
        ("# Heading {#an-id}", "# Heading {#an-id}"),
        (
            "{{ date | plus(-7) }} {{ date | strftime('%d.%m.') }} {{ now | shift(2, 'M') | strftime('MMMM') }}",
            "2024-05-05 12.05. July",
        ),
        ("{{ 7 // 2 }}{{ 'ab' * 2 }}{{ [1] + [2] }}{{ list | length }}", "3abab1, 22"),
        ("{{ title | slug }}{{ 'a/b' | filename }}{{ list | tojson }}", 'teaa-b["a", "b: c"]'),
        ("<% tp.date.now() %> {single}", "<% tp.date.now() %> {single}"),
    ],
)
def test_what_templates_can_do(template: str, text: str) -> None:
    """Jinja's expressions, and the holes of Obsidian; what belongs to other programs is left alone."""
    assert render(template, VALUES) == text


ENDLESS = [
    "{% for a in range(10 ** 9) %}x{% endfor %}",
    "{% for a in range(9999) %}{% for a in range(9999) %}{% endfor %}{% endfor %}",
    "{% for a in range(9999) %}" + "x" * 9_999 + "{% endfor %}",
    "{% set x %}{% for a in range(9999) %}" + "x" * 9_999 + "{% endfor %}{% endset %}",
    "{{ 'x' * 10 ** 9 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ [0] * 10 ** 9 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ 'x'.ljust(10 ** 9) }}",
    "{{ 'x' | center(10 ** 9) }}",
    "{{ lipsum(n=10 ** 6) }}",
    "{{ ('x' * 999) | replace('x', 'y' * 999) | replace('y', 'z' * 999) }}",
    "{% set n = namespace(a='xx') %}{% for i in range(99) %}{% set n.a = n.a ~ n.a %}{% endfor %}{{ n.a }}",
    "{% set n = namespace(a=[1]) %}{% for i in range(99) %}{% set n.a = [n.a, n.a] %}{% endfor %}{{ n.a }}",
    "{% set n = namespace(a=[1]) %}{% for i in range(99) %}{% set n.a = n.a + n.a %}{% endfor %}{{ n.a }}",
    "{% set n = namespace(a='xx') %}{% for i in range(99) %}{% set n.a %}{{ n.a }}{{ n.a }}{% endset %}{% endfor %}",
    "{% set n = namespace(a=9) %}{% for i in range(99) %}{% set n.a = n.a * n.a %}{% endfor %}{{ n.a }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    "{% block a %}{{ self.a() }}{{ self.a() }}{% endblock %}",
    "{% for a in [1, 2] recursive %}{{ loop([1, 2]) }}{% endfor %}",
    "{{ " + "(" * 20_000 + "1 }}",
    "{{ 1" + " + 1" * 20_000 + " }}",
    "{% if 1 %}" * 300 + "{% endif %}" * 300,
    "{{ " + "x" * 300_000 + " }}",
]


@pytest.mark.parametrize("template", ENDLESS)
def test_no_template_goes_on_or_grows_without_end(template: str) -> None:
    """Loops, macros, powers and values that double themselves are stopped, long before anybody has to wait."""
    began = time.process_time()
    try:
        found = len(render(template, VALUES))
    except TemplateFaultError:
        found = 0
    assert found < 2_000_000
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ title | attr('__class__') }}",
        "{{ range.__globals__ }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ now.tzinfo.__class__ }}",
        "{{ [].append(1) }}",
        "{{ list.append(1) }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends 'x' %}",
        "{{ env }}",
        "{{ environ.HOME }}",
        "{{ namespace }}",
    ],
)
def test_there_is_no_way_out(template: str) -> None:
    """Neither Python's insides nor files nor the environment can be named, and what was given cannot be changed."""
    with pytest.raises(TemplateFaultError):
        render(template, VALUES)
    assert VALUES["list"] == ["a", "b: c"]


@pytest.mark.parametrize(
    "template, line, message",
    [
        ("a\n{% if %}", 2, "Expected an expression"),
        ("a\n\n{{ nothing }}", 3, "--set nothing="),
        ("---\ntitle: {{title}}\n---\n{{ nothing.more }}", 4, "--set nothing="),
        ("{{ 1 / 0 }}", 1, "zero"),
        ("\n{{ title | nofilter }}", 2, "nofilter"),
    ],
)
def test_mistakes_are_told_with_their_line(template: str, line: int, message: str) -> None:
    """Whoever wrote the template is told where, and what can be done."""
    with pytest.raises(TemplateFaultError, match="line") as caught:
        render(template, VALUES)
    assert caught.value.line == line
    assert message in str(caught.value)


@given(st.text(alphabet="{}%#|~.:()[]'\"ab \n-+*1", max_size=60), st.booleans())
def test_any_text_is_a_template_or_says_why_not(text: str, in_header: bool) -> None:  # noqa: FBT001  (Hypothesis gives it)
    """Whatever stands between braces, there is a text or a clear error."""
    template = f"---\na: {text}\n---\n" if in_header else text
    with contextlib.suppress(TemplateFaultError):
        render(template, VALUES)
    assert syntax_error(template) is None or str(syntax_error(template))
    variables_in(template)


def test_values_in_names_divide_no_folders() -> None:
    """Only a format of days may; whatever else is filled into a pattern for a path is made safe."""
    values = {**VALUES, "title": "../a/b"}
    assert render_path("{{title}}", values) == "a-b"
    assert render_path("{{date:YYYY/MM}}/{{ title }}", values) == "2024/05/a-b"


def test_properties_are_evaluated() -> None:
    """One hole alone keeps its type; anything else is a text."""
    assert evaluate("{{date}}", VALUES) == NOW.date()
    assert evaluate("{{ number + 1 }}", VALUES) == 5
    assert evaluate("on {{date}}", VALUES) == "on 2024-05-12"
    assert evaluate("plain", VALUES) == "plain"
    assert json.dumps(evaluate("{{list}}", VALUES)) == '["a", "b: c"]'


def test_the_names_a_template_asks_for() -> None:
    """So that an id is taken only where one is asked for."""
    assert variables_in("{{id}} {{title}}") == {"id", "title"}
    assert "id" in variables_in("{% if id %}{{ id | upper }}{% endif %}")
    assert variables_in("no holes, an id") == frozenset()
