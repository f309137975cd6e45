"""Profiles: the client capabilities of the editors people use, as those editors announce them.

Condensed from what Neovim 0.11.4, eglot 1.9 (Emacs 28), eglot 1.17 (Emacs 30) and vscode-languageclient 11 send.
``bare`` announces nothing, and ``full`` all that a spec may ask about.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from speclib.positions import Json


def capabilities_of(profile: str, encodings: Sequence[str] | None = None) -> Json:
    """The ``capabilities`` of a profile, its position encodings replaced where ``encodings`` are given."""
    capabilities = copy.deepcopy(PROFILES[profile])
    if encodings is not None:
        capabilities.setdefault("general", {})["positionEncodings"] = list(encodings)
    return capabilities


def client_info(profile: str) -> Json:
    """What the client of a profile calls itself; ``None`` where it does not say."""
    return {"name": _NAMES[profile]} if profile in _NAMES else None


_NAMES = {"neovim": "Neovim", "emacs30": "Eglot", "vscode": "Visual Studio Code", "full": "speclib"}
_SYMBOLS = {"hierarchicalDocumentSymbolSupport": True, "symbolKind": {"valueSet": list(range(1, 27))}}
_ACTION_LITERALS = {
    "codeActionKind": {"valueSet": ["", "quickfix", "refactor", "refactor.extract", "refactor.inline", "source"]}
}
_TOKENS = {
    "requests": {"full": {"delta": True}, "range": True},
    "tokenTypes": ["class", "enumMember", "decorator", "comment", "string", "keyword", "variable", "property"],
    "tokenModifiers": ["declaration", "definition", "deprecated", "readonly"],
    "formats": ["relative"],
}
_RESOURCES = ["create", "rename", "delete"]

_NEOVIM: Json = {
    "general": {"positionEncodings": ["utf-8", "utf-16", "utf-32"]},
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "workspaceFolders": True,
        "workspaceEdit": {"resourceOperations": _RESOURCES},
        "didChangeWatchedFiles": {"dynamicRegistration": False, "relativePatternSupport": True},
        "inlayHint": {"refreshSupport": True},
        "symbol": {"symbolKind": {"valueSet": list(range(1, 27))}},
    },
    "textDocument": {
        "synchronization": {"didSave": True, "willSave": True},
        "completion": {
            "completionItem": {
                "snippetSupport": True,
                "documentationFormat": ["markdown", "plaintext"],
                "resolveSupport": {"properties": ["additionalTextEdits", "command"]},
            },
            "completionList": {"itemDefaults": ["editRange", "insertTextFormat", "insertTextMode", "data"]},
            "contextSupport": True,
        },
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "definition": {"linkSupport": True},
        "references": {},
        "documentHighlight": {},
        "documentSymbol": _SYMBOLS,
        "codeAction": {
            "codeActionLiteralSupport": _ACTION_LITERALS,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit", "command"]},
        },
        "codeLens": {"resolveSupport": {"properties": ["command"]}},
        "rename": {"prepareSupport": True},
        "publishDiagnostics": {"relatedInformation": True, "tagSupport": {"valueSet": [1, 2]}},
        "diagnostic": {"dynamicRegistration": False},
        "foldingRange": {"lineFoldingOnly": True},
        "inlayHint": {},
        "semanticTokens": _TOKENS,
    },
}

_EMACS28: Json = {
    "workspace": {
        "applyEdit": True,
        "executeCommand": {},
        "workspaceEdit": {"documentChanges": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "symbol": {},
        "configuration": True,
        "workspaceFolders": True,
    },
    "textDocument": {
        "synchronization": {"willSave": True, "willSaveWaitUntil": True, "didSave": True},
        "completion": {"completionItem": {"snippetSupport": False}, "contextSupport": True},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "references": {},
        "definition": {"linkSupport": True},
        "documentSymbol": _SYMBOLS,
        "documentHighlight": {},
        "codeAction": {"codeActionLiteralSupport": _ACTION_LITERALS, "isPreferredSupport": True},
        "rename": {},
        "publishDiagnostics": {"relatedInformation": False},
    },
}

_EMACS30: Json = copy.deepcopy(_EMACS28)
_EMACS30["general"] = {"positionEncodings": ["utf-32", "utf-8", "utf-16"]}
_EMACS30["window"] = {"workDoneProgress": True, "showDocument": {"support": True}}
_EMACS30["textDocument"]["completion"]["completionItem"]["resolveSupport"] = {
    "properties": ["documentation", "details", "additionalTextEdits"]
}
_EMACS30["textDocument"]["codeAction"] |= {
    "dataSupport": True,
    "resolveSupport": {"properties": ["edit", "command"]},
}
_EMACS30["textDocument"]["inlayHint"] = {}

_VSCODE: Json = copy.deepcopy(_NEOVIM)
_VSCODE["general"] = {"positionEncodings": ["utf-16"]}
_VSCODE["workspace"] |= {
    "workspaceEdit": {
        "documentChanges": True,
        "resourceOperations": _RESOURCES,
        "failureHandling": "textOnlyTransactional",
        "normalizesLineEndings": True,
        "changeAnnotationSupport": {"groupsOnLabel": True},
    },
    "didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": True},
    "didChangeConfiguration": {"dynamicRegistration": True},
    "diagnostics": {"refreshSupport": True},
    "codeLens": {"refreshSupport": True},
    "fileOperations": dict.fromkeys(
        ("didCreate", "didRename", "didDelete", "willCreate", "willRename", "willDelete"), True
    ),
}
_VSCODE["textDocument"]["completion"]["completionItem"] |= {
    "insertReplaceSupport": True,
    "labelDetailsSupport": True,
    "commitCharactersSupport": True,
    "preselectSupport": True,
    "resolveSupport": {"properties": ["documentation", "detail", "additionalTextEdits"]},
}
_VSCODE["textDocument"]["selectionRange"] = {}
_VSCODE["textDocument"]["documentLink"] = {"tooltipSupport": True}
_VSCODE["textDocument"]["foldingRange"] = {"rangeLimit": 5000, "lineFoldingOnly": True}
for _feature in _VSCODE["textDocument"].values():
    _feature["dynamicRegistration"] = True

_FULL: Json = copy.deepcopy(_VSCODE)
_FULL["general"] = {"positionEncodings": ["utf-16"]}

PROFILES: dict[str, Json] = {
    "bare": {},
    "full": _FULL,
    "neovim": _NEOVIM,
    "emacs28": _EMACS28,
    "emacs30": _EMACS30,
    "vscode": _VSCODE,
}
"""Capabilities by profile; change only copies, see :func:`capabilities_of`."""
