"""Framing: any cutting of the stream gives the same messages, and a wrong header costs no message but its own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notes_lsp.lsp.transport import framing
from notes_lsp.lsp.transport.framing import Framing, Malformed
from speclib.wire import framed

VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=8) | st.just("Content-Length: 12\r\n\r\n{}"),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=3), one, max_size=2),
)
MESSAGE = st.dictionaries(st.sampled_from(["id", "method", "params", "é"]), VALUES)
CUTS = st.lists(st.integers(1, 20), min_size=1)
JUNK = st.sampled_from([b"", b"\r\n", b"no header\r\n", b"Content-Type: x\r\n", b"{}\r\n", b"garbage"])

ASKED = {"jsonrpc": "2.0", "id": 7, "method": "ask", "params": {"text": "ü"}}
BODY = json.dumps(ASKED, ensure_ascii=False).encode()
NEXT = {"id": 8}


def read(pieces: Iterable[bytes]) -> list[Any]:
    """What comes out of a stream that ends."""
    reader = Framing()
    return [found for piece in (*pieces, b"") for found in reader.feed(piece)]


def cut(stream: bytes, cuts: list[int]) -> list[bytes]:
    """A stream in pieces of these lengths, again and again."""
    pieces: list[bytes] = []
    at = 0
    while at < len(stream):
        size = cuts[len(pieces) % len(cuts)]
        pieces.append(stream[at : at + size])
        at += size
    return pieces


def messages(found: list[Any]) -> list[Any]:
    """Those that are messages."""
    return [one for one in found if isinstance(one, dict)]


@given(st.lists(MESSAGE, max_size=5), JUNK, CUTS)
def test_messages_come_out_however_the_stream_is_cut(sent: list[dict[str, Any]], junk: bytes, cuts: list[int]) -> None:
    """What is no header is passed over, even where the header follows it in the same line."""
    stream = b"".join(junk + framed(message) for message in sent)

    assert read(cut(stream, cuts)) == json.loads(json.dumps(sent))


PARTS = st.one_of(
    MESSAGE.map(framed),
    st.tuples(MESSAGE.map(framed), st.integers(0, 60), st.sampled_from(b'x{}"\n\r0:\xff')).map(
        lambda given: given[0][: given[1]] + bytes([given[2]]) + given[0][given[1] + 1 :]
    ),
    st.tuples(MESSAGE.map(framed), st.integers(0, 60)).map(lambda given: given[0][: given[1]]),
    JUNK,
    st.sampled_from([b"Content-Length: -3\r\n\r\n", b"Content-Length: 3\n\n", b"\xc3", b"}", b'{"a":"']),
)


@given(st.lists(PARTS, max_size=6), CUTS)
def test_damage_is_read_alike_however_it_is_cut(parts: list[bytes], cuts: list[int]) -> None:
    """Nothing depends on which bytes happen to come together."""
    stream = b"".join(parts)

    assert read(cut(stream, cuts)) == read([stream])


@given(st.lists(MESSAGE, min_size=1, max_size=4), st.integers(-40, 200), st.lists(MESSAGE, max_size=3), CUTS)
def test_a_wrong_length_loses_nothing(
    before: list[dict[str, Any]], by: int, after: list[dict[str, Any]], cuts: list[int]
) -> None:
    """Neither the messages around it nor its own, which ends where its JSON ends."""
    *others, wrong = before
    body = json.dumps(wrong).encode()
    stream = b"".join(map(framed, others)) + b"Content-Length: %d\r\n\r\n" % (len(body) + by) + body
    stream += b"".join(map(framed, after))

    assert read(cut(stream, cuts)) == json.loads(json.dumps([*before, *after]))


@given(st.binary(max_size=60).filter(lambda raw: b"\n" not in raw), st.lists(MESSAGE, max_size=3), CUTS)
def test_a_body_of_any_bytes_costs_itself(body: bytes, after: list[dict[str, Any]], cuts: list[int]) -> None:
    """At most one message is lost, and at most one complaint is made."""
    stream = b"Content-Length: %d\r\n\r\n" % len(body) + body + b"".join(map(framed, after))

    found = read(cut(stream, cuts))

    assert messages(found)[len(messages(found)) - len(after) :] == json.loads(json.dumps(after))
    assert sum(isinstance(one, Malformed) for one in found) <= 1


HEADERS = {
    "too small by one": b"Content-Length: %d\r\n\r\n" % (len(BODY) - 1),
    "too small by many": b"Content-Length: 3\r\n\r\n",
    "nought": b"Content-Length: 0\r\n\r\n",
    "too large by one": b"Content-Length: %d\r\n\r\n" % (len(BODY) + 1),
    "too large by many": b"Content-Length: 9999999999\r\n\r\n",
    "negative": b"Content-Length: -5\r\n\r\n",
    "5,000 digits": b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    "a sign": b"Content-Length: +5\r\n\r\n",
    "hexadecimal": b"Content-Length: 0x10\r\n\r\n",
    "a fraction": b"Content-Length: 5.5\r\n\r\n",
    "empty": b"Content-Length:\r\n\r\n",
    "a word": b"Content-Length: many\r\n\r\n",
    "Arabic digits": "Content-Length: ٣\r\n\r\n".encode(),
    "twice the same": b"Content-Length: %d\r\nContent-Length: %d\r\n\r\n" % (len(BODY), len(BODY)),
    "twice, first wrong": b"Content-Length: 1\r\nContent-Length: %d\r\n\r\n" % len(BODY),
    "twice, last wrong": b"Content-Length: %d\r\nContent-Length: 1\r\n\r\n" % len(BODY),
    "lower case": b"content-length: %d\r\n\r\n" % len(BODY),
    "upper case": b"CONTENT-LENGTH: %d\r\n\r\n" % len(BODY),
    "lines end with LF": b"Content-Length: %d\n\n" % len(BODY),
    "blanks": b"Content-Length  :\t %d  \r\n\r\n" % len(BODY),
    "more headers": b"X: y\r\nContent-Length: %d\r\nContent-Type: a/b; charset=utf-8\r\n\r\n" % len(BODY),
    "a line of 1 MB": b"X: " + b"y" * 1_000_000 + b"\r\nContent-Length: %d\r\n\r\n" % len(BODY),
    "garbage before": b"garbage\r\nmore of it\r\nContent-Length: %d\r\n\r\n" % len(BODY),
    "garbage in the line": b"1 MB of it " * 90_000 + b"Content-Length: %d\r\n\r\n" % len(BODY),
    "garbage between": b"Content-Length: %d\r\ngarbage\r\n\r\n" % len(BODY),
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_whatever_the_header_says(header: bytes) -> None:
    """A message is read as long as a header says that one comes, and so is the next one."""
    stream = header + BODY + framed(NEXT)

    assert read([stream]) == [ASKED, NEXT]
    assert read(cut(stream, [1000, 1, 7])) == [ASKED, NEXT]


@pytest.mark.parametrize("wrong", ["too small by many", "too large by many", "negative", "5,000 digits"])
def test_a_wrong_length_delays_nothing(wrong: str) -> None:
    """Whoever waits for an answer before sending more gets one."""
    reader = Framing()

    assert list(reader.feed(HEADERS[wrong] + BODY)) == [ASKED]


@pytest.mark.parametrize("start", [b"", b"X: y\r\n\r\n", b"Content-Length: 99\r\n", b"\r\n\r\n"])
def test_without_a_header_or_its_end_only_that_message_is_lost(start: bytes) -> None:
    """It is not told from garbage."""
    assert read([start + BODY + framed(NEXT)]) == [NEXT]


BODIES = {
    "an array": (b'[{"jsonrpc":"2.0","id":1,"method":"a"}]', framing.INVALID_REQUEST),
    "a number": (b"17", framing.INVALID_REQUEST),
    "null": (b"null", framing.INVALID_REQUEST),
    "no JSON": (b"hello there, is anybody at home?", framing.PARSE_ERROR),
    "half an object": (b'{"id": 1, "method": "a', framing.PARSE_ERROR),
    "no UTF-8": (b"\xff\xfe\x00", framing.PARSE_ERROR),
    "UTF-16": ('{"id":1}'.encode("utf-16"), framing.PARSE_ERROR),
    "deep": (b'{"a": ' * 100_000, framing.PARSE_ERROR),
    "a number of 5,000 digits": (b'{"id": ' + b"9" * 5000 + b"}", framing.PARSE_ERROR),
    "a line's end in a string": (b'{"id": "a\nb", "method": "some"}', framing.PARSE_ERROR),
}


@pytest.mark.parametrize("body,code", BODIES.values(), ids=BODIES.keys())
def test_what_is_no_message_is_told_once(body: bytes, code: int) -> None:
    """With the code that JSON-RPC has for it; the next message is read as ever."""
    complaint, message = read([b"Content-Length: %d\r\n\r\n" % len(body) + body + framed(NEXT)])

    assert isinstance(complaint, Malformed)
    assert complaint.code == code
    assert message == NEXT


def test_a_byte_that_is_no_text_is_replaced() -> None:
    """An edit that is passed over would put every later one in the wrong place."""
    body = b'{"text": "Gr\xfc\xdfe"}'

    assert read([b"Content-Length: %d\r\n\r\n" % len(body) + body]) == [{"text": "Gr\ufffd\ufffde"}]


HALF_CHARACTERS = {
    b'"\\ud800"': "\ufffd",
    b'"a\\uDFFFb"': "a\ufffdb",
    b'"\\ud83c\\udf31"': "\N{SEEDLING}",
    b'"\\udf31\\ud83c"': "\ufffd\ufffd",
    b'"\\ud83c\\ud83c\\udf31"': "\ufffd\N{SEEDLING}",
    b'"\\\\ud800"': "\\ud800",
    b'"\\\\\\ud800"': "\\\ufffd",
    b'"\\u00e9\\ud7ff"': "\u00e9\ud7ff",
    b'"\xed\xa0\x80"': "\ufffd",
    b'"\xed\xa0\x80 \\udf31"': "\ufffd \ufffd",
}


@pytest.mark.parametrize("written,text", HALF_CHARACTERS.items())
def test_half_a_character_is_replaced(written: bytes, text: str) -> None:
    """However it is written; a pair that is one character is that character."""
    body = b'{"text": %s, "more": [%s]}' % (written, written)

    assert read([b"Content-Length: %d\r\n\r\n" % len(body) + body]) == [{"text": text, "more": [text]}]


@pytest.mark.parametrize("half", [b"Content-Le", b"Content-Length: 5\r\n", b"Content-Length: 50\r\n\r\n", b""])
def test_a_stream_may_end_anywhere(half: bytes) -> None:
    """In a header, behind it, or between two messages."""
    assert read([framed(NEXT) + half]) == [NEXT]


def test_garbage_is_not_kept() -> None:
    """Neither a line that never ends nor a body that never does takes more memory than they are allowed."""
    endless, lost = Framing(), Framing()
    list(lost.feed(b"Content-Length: x\r\n\r\n{"))
    for _ in range(100):
        list(endless.feed(b"x" * 1_000_000))
        list(lost.feed(b"x" * 1_000_000))

    assert len(endless._data) < 2_000_000
    assert len(lost._data) < 70_000_000
    assert list(endless.feed(framed(NEXT))) == [NEXT]
    assert list(lost.feed(framed(NEXT))) == [NEXT]
