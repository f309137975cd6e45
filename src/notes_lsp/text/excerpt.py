"""Excerpt: a part of a note, cut to a size for display."""

from __future__ import annotations

from notes_lsp.text.source import Span

_LONGEST_LINE = 400


def excerpt(text: str, span: Span, most_lines: int) -> str:
    """The text of ``span`` without blank lines round it, at most ``most_lines`` lines; ``…`` says that more follows."""
    lines = text[span.start : span.end].strip("\r\n").splitlines()
    shown = [line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + "…" for line in lines[:most_lines]]
    while shown and not shown[-1].strip():
        shown.pop()
    if len(lines) > most_lines:
        shown.append("…")
    return "\n".join(_fences_closed(shown))


def line_around(text: str, offset: int, most: int = 200) -> str:
    """The line that holds ``offset``, stripped, cut round the offset to at most ``most`` code points."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    ends = [end for end in (text.find("\n", offset), text.find("\r", offset)) if end >= 0]
    end = min(ends, default=len(text))
    line = text[start:end]
    if len(line) > most:
        first = max(0, min(offset - start - most // 2, len(line) - most))
        line = ("…" if first else "") + line[first : first + most] + ("…" if first + most < len(line) else "")
    return line.strip()


def _fences_closed(lines: list[str]) -> list[str]:
    """The lines with a code fence that the cut left open closed again, so that what follows is not shown as code."""
    fence = ""
    for line in lines:
        bare = line.lstrip()
        for mark in ("```", "~~~"):
            if bare.startswith(mark):
                run = bare[: len(bare) - len(bare.lstrip(mark[0]))]
                if not fence:
                    fence = run
                elif run.startswith(fence) and bare.strip() == run:
                    fence = ""
    return [*lines, fence] if fence else lines
