"""A stand-in for what stands before a Lambda runtime: the Runtime API, for one context. It says what the platform says about time,
and does what it does when time is up or a process ends.

  GET  /2018-06-01/runtime/invocation/next            waits for an invocation
  POST /2018-06-01/runtime/invocation/ID/response
  POST /2018-06-01/runtime/invocation/ID/error
  POST /2018-06-01/runtime/init/error
"""

import http.server
import json
import queue
import threading
import time
import uuid
from typing import NamedTuple, Optional


class Invocation(NamedTuple):
    """What a caller gets. `error`: None, "Handled" (the handler's own) or "Unhandled" (the process's)."""

    payload: object
    error: Optional[str]


class RuntimeApi(http.server.ThreadingHTTPServer):
    """One context's. `ended` is called by whoever sees the process end."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.invocations = queue.Queue()
        self.results = queue.Queue()
        self.address = f"127.0.0.1:{self.server_port}"
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    def invoke(self, event, timeout_seconds):
        """One at a time. The result, or None when the time was up; the caller ends the process then."""
        invocation = str(uuid.uuid4())
        self.invocations.put((invocation, time.time() + timeout_seconds, json.dumps(event).encode()))
        try:
            return self.results.get(timeout=timeout_seconds)
        except queue.Empty:
            return None

    def process_ended(self, status):
        """What the platform says of a runtime that is gone."""
        how = f"signal: {-status}" if status < 0 else f"exit status {status}"
        self.results.put(Invocation({"errorType": "Runtime.ExitError", "errorMessage": f"Runtime exited with error: {how}"}, "Unhandled"))

    def handle_error(self, request, client_address):
        pass  # a context that was killed

    def close(self):
        self.invocations.put(None)
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", len(body))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path != "/2018-06-01/runtime/invocation/next":
            return self.answer(404)
        given = self.server.invocations.get()
        if given is None:
            self.close_connection = True
            return None
        invocation, deadline, body = given
        return self.answer(200, body, [
            ("Content-Type", "application/json"),
            ("Lambda-Runtime-Aws-Request-Id", invocation),
            ("Lambda-Runtime-Deadline-Ms", str(int(deadline * 1000))),
            ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:render"),
            ("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0"),
        ])

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        last = self.path.rsplit("/", 1)[1]
        if self.path.endswith("/init/error"):
            self.server.results.put(Invocation(body, "Unhandled"))
        elif last == "response":
            self.server.results.put(Invocation(body, None))
        elif last == "error":
            self.server.results.put(Invocation(body, "Handled"))
        else:
            return self.answer(404)
        return self.answer(202)
