"""File names: whatever a note is called, its file is called something that every system and every link can take."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notes_lsp.ide.new_note.draft import check_path
from notes_lsp.text.filenames import safe_name, slug

TITLES = st.one_of(
    st.text(max_size=300),
    st.text(alphabet='./\\:*?"<>|#^[]-_ \n\t\x00\u202eaA1é🌱', max_size=30),
    st.sampled_from(["con", "NUL.md", "com1.tar.gz", "..", ".", "", "/", "aux .x", "con" + "\u0301", "x" * 900]),
)
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:|*?"<>#^\[\]\u2028\u2029\u202a-\u202e]')
RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)\s*(?:\..*)?")


@given(TITLES)
@example("a: /b")
@example("con .")
def test_names_are_safe(title: str) -> None:
    """A name is never empty, hidden, reserved or too long, and has nothing in it that divides paths or links."""
    for name in (safe_name(title), slug(title)):
        assert name.strip(" .") == name
        assert name
        assert not FORBIDDEN.search(name)
        assert not RESERVED.fullmatch(name)
        assert len(name.encode()) <= 210
        check_path(f"{name}.md")


@given(TITLES)
def test_names_are_final(title: str) -> None:
    """What has been made safe is not changed again, and a slug is its own slug."""
    assert safe_name(safe_name(title)) == safe_name(title)
    assert slug(slug(title)) == slug(title)


@pytest.mark.parametrize(
    "title, name, short",
    [
        ("Green tea", "Green tea", "green-tea"),
        ("TCP/IP", "TCP-IP", "tcp-ip"),
        ("Dune: Messiah", "Dune Messiah", "dune-messiah"),
        ("Süße Äpfel & Birnen!", "Süße Äpfel & Birnen!", "süße-äpfel-birnen"),
        ("日本語のノート", "日本語のノート", "日本語のノート"),
        ("हिन्दी नोट", "हिन्दी नोट", "हिन्दी-नोट"),
        ("🌱", "🌱", "untitled"),
        ("../../etc/passwd", "etc-passwd", "etc-passwd"),
        ("", "Untitled", "untitled"),
        ("CON.txt", "CON_.txt", "con-txt"),
    ],
)
def test_names_as_people_expect_them(title: str, name: str, short: str) -> None:
    """Letters of all scripts and their marks stay; only what would do harm goes."""
    assert (safe_name(title), slug(title)) == (name, short)
