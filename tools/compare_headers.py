"""Compare what is read of frontmatter with what the parsers of YAML, TOML and JSON make of it, over whole folders.

``python tools/compare_headers.py FOLDER...`` reads every note below the folders, writes nothing, and prints each value
that PyYAML, tomllib or json reads otherwise, each header that one of the two refuses, and how many are alike. What is
read otherwise on purpose (links, times, what templates fill in) is counted apart.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import yaml

from notes_lsp.facts import PropertyType
from notes_lsp.frontmatter.formats.tree import LIMIT, HeaderEntry, Node, is_link, is_placeholder_value
from notes_lsp.frontmatter.values import header
from notes_lsp.text.source import decode

_FENCED = re.compile(
    r"\A(?:---[ \t]*\r?\n(?P<yaml>.*?)^(?:---|\.\.\.)|\+\+\+[ \t]*\r?\n(?P<toml>.*?)^\+\+\+)[ \t]*\r?$",
    re.DOTALL | re.MULTILINE,
)
_NO_DAY = re.compile(r"out of range for month|must be in (?:range )?\d+\.\.\d+")
_CLOCK = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-9]+)+(?:\.[0-9_]*)?")
_ERRORS = (yaml.YAMLError, ValueError, RecursionError, TypeError, KeyError, AttributeError)
_MAX_SHOWN = 40


@dataclass(slots=True)
class Tally:
    """What was found so far."""

    formats: Counter[str] = field(default_factory=Counter[str])
    outcomes: Counter[str] = field(default_factory=Counter[str])
    purposes: Counter[str] = field(default_factory=Counter[str])
    differences: list[str] = field(default_factory=list[str])


def main(arguments: Sequence[str]) -> int:
    """Compare all notes below the folders; returns 1 where anything differs that should not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folders", nargs="+", type=Path)
    wrong = 0
    for folder in parser.parse_args(arguments).folders:
        tally = compared(folder)
        wrong += len(tally.differences)
        print(f"{folder}: {_listed(tally.formats)}; {_listed(tally.outcomes)}")
        print(f"  on purpose: {_listed(tally.purposes)}")
        for line in tally.differences[:_MAX_SHOWN]:
            print(f"  {line}")
        if len(tally.differences) > _MAX_SHOWN:
            print(f"  ... and {len(tally.differences) - _MAX_SHOWN} more")
    return 1 if wrong else 0


def compared(folder: Path) -> Tally:
    """What the two say of every note below a folder."""
    tally = Tally()
    for path in sorted((*folder.rglob("*.md"), *folder.rglob("*.markdown"))):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            text = decode(path.read_bytes())[0]
            for line in compared_note(text, tally):
                tally.differences.append(f"{path.relative_to(folder)}: {line}")
    return tally


def compared_note(text: str, tally: Tally) -> Iterator[str]:
    """Each difference in one note, in words."""
    split = _split(text)
    if split is None:
        return
    format_, body = split
    theirs, refused = _theirs(format_, body)
    if not isinstance(theirs, dict) and refused is None:
        return  # a text between two rules
    found = header(text)
    tally.formats[format_] += 1
    if found is None:
        tally.outcomes["prose for us" if refused else "different"] += 1
        if refused is None:
            yield "we see no header here"
        return
    if refused is not None and _NO_DAY.search(refused) and format_ == "yaml":
        tally.outcomes["days that do not exist"] += 1
        return
    said = [problem.message for problem in found.problems if problem.code == "frontmatter-syntax"]
    if refused is not None:
        tally.outcomes["refused by both" if found.problems or is_placeholder_value(body) else "refused by them"] += 1
        if not found.problems and not is_placeholder_value(body):
            yield f"they say: {' '.join(refused.split())[:160]}"
        return
    if any(problem.code == LIMIT for problem in found.problems):
        tally.outcomes["over our limits"] += 1
        return
    lines = [f"we say: {line}" for line in said]
    purposes: list[str] = []
    lines += _entries(found.entries, cast("dict[object, object]", theirs), "", purposes)
    tally.purposes.update(purposes)
    tally.outcomes["different" if lines else "alike"] += 1
    yield from lines


