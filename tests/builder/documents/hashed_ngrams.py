"""An embedding server that really embeds, by counts of hashed words and trigrams; no neural model is behind it."""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

WIDTH = 256


def hashed_ngrams(text: str) -> list[float]:
    """A vector of length 1: words and trigrams of letters, hashed to so many places."""
    words = text.casefold().split()
    grams = [word[start : start + 3] for word in words for start in range(max(1, len(word) - 2))]
    vector = np.zeros(WIDTH)
    for gram in [*words, *grams]:
        vector[zlib.crc32(gram.encode()) % WIDTH] += 1
    return [float(one) for one in vector / np.linalg.norm(vector)]


@dataclass
class Embedder:
    """The running server, what it was asked to embed, and texts for which it fails."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)


@contextmanager
def embedding_server() -> Iterator[Embedder]:
    """Serve ``/v1/embeddings`` on loopback."""
    state = Embedder()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            text = body["input"]
            state.asked.append(text)
            failed = self.path != "/v1/embeddings" or any(part in text for part in state.failing)
            reply = (
                {"error": {"message": "no such thing"}}
                if failed
                else {
                    "object": "list",
                    "model": body["model"],
                    "data": [{"object": "embedding", "index": 0, "embedding": hashed_ngrams(text)}],
                    "usage": {"prompt_tokens": len(text.split()), "total_tokens": len(text.split())},
                }
            )
            content = json.dumps(reply).encode()
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
