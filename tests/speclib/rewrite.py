"""Rewriting: the answers that came, written into the spec file in place of the expected ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from speclib.compare import rewritten

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from speclib.play import Played


def rewrite(file: Path, played: Sequence[Played]) -> bool:
    """Write the wrong ones' answers into their fences; whether the file changed.

    Only fences between the two lines of a question are touched; a fence grows where the answer holds one itself.
    """
    lines = file.read_text(encoding="utf-8").split("\n")
    before = list(lines)
    for one in sorted((one for one in played if one.wrong), key=lambda one: -one.question.line):
        question = one.question
        text = rewritten(question, one.answer)
        opening = lines[question.line - 1]
        mark = re.match(r"(`+|~+)(.*)", opening)
        assert mark, f"{file}:{question.line} is no fence"
        runs = re.findall(rf"^{re.escape(mark[1][0])}{{3,}}", text, re.MULTILINE)
        fence = mark[1][0] * max(len(mark[1]), *(len(run) + 1 for run in runs), 3)
        lines[question.line - 1 : question.end_line] = [fence + mark[2], *text.split("\n"), fence]
    if lines == before:
        return False
    file.write_text("\n".join(lines), encoding="utf-8")
    return True
