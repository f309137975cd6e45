"""Text: places survive every encoding, lines end where the protocol says, and edits are list splicing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.text.source import Edit, Encoding, Position, Source, Span, apply_edits, clean, decode, width

# What other text models split lines at, what takes two or four units, and what belongs together.
CHARACTERS = "ab \t\n\r\u2028\u2029\f\v\x1c\x85é\u0301ßİ中🌱👩\u200d\U0010ffff\ufeff\x00"
TEXTS = st.text(alphabet=CHARACTERS, max_size=30)
ENCODINGS = st.sampled_from(Encoding)


@given(TEXTS, ENCODINGS, st.data())
def test_an_offset_survives_the_way_to_the_client_and_back(text: str, encoding: Encoding, data: st.DataObject) -> None:
    """Every offset that an editor can show is the same after offset -> position -> offset."""
    source = Source(text)
    offset = data.draw(st.integers(0, len(text)))

    back = source.offset(source.position(offset, encoding), encoding)

    inside_a_line_end = text[max(0, offset - 1) : offset + 1] == "\r\n"
    assert back == (offset - 1 if inside_a_line_end else offset)


@given(TEXTS, ENCODINGS)
def test_positions_are_those_of_the_encoded_text(text: str, encoding: Encoding) -> None:
    """A column counts the units of the line before it, as the encoding itself would write them."""
    source = Source(text)
    unit = {Encoding.UTF8: ("utf-8", 1), Encoding.UTF16: ("utf-16-le", 2), Encoding.UTF32: ("utf-32-le", 4)}[encoding]
    for offset in range(len(text) + 1):
        position = source.position(offset, encoding)
        line = source.line_text(position.line)
        before = line[: offset - source.line_span(position.line).start]
        assert position.column == len(before.encode(unit[0])) // unit[1] == width(before, encoding)


@given(TEXTS)
def test_lines_are_those_of_the_protocol(text: str) -> None:
    """Lines end at CR LF, LF and CR, and neither at U+2028 nor at a form feed, however Python sees that."""
    source = Source(text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    assert [source.line_text(line) for line in range(source.line_count)] == lines
    assert all(source.line_of(source.line_span(line).start) == line for line in range(source.line_count))


@given(TEXTS, ENCODINGS, st.integers(0, 8), st.integers(0, 40))
def test_any_position_is_somewhere_in_its_line(text: str, encoding: Encoding, line: int, column: int) -> None:
    """A column past the end of a line means its end, and a line past the end of the text means the end of the text."""
    source = Source(text)

    offset = source.offset(Position(line, column), encoding)

    if line >= source.line_count:
        assert offset == len(text)
    else:
        span = source.line_span(line)
        assert span.start <= offset <= span.end
        assert width(text[span.start : offset], encoding) <= column


@given(TEXTS, TEXTS, ENCODINGS, st.data())
def test_replacing_is_splicing(text: str, new: str, encoding: Encoding, data: st.DataObject) -> None:
    """An incremental change does what slicing the text does, also when its range is given backwards."""
    source = Source(text)
    first, last = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    start, end = source.position(first, encoding), source.position(last, encoding)
    first, last = source.offset(start, encoding), source.offset(end, encoding)

    assert source.replace(start, end, new, encoding).text == text[:first] + new + text[last:]
    assert source.replace(end, start, new, encoding) == source.replace(start, end, new, encoding)


@given(TEXTS, st.data())
def test_edits_apply_in_any_order(text: str, data: st.DataObject) -> None:
    """Edits are given in offsets of the text before, so their order does not matter."""
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    edits = [Edit(Span(*pair), "!") for pair in zip(cuts[::2], cuts[1::2], strict=False)]
    expected = text
    for edit in reversed(edits):
        expected = expected[: edit.span.start] + edit.text + expected[edit.span.end :]

    assert apply_edits(text, list(reversed(edits))) == expected == apply_edits(text, edits)


def test_edits_that_overlap_are_refused() -> None:
    """Nobody can know what two edits of the same place would mean."""
    with pytest.raises(ValueError, match="overlap at offset 1"):
        apply_edits("abc", [Edit(Span(0, 2), ""), Edit(Span(1, 3), "")])


def test_a_column_inside_a_character_is_its_beginning() -> None:
    """Half a surrogate pair, or the middle of a UTF-8 sequence, is rounded down."""
    source = Source("🌱é")

    assert [source.offset(Position(0, column), Encoding.UTF16) for column in range(5)] == [0, 0, 1, 2, 2]
    assert [source.offset(Position(0, column), Encoding.UTF8) for column in range(8)] == [0, 0, 0, 0, 1, 1, 2, 2]


def test_a_negative_position_is_the_beginning() -> None:
    """Nonsense from a client is rounded to the nearest sense."""
    source = Source("a\nb")

    assert source.offset(Position(-1, 5), Encoding.UTF16) == 0
    assert source.offset(Position(1, -1), Encoding.UTF16) == 2


def test_bytes_become_text() -> None:
    """A byte order mark is dropped; what is not UTF-8 is replaced, and said so."""
    assert decode(b"\xef\xbb\xbfa") == ("a", True)
    assert decode("a🌱".encode()) == ("a🌱", True)
    assert decode(b"a\xffb") == ("a\ufffdb", False)
    assert decode(b"\xef\xbb\xbf\xff") == ("\ufffd", False)
    assert decode(b"\xed\xa0\x80")[1] is False


def test_lone_surrogates_are_replaced() -> None:
    """What JSON can spell and UTF-8 cannot takes the place of one unit before and after."""
    assert clean("a\ud800b") == "a\ufffdb"
    assert Source("x").replace(Position(0, 1), Position(0, 1), "\udc00", Encoding.UTF16).text == "x\ufffd"
