"""Protocol: JSON-RPC as pygls speaks it, but every request is answered and the texts are ours."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import JsonRPCNotification, RPCMessage

LOG = logging.getLogger(__name__)

_OURS = (
    types.TEXT_DOCUMENT_DID_OPEN,
    types.TEXT_DOCUMENT_DID_CHANGE,
    types.TEXT_DOCUMENT_DID_CLOSE,
    types.NOTEBOOK_DOCUMENT_DID_OPEN,
    types.NOTEBOOK_DOCUMENT_DID_CHANGE,
    types.NOTEBOOK_DOCUMENT_DID_CLOSE,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS,
)
"""What pygls would handle itself: its text model splits lines at U+2028 and mutates positions."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """A result that is JSON already: of commands, and of answers so large that converting them would be felt."""

    value: Any


_NOTHING = "$/nothing"


class RepairedProtocol(LanguageServerProtocol):
    """LSP with three repairs.

    A request that cannot be understood is answered with an error; so is one before ``initialize`` or after
    ``shutdown``, with the codes of the specification; and pygls keeps no texts.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin before ``initialize``."""
        super().__init__(*args, **kwargs)
        self._initialized = False
        for method in _OURS:
            self.fm.builtin_features.pop(method, None)  # pyright: ignore[reportUnknownMemberType]

    @property
    def was_shut_down(self) -> bool:
        """Whether the client said goodbye before it left."""
        return self._shutdown

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Read a message; what is not one becomes an error response, and nothing to handle.

        pygls calls this for every JSON object, the innermost first; only the outermost has ``jsonrpc``.
        """
        if "jsonrpc" not in data:
            return data
        method = data.get("method")
        if isinstance(method, str) and self.get_message_type(method) is None:
            data.setdefault("params", None)
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            LOG.warning("cannot read %s: %s", method, error)
            if "id" in data and method is not None:
                self._answer_error(data["id"], types.ErrorCodes.InvalidParams, f"{method}: the parameters are wrong")
            return JsonRPCNotification(method=_NOTHING, jsonrpc="2.0", params=None)

    def handle_message(self, message: RPCMessage) -> None:
        """Handle a message, or answer why it is not handled."""
        method = getattr(message, "method", None)
        request_id = getattr(message, "id", None)
        if method == _NOTHING:
            return
        if method is not None and request_id is not None:
            if self._shutdown:
                self._answer_error(request_id, types.ErrorCodes.InvalidRequest, "the server is shutting down")
                return
            if method == types.INITIALIZE and self._initialized:
                self._answer_error(request_id, types.ErrorCodes.InvalidRequest, "the server is initialized already")
                return
            if method != types.INITIALIZE and not self._initialized:
                self._answer_error(request_id, types.ErrorCodes.ServerNotInitialized, "send initialize first")
                return
        elif method is not None and not self._initialized and method != types.EXIT:
            return
        if method == types.INITIALIZE:
            self._initialized = True
        super().handle_message(message)

    def call_off(self, request_id: int | str) -> None:
        """Answer a request that was called off before it was begun."""
        self._answer_error(request_id, types.LSPErrorCodes.RequestCancelled, "called off")

    def _send_response(
        self, msg_id: int | str, result: Any | None = None, error: types.ResponseError | None = None
    ) -> None:
        if error is None and isinstance(result, Written):
            self._result_types.pop(msg_id, None)
            self._send_data({"jsonrpc": self.VERSION, "id": msg_id, "result": result.value})
        else:
            super()._send_response(msg_id, result, error)

    def _answer_error(self, request_id: int | str, code: types.ErrorCodes | types.LSPErrorCodes, message: str) -> None:
        self._send_response(request_id, error=types.ResponseError(code=code.value, message=message))
