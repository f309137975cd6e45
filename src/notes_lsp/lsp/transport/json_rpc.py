"""JSON-RPC: pygls's protocol, with an answer for every request."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.protocol.json_rpc import JsonRPCNotification, RPCMessage

from notes_lsp.lsp.transport.framing import Malformed

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
class RawJson:
    """A result that is JSON already: of commands, and of answers so large that converting them would be felt."""

    value: Any


_NOTHING = "$/nothing"


class RepairedProtocol(LanguageServerProtocol):
    """LSP with five repairs.

    A request that cannot be understood is answered with an error, whatever is wrong with it; so is one before
    ``initialize`` or after ``shutdown``, with the codes of the specification; a response that makes no sense disturbs
    nobody; ``shutdown`` calls off what is begun while requests end; and pygls keeps no texts.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin before ``initialize``."""
        super().__init__(*args, **kwargs)
        self._initialized = False
        self.leave: Callable[[], None] = lambda: None
        """What ``exit`` does."""
        for method in _OURS:
            self.fm.builtin_features.pop(method, None)  # pyright: ignore[reportUnknownMemberType]

    @property
    def was_shut_down(self) -> bool:
        """Whether the client said goodbye before it left."""
        return self._shutdown

    def structure_message(self, data: Json) -> Any:
        """Read a message; what is not one becomes an error response, and nothing to handle."""
        data["jsonrpc"] = self.VERSION  # there is no other, and whoever forgets it means this one
        read = self._read_call(data) if "method" in data else self._read_response(data)
        return read or JsonRPCNotification(method=_NOTHING, jsonrpc=self.VERSION, params=None)

    def handle_message(self, message: RPCMessage) -> None:
        """Handle a message, or answer why it is not handled."""
        method = getattr(message, "method", None)
        request_id = getattr(message, "id", None)
        if method == _NOTHING:
            return
        if method == types.EXIT:
            self.leave()
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
        elif method is not None and not self._initialized:
            return
        if method == types.INITIALIZE:
            self._initialized = True
        super().handle_message(message)

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *_args: Any) -> None:  # type: ignore[override]
        """Call off all requests but this one, which each have an answer so, and take no more.

        Each that is called off leaves the table while it is gone through, so a copy is.
        """
        ours = self.msg_id
        for request_id, future in tuple(cast("dict[Any, Any]", self._request_futures).items()):
            if request_id != ours and not future.done():
                future.cancel()
        self._shutdown = True

    async def finish(self, limit: float) -> None:
        """Wait until the requests that were begun are answered, but no longer than ``limit`` seconds."""
        waiting: list[asyncio.Future[Any]] = []
        for number, future in cast("dict[Any, Any]", self._request_futures).items():
            if number not in self._result_types:
                waiting.append(future if asyncio.isfuture(future) else asyncio.wrap_future(future))
        if waiting:
            await asyncio.wait(waiting, timeout=limit)

    def call_off(self, request_id: int | str) -> None:
        """Answer a request that was called off before it was begun."""
        self._answer_error(request_id, types.LSPErrorCodes.RequestCancelled, "called off")

    def complain(self, malformed: Malformed) -> None:
        """Answer what came in the place of a message; whose answer that is, nobody can say."""
        LOG.warning("%s", malformed.reason)
        self._refuse(None, malformed.code, malformed.reason)

    def _read_call(self, data: Json) -> Any:
        """Read a request or a notification; ``None`` where there is nothing to handle."""
        method = data["method"]
        known = isinstance(method, str) and self.get_message_type(method) is not None
        if known and self.get_result_type(method) is None and (method == types.EXIT or data.get("id") is None):
            data.pop("id", None)
        request_id = data.get("id")
        invalid = types.ErrorCodes.InvalidRequest.value
        if "id" in data and not _is_id(request_id):
            return self._refuse(None, invalid, "an id is a number or a string")
        if not isinstance(method, str):
            return self._refuse(request_id, invalid, "a method is a string") if "id" in data else None
        if request_id is not None and known and self.get_result_type(method) is None:
            return self._refuse(request_id, invalid, f"{method} is a notification, which has no id")
        if not known:
            data.setdefault("params", None)
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            LOG.warning("cannot read %s: %s", method, error)
            if "id" in data:
                self._answer_error(request_id, types.ErrorCodes.InvalidParams, f"{method}: the parameters are wrong")
            return None

    def _read_response(self, data: Json) -> Any:
        """Read a response to a request of ours; ``None`` where it is none."""
        request_id = data.get("id")
        if not isinstance(request_id, str) or request_id not in self._result_types:
            LOG.info("a response to nothing that was asked: %.80r", data)
            if not {"result", "error"} & data.keys():
                self._refuse(request_id, types.ErrorCodes.InvalidRequest.value, "a request has a method")
            return None
        try:
            if "error" not in data:
                data.setdefault("result", None)
                return super().structure_message(data)
            reason = str(data["error"])
        except JsonRpcException as error:
            reason = str(error)
        self._result_types.pop(request_id, None)
        self._handle_response(
            request_id, None, types.ResponseError(code=types.ErrorCodes.InternalError.value, message=reason)
        )
        return None

    def _handle_cancel_notification(self, msg_id: Any) -> None:
        if isinstance(msg_id, int | str):
            super()._handle_cancel_notification(msg_id)

    def _send_response(
        self, msg_id: int | str, result: Any | None = None, error: types.ResponseError | None = None
    ) -> None:
        if error is None and isinstance(result, RawJson):
            self._result_types.pop(msg_id, None)
            self._send_data({"jsonrpc": self.VERSION, "id": msg_id, "result": result.value})
        else:
            super()._send_response(msg_id, result, error)

    def _answer_error(self, request_id: Any, code: types.ErrorCodes | types.LSPErrorCodes, message: str) -> None:
        self._refuse(request_id, code.value, message)

    def _refuse(self, request_id: Any, code: int, message: str) -> None:
        """Answer with an error, to whatever a request could have as its id."""
        known = request_id if _is_id(request_id) else None
        self._send_data({"jsonrpc": self.VERSION, "id": known, "error": {"code": code, "message": message}})


def _is_id(value: Any) -> bool:
    """Whether JSON-RPC allows a request to have this id: a number, which has an end, or a string."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int | str) and not isinstance(value, bool)
