"""A person at the web application without a browser: Streamlit's own protocol, so that only the server is measured."""

from __future__ import annotations

import http.client
import time
from contextlib import ExitStack
from urllib.parse import urlencode, urlsplit


class Visitor:
    """One person's page: Streamlit's websocket protocol, an action is a run of the script until it has finished."""

    def __init__(self, address: str, account: str, password: str) -> None:
        from websockets.sync.client import connect

        host = urlsplit(address).netloc
        login = http.client.HTTPConnection(host, timeout=60)
        login.request("POST", "/login", urlencode({"account": account, "password": password}),
                      {"Origin": address, "Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
        cookie = login.getresponse().headers["Set-Cookie"].split(";")[0]
        login.close()
        self.stack = ExitStack()
        self.socket = self.stack.enter_context(connect(
            f"ws://{host}/_stcore/stream", subprotocols=["streamlit"], origin=address,
            additional_headers={"Cookie": cookie}, max_size=64 << 20))  # fmt: skip

    def open(self, page: str, query: str = "") -> float:
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        start = time.perf_counter()
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        self.socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(self.socket.recv(timeout=60))
            if answer.WhichOneof("type") == "script_finished":
                return time.perf_counter() - start
