"""Formats: results as lines, tables, JSON, CSV or whatever a template says, for people and for the next program."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from notes_lsp.cli.shell.row_template import (
    Row,
    Template,
    TemplateError,
    cells_of,
    cut,
    format_value,
    one_line,
    read_template,
)
from notes_lsp.cli.shell.terminal import paint
from notes_lsp.text.source import escape_control

FORMATS = ("table", "path", "line", "json", "jsonl", "csv", "tsv")
_NUL_CAN_END = frozenset({"path", "line", "jsonl"})
_NARROWEST = 8


@dataclass(frozen=True, slots=True)
class Shape:
    """What the results of a verb look like.

    Where a row has ``path`` (relative to the vault), its place may be told more exactly by ``line`` and ``column``,
    both from 1; a field ``file`` is made of it: the same file as it is called from the current folder.
    """

    columns: tuple[str, ...]
    """Every field that a row has, in the order of JSON and CSV."""
    text: str
    """The template of what ``line`` says of a result, behind its place."""
    table: tuple[str, ...] = ()
    """The columns of a table; all where there are none."""
    paths: str = "path"
    """The column that ``path`` prints: of where something stands, or of what it is about."""
    piped: str = "line"
    """The format where nobody asked for one and no terminal shows it."""
    terminal: str = "table"
    """The format on a terminal."""
    besides: tuple[str, ...] = ()
    """Fields for templates alone."""
    more: bool = False
    """Rows may have fields that are known only when they come; whoever makes them checks the template."""


@dataclass(frozen=True, slots=True)
class Style:
    """How results are to be written."""

    format: str
    """One of ``FORMATS``, or a template."""
    null: bool
    """End each with NUL and not with a line end."""
    color: bool
    header: bool
    width: int | None
    """The cells of a line of the terminal; ``None`` where there is none."""

    @property
    def template(self) -> Template | None:
        """The template, where the format is one."""
        return None if self.format in FORMATS else read_template(self.format)


def check_style(style: Style, shape: Shape) -> None:
    """Make sure that results of this shape can be written in this style.

    Raises:
        TemplateError: they cannot; the message says what can be done.
    """
    template = style.template
    if template is not None and not shape.more:
        template.check((*shape.columns, *shape.besides, *(("file",) if "path" in shape.columns else ())))
    if style.null and template is None and style.format not in _NUL_CAN_END:
        raise TemplateError(f"-0 ends paths, lines and templates, not {style.format}")
    if style.format == "path" and "path" not in shape.columns:
        raise TemplateError("there are no paths here")


def write_results(rows: Iterable[Row], shape: Shape, style: Style, root: Path, out: TextIO) -> int:
    """Write results of the vault at ``root``; how many there were."""
    counted = _Counted(rows)
    locate = _locator(root)
    located = ({**row, "file": locate(str(row["path"]))} for row in counted) if "path" in shape.columns else counted
    if style.format == "path":
        _as_paths((locate(str(row[shape.paths])) for row in counted if row[shape.paths]), style, out)
    else:
        _WRITERS.get(style.format, _by_template)(located, shape, style, out)
    return counted.count


@dataclass(slots=True)
class _Counted:
    rows: Iterable[Row]
    count: int = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            self.count += 1
            yield row


def _locator(root: Path) -> Callable[[str], str]:
    """What says how a path of the vault is called from the current folder: whole, where that is elsewhere."""
    try:
        here = Path.cwd()
    except OSError:
        here = root
    base = f"{root}".rstrip("/") + "/"
    if here == root:
        return lambda path: path
    if here.is_relative_to(root) or root.is_relative_to(here):
        return lambda path: os.path.relpath(base + path, here)
    return lambda path: base + path


def _as_paths(paths: Iterable[str], style: Style, out: TextIO) -> None:
    seen: set[str] = set()
    end = "\0" if style.null else "\n"
    for path in paths:
        if path not in seen:
            seen.add(path)
            # Other characters are a part of the name, which a program may take as it is.
            out.write(f"{path}{end}" if style.null else path.replace("\n", "\\n") + end)


def _as_lines(rows: Iterable[Row], shape: Shape, style: Style, out: TextIO) -> None:
    template = read_template(shape.text)
    end = "\0" if style.null else "\n"
    for row in rows:
        text = str(row.get("styled") or one_line(template.fill(row)).rstrip())
        if "path" not in shape.columns:
            out.write(f"{text}{end}")
            continue
        file = str(row["file"]) if style.null else escape_control(str(row["file"]))
        place = f"{row.get('line') or 1}:{row.get('column') or 1}"
        if style.color:
            out.write(f"{paint(file, '35')}:{paint(place, '32')}: {text}{end}")
        else:
            out.write(f"{file}:{place}: {text}{end}")


def _by_template(rows: Iterable[Row], _: Shape, style: Style, out: TextIO) -> None:
    template = style.template
    end = "\0" if style.null else "\n"
    if template is not None:
        out.writelines(f"{template.fill(row)}{end}" for row in rows)


def _as_json(rows: Iterable[Row], shape: Shape, _: Style, out: TextIO) -> None:
    import json

    values = [{name: row.get(name) for name in shape.columns} for row in rows]
    json.dump(values, out, ensure_ascii=False, indent=2, default=str)
    out.write("\n")


def _as_json_lines(rows: Iterable[Row], shape: Shape, style: Style, out: TextIO) -> None:
    import json

    end = "\0" if style.null else "\n"
    for row in rows:
        json.dump({name: row.get(name) for name in shape.columns}, out, ensure_ascii=False, default=str)
        out.write(end)


def _as_csv(rows: Iterable[Row], shape: Shape, style: Style, out: TextIO) -> None:
    import csv

    writer = csv.writer(out, lineterminator="\n")
    # The plain one leaves a lone carriage return bare, which readers take for the end of a row.
    careful = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    if style.header:
        writer.writerow(shape.columns)
    for row in rows:
        values = [format_value(row.get(name)) for name in shape.columns]
        (careful if any("\r" in value for value in values) else writer).writerow(values)


def _as_tsv(rows: Iterable[Row], shape: Shape, style: Style, out: TextIO) -> None:
    escapes = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
    if style.header:
        out.write("\t".join(shape.columns) + "\n")
    out.writelines(
        "\t".join(format_value(row.get(name)).translate(escapes) for name in shape.columns) + "\n" for row in rows
    )


def _as_table(rows: Iterable[Row], shape: Shape, style: Style, out: TextIO) -> None:
    columns = shape.table or shape.columns
    shown = ["file" if name == "path" else name for name in columns]
    found = list(rows)
    if not found:
        return
    cells = cells_of()
    numeric = [all(isinstance(row.get(name), int | float | None) for row in found) for name in shown]
    names = {"file", shape.paths}
    lines = [
        [(escape_control if name in names else one_line)(format_value(row.get(name))) for name in shown]
        for row in found
    ]
    heads = [list(columns)] if style.header else []
    widths = [max(map(cells, column)) for column in zip(*heads, *lines, strict=True)]
    if style.width is not None:
        widths = _narrowed(widths, style.width - 2 * (len(widths) - 1))
    for number, line in enumerate(chain(heads, lines)):
        padded = [
            _padded(cut(text, width), width, cells, right=right)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ]
        text = "  ".join(padded).rstrip()
        out.write(f"{paint(text, '1')}\n" if style.color and number < len(heads) else f"{text}\n")


def _narrowed(widths: list[int], most: int) -> list[int]:
    """Take cells from the widest columns until all fit, as far as they can."""
    widths = list(widths)
    while sum(widths) > most and max(widths) > _NARROWEST:
        widest = max(widths)
        next_to = max((width for width in widths if width < widest), default=_NARROWEST)
        many = widths.count(widest)
        less = max(next_to, _NARROWEST, widest - -(-(sum(widths) - most) // many))
        widths = [less if width == widest else width for width in widths]
        if less == widest:
            break
    return widths


def _padded(text: str, width: int, cells: Callable[[str], int], *, right: bool) -> str:
    missing = " " * (width - cells(text))
    return missing + text if right else text + missing


def first(rows: Iterable[Row], limit: int | None) -> Iterable[Row]:
    """No more than ``limit`` of the rows."""
    return rows if limit is None else islice(rows, limit)


_WRITERS: dict[str, Callable[[Iterable[Row], Shape, Style, TextIO], None]] = {
    "table": _as_table,
    "line": _as_lines,
    "json": _as_json,
    "jsonl": _as_json_lines,
    "csv": _as_csv,
    "tsv": _as_tsv,
}
