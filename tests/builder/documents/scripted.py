"""A scripted endpoint: it gives replies that were written beforehand by a person. No model is behind it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Scripted:
    """The running server and the last user message of every request that came."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    """Words in a user message to which the endpoint answers 400."""


@contextmanager
def scripted_replies(script: Callable[[str, str], str], delay_s: float = 0.0) -> Iterator[Scripted]:
    """Serve ``script(system, user)`` as chat completions on loopback."""
    state = Scripted()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = {message["role"]: message["content"] for message in body["messages"]}
            state.asked.append(said["user"])
            time.sleep(delay_s)
            reply = {
                "id": "scripted",
                "object": "chat.completion",
                "created": 0,
                "model": body["model"],
                "choices": [
                    {
                        "index": place,
                        "finish_reason": "stop",
                        "message": {"role": "assistant", "content": script(said.get("system", ""), said["user"])},
                    }
                    for place in range(body.get("n") or 1)
                ],
                "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
            }
            failed = any(words in said["user"] for words in state.failing)
            content = json.dumps({"error": {"message": "scripted to fail"}} if failed else reply).encode()
            self.send_response(400 if failed else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
