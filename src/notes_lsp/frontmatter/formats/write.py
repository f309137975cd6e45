"""Write: one value as YAML, TOML or JSON, quoted only where necessary."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import cast

import yaml

from notes_lsp.text.numbers import parse_number

HeaderValue = str | int | float | bool | dt.date | None | Sequence["HeaderValue"] | Mapping[str, "HeaderValue"]
"""What can be written."""

# One way to read each letter: with two, a sentence that ends in another sign would be tried in all of them.
_PLAIN_YAML = re.compile(r"[^\W_](?:,?[ \w./+()'&@%$~^=*!;-])*", re.UNICODE)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_RESOLVER = yaml.SafeLoader("")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def literal(format_: str, value: HeaderValue, *, flow: bool = False) -> str:
    """A value on one line; in YAML ``flow`` says that it stands between brackets, where commas need quotes."""
    if isinstance(value, Mapping):
        equals = " = " if format_ == "toml" else ": "
        pairs = ", ".join(
            write_key(format_, name) + equals + literal(format_, one, flow=True) for name, one in value.items()
        )
        return f"{{ {pairs} }}" if format_ == "toml" and pairs else f"{{{pairs}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        inner = ", ".join(literal(format_, one, flow=True) for one in value)
        # Two brackets in a row would be taken for a link.
        return f"[ {inner} ]" if inner.startswith("[") else f"[{inner}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return '""' if format_ == "toml" else "null"
    if isinstance(value, dt.date):
        return f'"{value.isoformat()}"' if format_ == "json" else value.isoformat()
    if isinstance(value, float):
        return _float(format_, value)
    if isinstance(value, int):
        return str(value)
    return text(format_, value, flow=flow)


def write_key(format_: str, name: str) -> str:
    """A key, quoted where it has to be."""
    if format_ == "json":
        return quote(name)
    if format_ == "toml":
        return name if _BARE_KEY.fullmatch(name) else quote(name)
    return text("yaml", name, flow=True)


def text(format_: str, value: str, *, flow: bool = False) -> str:
    """A text; in YAML it stays plain where it then means the same text, even to readers of YAML 1.1 and 1.2."""
    if format_ == "yaml" and is_plain(value, flow=flow):
        return value
    return quote(value)


def is_plain(value: str, *, flow: bool) -> bool:
    """Whether a text can stand in YAML without quotes."""
    if len(value) > 1_000 or not _PLAIN_YAML.fullmatch(value) or value != value.strip() or (flow and "," in value):
        return False
    resolve = cast("str", _RESOLVER.resolve(yaml.ScalarNode, value, (True, False)))  # type: ignore[no-untyped-call]
    return resolve.endswith(":str") and not re.fullmatch(r"[-+.]?[0-9][0-9_.,eExXoO+-]*|[yYnN]", value)


def read_value(value: str, kind: str) -> HeaderValue:
    """A value as it can be written again: ``value`` is the text of a property, ``kind`` its type."""
    match kind:
        case "number":
            found = parse_number(value)
            return found if not isinstance(found, str) else None
        case "boolean":
            return value == "true"
        case "date" | "datetime":
            try:
                return dt.date.fromisoformat(value) if kind == "date" else dt.datetime.fromisoformat(value)
            except ValueError:
                return value
        case _:
            return value


def quote(value: str) -> str:
    """A text in double quotes, as all three formats read it."""
    escaped = json.dumps(value, ensure_ascii=False)
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", escaped)


def _float(format_: str, value: float) -> str:
    written = repr(value)
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124  (the test for NaN)
        return {"yaml": f".{written}".replace(".-", "-."), "toml": written}.get(format_, "null")
    return written if "." in written or "e" not in written else written.replace("e", ".0e", 1)
