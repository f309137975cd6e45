"""YAML headers with each loader of PyYAML: libyaml's and the one in Python find the same values and problems."""

from __future__ import annotations

import inspect
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st

from headers import notes_of_specs, yaml
from notes_lsp.facts import Frontmatter
from notes_lsp.frontmatter.formats import yaml as yaml_header
from notes_lsp.frontmatter.formats.yaml_scan import scan_yaml
from notes_lsp.frontmatter.read import read_frontmatter

READING = runpy.run_path(str(Path(__file__).with_name("test_read.py")))
Loader = type[pyyaml.SafeLoader] | type[pyyaml.CSafeLoader]

LOADERS: list[Loader] = [pyyaml.SafeLoader, *([pyyaml.CSafeLoader] if pyyaml.__with_libyaml__ else [])]
WITH_TABS = ["a: x\ty", "a: x\t# c", "a: \t# c", "a:\t'x'\t", "a: [x,\ty\t]\t# c", "a:\n-  \tx\n-\t y", "a: {x:\ty}"]


def cases() -> Iterator[str]:
    """The headers of the tests beside this one, those of the specs, and some with tabs."""
    for test in (
        READING["test_yaml_is_read_with_exact_spans"],
        READING["test_broken_yaml_is_told_in_place_and_the_rest_is_read"],
    ):
        for mark in getattr(inspect.unwrap(test), "pytestmark"):  # noqa: B009  (functions have it only for pytest)
            yield from (yaml(case[0]) for case in mark.args[1])
    yield from (text for _, text in notes_of_specs() if text.startswith("---"))
    yield from map(yaml, WITH_TABS)


def read_with(loader: Loader, text: str) -> Frontmatter | None:
    """The header of a text as it is read where PyYAML has only that loader."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_header, "_PARSER", loader)
        return read_frontmatter(text)


def test_every_loader_finds_the_same() -> None:
    """No message, place or value depends on which parser found the fault, or on its version."""
    headers = list(cases())
    assert len(headers) > 100
    for text in headers:
        assert len({repr(read_with(loader, text)) for loader in LOADERS}) == 1, text


class Silent(pyyaml.SafeLoader):
    """A loader whose errors say nothing but where they are."""

    def check_event(self, *choices: Any) -> bool:
        """As for any loader."""
        try:
            return super().check_event(*choices)
        except pyyaml.MarkedYAMLError as error:
            raise pyyaml.MarkedYAMLError(problem_mark=error.problem_mark) from None


def test_no_message_is_made_of_the_words_of_a_parser() -> None:
    """What is told stays the same where the errors of the parser have no words."""
    for text in cases():
        assert read_with(Silent, text) == read_with(pyyaml.SafeLoader, text), text


PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "a: ",
                "b:",
                "\n",
                "\n",
                "\n  ",
                "- ",
                "? ",
                ": ",
                "x",
                "x y",
                "[",
                "]",
                "{",
                "}",
                ", ",
                "'",
                '"',
                "|",
                ">-",
            ),
            *(
                "#",
                " #",
                "@",
                "%",
                "`",
                "*a",
                "&a ",
                "!t ",
                "\\p",
                "\t",
                "---",
                "...",
                "[[n]]",
                "{{x}}",
                "é",
                "2024-01-01",
            ),
        ]
    ),
    max_size=12,
).map("".join)


@given(PIECES)
@settings(max_examples=300)
def test_what_is_valid_has_no_fault(body: str) -> None:
    """Our own reading finds no fault in what libyaml takes."""
    text = f"k: {body}\n"
    try:
        list(pyyaml.parse(text, Loader=LOADERS[-1]))
    except pyyaml.YAMLError:
        return
    assert scan_yaml(text, 0, len(text)).fault is None