def _split(text: str) -> tuple[str, str] | None:
    match = _FENCED.match(text)
    if match is not None:
        return ("yaml", match["yaml"]) if match["yaml"] is not None else ("toml", match["toml"])
    if re.match(r'\{\s*"', text):
        try:
            return "json", text[: json.JSONDecoder().raw_decode(text)[1]]
        except ValueError:
            return None
    return None


def _theirs(format_: str, body: str) -> tuple[object, str | None]:
    """What the format's own parser makes of a header, and why it refuses it."""
    try:
        if format_ == "yaml":
            return yaml.safe_load(body), None
        return (tomllib.loads(body.replace("\r\n", "\n")) if format_ == "toml" else json.loads(body)), None
    except _ERRORS as error:
        return None, str(error)


def _entries(
    ours: Iterable[HeaderEntry], theirs: dict[object, object], path: str, purposes: list[str]
) -> Iterator[str]:
    mine = {_key(entry): entry.node for entry in ours}
    for key in theirs:
        if key not in mine:
            yield f"{path}{key!r} is missing"
    for key, node in mine.items():
        if key in theirs:
            yield from _value(node, theirs[key], f"{path}{key}", purposes)
        else:
            yield f"{path}{key!r} is too much"


def _key(entry: HeaderEntry) -> object:
    return entry.key if entry.key_type in (PropertyType.TEXT, PropertyType.LINK) else _number(entry.key)


def _value(node: Node, theirs: object, path: str, purposes: list[str]) -> Iterator[str]:
    if isinstance(theirs, dict) and node.type is PropertyType.OBJECT:
        yield from _entries(node.entries, cast("dict[object, object]", theirs), f"{path}.", purposes)
        return
    if isinstance(theirs, list) and node.type is PropertyType.LIST:
        items = cast("list[object]", theirs)
        if len(items) != len(node.items):
            yield f"{path}: {len(node.items)} elements, they have {len(items)}"
        for number, (inner, other) in enumerate(zip(node.items, items, strict=False)):
            yield from _value(inner, other, f"{path}[{number}]", purposes)
        return
    yield from _other(node, cast("object", theirs), path, purposes)  # type: ignore[redundant-cast]


def _other(node: Node, theirs: object, path: str, purposes: list[str]) -> Iterator[str]:
    """Two values that are not both tables, nor both lists."""
    purpose = _purpose(node, theirs)
    if purpose is not None:
        purposes.append(purpose)
    elif not _is_same(node, theirs):
        yield f"{path}: {node.type} {node.value[:60]!r}, they have {theirs!r:.80}"


def _purpose(node: Node, theirs: object) -> str | None:
    """What is read otherwise on purpose; ``None`` where nothing is."""
    if node.type is PropertyType.LINK and isinstance(theirs, list):
        return "links"
    if node.type is PropertyType.TEXT and isinstance(theirs, (int, float)) and _CLOCK.fullmatch(node.value):
        return "clock times"
    if node.type is PropertyType.DATETIME and isinstance(theirs, str):
        return "times without seconds"
    if node.type is PropertyType.TEXT and is_placeholder_value(node.value) and not isinstance(theirs, str):
        return "templates"
    return None


def _is_same(node: Node, theirs: object) -> bool:
    match node.type:
        case PropertyType.NULL:
            return theirs is None
        case PropertyType.BOOLEAN:
            return isinstance(theirs, bool) and node.value == str(theirs).lower()
        case PropertyType.NUMBER:
            number = _number(node.value)
            return isinstance(theirs, (int, float)) and (number == theirs or theirs != theirs)  # noqa: PLR0124  (NaN)
        case PropertyType.DATE:
            return type(theirs) is dt.date and node.value == theirs.isoformat()
        case PropertyType.DATETIME:
            return isinstance(theirs, dt.datetime) and node.value == theirs.isoformat()
        case PropertyType.LINK:
            return theirs == node.value and is_link(node.value)
        case PropertyType.TEXT:
            return node.value == (theirs.isoformat() if isinstance(theirs, dt.time) else theirs)
        case _:
            return False


def _number(written: str) -> object:
    try:
        value: object = yaml.safe_load(written)
        if isinstance(value, str):
            value = tomllib.loads(f"x = {written}")["x"]
    except _ERRORS:
        return written
    return value


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counted.most_common()) or "nothing"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
