"""Convert: between offsets and the protocol's positions, between our values and its types."""

from __future__ import annotations

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder

from notes_lsp.config.settings import Severity
from notes_lsp.facts import PropertyType
from notes_lsp.ide.structure.frontmatter_symbols import PropertySymbol
from notes_lsp.ide.structure.symbols import Symbol
from notes_lsp.text.source import Encoding, Position, Source, Span

SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}

_PROPERTY_KINDS = {
    PropertyType.NUMBER: types.SymbolKind.Number,
    PropertyType.BOOLEAN: types.SymbolKind.Boolean,
    PropertyType.NULL: types.SymbolKind.Property,
    PropertyType.LIST: types.SymbolKind.Array,
    PropertyType.OBJECT: types.SymbolKind.Namespace,
}
"""Only kinds up to ``Array``, which even clients that name none have to know."""

_ENCODINGS = {
    types.PositionEncodingKind.Utf8: Encoding.UTF8,
    types.PositionEncodingKind.Utf16: Encoding.UTF16,
    types.PositionEncodingKind.Utf32: Encoding.UTF32,
}


def negotiate_encoding(capabilities: types.ClientCapabilities) -> Encoding:
    """The unit of columns: the first that the client offers; UTF-16 where it offers none, as LSP 3.17 has it."""
    return _ENCODINGS[types.PositionEncodingKind(ServerCapabilitiesBuilder.choose_position_encoding(capabilities))]


def offset(source: Source, position: types.Position, unit: Encoding) -> int:
    """The offset of a client's position, clamped to the text."""
    return source.offset(Position(position.line, position.character), unit)


def position(source: Source, place: int, unit: Encoding) -> types.Position:
    """The client's position of an offset."""
    return types.Position(*source.position(place, unit))


def range_(source: Source, span: Span, unit: Encoding) -> types.Range:
    """The client's range of a span."""
    return types.Range(position(source, span.start, unit), position(source, span.end, unit))


def apply_change(source: Source, change: types.TextDocumentContentChangeEvent, unit: Encoding) -> Source:
    """The text after one change of a ``didChange``, be it a part or the whole."""
    if isinstance(change, types.TextDocumentContentChangePartial):
        start, end = change.range.start, change.range.end
        return source.replace(
            Position(start.line, start.character), Position(end.line, end.character), change.text, unit
        )
    return Source(change.text)


def end_of_typing(source: Source, change: types.TextDocumentContentChangeEvent, unit: Encoding) -> int | None:
    """The offset after a change at which it ends; ``None`` for one over several lines, which nobody typed."""
    if not isinstance(change, types.TextDocumentContentChangePartial) or "\n" in change.text or "\r" in change.text:
        return None
    return offset(source, change.range.start, unit) + len(change.text)


def document_symbol(source: Source, symbol: Symbol, unit: Encoding) -> types.DocumentSymbol:
    """A heading with those below it as the protocol's tree."""
    return types.DocumentSymbol(
        # The protocol forbids empty names, and an empty heading is being typed.
        name=symbol.name or "#" * symbol.level,
        kind=types.SymbolKind.String,
        range=range_(source, symbol.span, unit),
        selection_range=range_(source, symbol.at, unit),
        children=[document_symbol(source, child, unit) for child in symbol.children],
    )


def property_symbol(source: Source, symbol: PropertySymbol, unit: Encoding) -> types.DocumentSymbol:
    """A key of the frontmatter with those inside of it as the protocol's tree."""
    return types.DocumentSymbol(
        name=symbol.name,
        detail=symbol.detail or None,
        kind=_PROPERTY_KINDS.get(symbol.type, types.SymbolKind.String),
        range=range_(source, symbol.span, unit),
        selection_range=range_(source, symbol.at, unit),
        children=[property_symbol(source, child, unit) for child in symbol.children],
    )


def snippet(text: str) -> str:
    """A text as a snippet that inserts just it."""
    for special in ("\\", "$", "}"):
        text = text.replace(special, f"\\{special}")
    return text
