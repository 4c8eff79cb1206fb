"""A stand-in for what surrounds a function in Lambda: the Runtime API, the Extensions API, and the life of a context.

As AWS's developer guide has it ("Lambda execution environment", "Extensions API", "Runtime API"):

- init: extensions are started; when all have registered, so is the runtime; init is over when the runtime and every
  extension have asked for what is next. After 10 s all processes are killed, and init is run again by the first
  invocation, under the function's timeout.
- invoke: the runtime gets an event, and answers it.
- shutdown: the runtime gets SIGTERM, the extensions the event SHUTDOWN; 2 s later whoever is left is killed.

Only what is said there: it has no limit of memory, network or CPU. One context a Context; loopback only.
"""

import http.server
import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import uuid

INIT_LIMIT = 10.0
SHUTDOWN_LIMIT = 2.0


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A process that was killed has broken its connection off."""


class LambdaApi:
    """The server at AWS_LAMBDA_RUNTIME_API. `seen` is what it was asked, in order."""

    def __init__(self):
        self.changed = threading.Condition()
        self.seen = []
        self.init_error = None  # (type in the header, body)
        self.extensions = {}  # identifier: {"name", "events", "waits", "event"}
        self.runtime_waits = False
        self.invocation = None  # (id, event, deadline in milliseconds)
        self.answers = {}  # id: ("response" or "error", body)
        self.server = Server(("127.0.0.1", 0), self.handler())
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def forget_processes(self):
        """They were killed: whoever comes now starts anew."""
        with self.changed:
            self.extensions.clear()
            self.runtime_waits, self.init_error = False, None

    def wait_for(self, what, until):
        """Until `what()` holds, or the time.monotonic() `until`; whether it does."""
        with self.changed:
            while not what():
                left = until - time.monotonic()
                if left <= 0:
                    return False
                self.changed.wait(min(left, 0.05))  # processes that end notify nobody
            return True

    def is_ready(self):
        return self.runtime_waits and all(extension["waits"] for extension in self.extensions.values())

    def send_shutdown(self, reason="SPINDOWN"):
        with self.changed:
            for extension in self.extensions.values():
                deadline = int((time.time() + SHUTDOWN_LIMIT) * 1000)
                extension["event"] = {"eventType": "SHUTDOWN", "shutdownReason": reason, "deadlineMs": deadline}
            self.changed.notify_all()

    def break_connections(self):
        """Those of waiting extensions end without an answer, as after a restored snapshot."""
        with self.changed:
            for extension in self.extensions.values():
                extension["breaks"], extension["waits"] = extension["waits"], False
            self.changed.notify_all()

    def handler(api):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, body, **headers):
                data = json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", "Content-Length": len(data), **headers}.items():
                    self.send_header(name.replace("_", "-"), str(value))
                self.end_headers()
                self.wfile.write(data)

            def body(self):
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))

            def do_GET(self):
                if self.path == "/2018-06-01/runtime/invocation/next":
                    self.next_invocation()
                elif self.path == "/2020-01-01/extension/event/next":
                    self.next_event()
                else:
                    self.answer(404, {})

            def do_POST(self):
                body = self.body()
                with api.changed:
                    api.seen.append(("POST", self.path))
                    api.changed.notify_all()
                    parts = self.path.split("/")
                    if self.path == "/2018-06-01/runtime/init/error":
                        api.init_error = (self.headers["Lambda-Runtime-Function-Error-Type"], json.loads(body))
                        return self.answer(202, {"status": "OK"})
                    if self.path.startswith("/2018-06-01/runtime/invocation/") and parts[-1] in ("response", "error"):
                        api.answers[parts[-2]] = (parts[-1], body.decode())
                        return self.answer(202, {"status": "OK"})
                    if self.path == "/2020-01-01/extension/register":
                        return self.register(json.loads(body))
                self.answer(404, {})

            def register(self, body):
                name, identifier = self.headers["Lambda-Extension-Name"], str(uuid.uuid4())
                if not name or not set(body["events"]) <= {"INVOKE", "SHUTDOWN"}:
                    return self.answer(400, {"errorType": "Extension.InvalidRequest"})
                api.extensions[identifier] = {"name": name, "events": body["events"], "waits": False, "event": None, "breaks": False}
                self.answer(200, {"functionName": "test", "functionVersion": "$LATEST", "handler": "handler.handler"},
                            Lambda_Extension_Identifier=identifier)

            def next_event(self):
                with api.changed:
                    extension = api.extensions.get(self.headers.get("Lambda-Extension-Identifier"))
                    if extension is None:
                        return self.answer(403, {"errorType": "Extension.UnknownExtensionIdentifier"})
                    api.seen.append(("GET", self.path))
                    extension["waits"] = True
                    api.changed.notify_all()
                    while extension["event"] is None:
                        api.changed.wait(0.2)
                        if extension["breaks"] or self.is_gone():
                            extension["breaks"], self.close_connection = False, True
                            return
                    event, extension["event"] = extension["event"], None
                self.answer(200, event)

            def next_invocation(self):
                with api.changed:
                    api.seen.append(("GET", self.path))
                    api.runtime_waits = True
                    api.changed.notify_all()
                    while api.invocation is None:
                        api.changed.wait(0.2)
                        if self.is_gone():
                            return
                    identifier, event, deadline = api.invocation
                    api.invocation, api.runtime_waits = None, False
                self.answer(200, event, Lambda_Runtime_Aws_Request_Id=identifier, Lambda_Runtime_Deadline_Ms=deadline,
                            Lambda_Runtime_Invoked_Function_Arn="arn:aws:lambda:us-east-1:123456789012:function:test",
                            Lambda_Runtime_Trace_Id="Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0")

            def is_gone(self):
                """Whether the process that asked was killed meanwhile, so that nothing is given to a closed connection."""
                try:
                    gone = self.connection.recv(1, 0x40 | 0x02) == b""  # MSG_DONTWAIT | MSG_PEEK
                except BlockingIOError:
                    return False
                except OSError:
                    gone = True
                self.close_connection = gone
                return gone

        return Handler


class Places:
    """What a function finds where: /var/task and /opt, read-only, and a /tmp of its own of 512 MB. `also` are further
    directories by where they shall be. A mount namespace, so it needs root; `prefix` runs a command in it as an ordinary
    user, from /var/task. It is gone with close()."""

    USER = 993

    def __init__(self, task, layer=None, also=None, tmp_size="512m"):
        mounts = {str(task): "/var/task", **({str(layer): "/opt"} if layer else {}), **{str(k): v for k, v in (also or {}).items()}}
        script = ["set -e", "mount --make-rprivate /", "mount -t tmpfs -o mode=0755 tmpfs /mnt", "cd /mnt"]
        # Bound aside first: what hides one of them may hold another.
        for i, source in enumerate(mounts):
            script += [f"mkdir {i}", f"mount --bind '{source}' {i}"]
        script += ["mount -t tmpfs -o mode=0755 tmpfs /var", "mkdir /var/task"]
        for i, target in enumerate(mounts.values()):
            script += [f"mkdir -p {target}", f"mount --bind {i} {target}", f"mount -o remount,bind,ro {target}"]
        script += [f"mount -t tmpfs -o size={tmp_size},mode=1777 tmpfs /tmp", "echo ready", "exec sleep infinity"]
        self.holder = subprocess.Popen(["unshare", "--mount", "sh", "-c", "\n".join(script)], stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
        if self.holder.stdout.readline() != "ready\n":
            raise RuntimeError(self.holder.communicate()[1])
        self.prefix = ["nsenter", f"--mount=/proc/{self.holder.pid}/ns/mnt", "--", "setpriv", f"--reuid={self.USER}",
                       f"--regid={self.USER}", "--clear-groups", "sh", "-c", 'cd /var/task && exec "$@"', "sh"]

    def close(self):
        self.holder.kill()
        self.holder.communicate()


class Context:
    """One execution context. `runtime` is what Lambda starts: the wrapper with the runtime's command line, or bootstrap.

    With `places`, their prefix, all of it runs where a function finds it; `layer` is then a directory of the same
    content as /opt.

    outcome: how init ended: "ready", "error" (told by the runtime), "exit" (a process ended), "timeout".
    """

    def __init__(self, task, runtime, layer=None, env=None, init_limit=INIT_LIMIT, timeout=30.0, prefix=(), places=None):
        self.api = LambdaApi()
        self.task, self.runtime, self.layer = pathlib.Path(task), list(map(str, runtime)), layer
        self.init_limit, self.timeout, self.prefix = init_limit, timeout, [*(places.prefix if places else ()), *prefix]
        self.task_root = "/var/task" if places else str(task)
        self.opt = "/opt" if places else str(layer)
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "BALLAST_", "LAMBDA_", "LD_"))}
        self.env = {**plain, "AWS_LAMBDA_RUNTIME_API": self.api.address, "AWS_LAMBDA_FUNCTION_NAME": "test",
                    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", **(env or {})}
        self.runtime_process, self.extension_processes, self.log, self.outcome = None, {}, [], None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.api.close()

    def processes(self):
        return [*self.extension_processes.values(), *([self.runtime_process] if self.runtime_process else [])]

    def start_process(self, command, env):
        process = subprocess.Popen([*self.prefix, *command], cwd=self.task, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        process.reader = threading.Thread(target=lambda: self.log.extend(line.decode() for line in process.stdout), daemon=True)
        process.reader.start()
        return process

    def init(self, limit=None):
        """Starts extensions and runtime; how it ended."""
        until = time.monotonic() + (limit or self.init_limit)
        self.api.forget_processes()
        self.runtime_process, self.extension_processes = None, {}
        files = sorted((pathlib.Path(self.layer) / "extensions").glob("*")) if self.layer else []
        # Extensions are told less than the runtime.
        hidden = {"LAMBDA_TASK_ROOT", "_HANDLER"}
        self.extension_processes = {file.name: self.start_process([f"{self.opt}/extensions/{file.name}"], {k: v for k, v in self.env.items() if k not in hidden})
                                    for file in files}
        api = self.api
        registered = api.wait_for(lambda: len(api.extensions) == len(files) or self.somebody_ended(), until)
        if registered and not self.somebody_ended():
            self.runtime_process = self.start_process(self.runtime, {**self.env, "LAMBDA_TASK_ROOT": self.task_root})
            api.wait_for(lambda: api.is_ready() or api.init_error or self.somebody_ended(), until)
        self.outcome = ("error" if api.init_error else "exit" if self.somebody_ended() else "ready" if api.is_ready() and self.runtime_process
                        else "timeout")
        if self.outcome != "ready":
            error = api.init_error
            self.kill()
            api.init_error = error
        return self.outcome

    def somebody_ended(self):
        return any(process.poll() is not None for process in self.processes())

    def invoke(self, event):
        """What the caller gets: ("response", text), ("error", text) or ("timeout", None)."""
        until = time.monotonic() + self.timeout
        if self.outcome != "ready" and self.init(self.timeout) != "ready":
            return ("error", json.dumps(self.api.init_error[1])) if self.outcome == "error" else (self.outcome, None)
        identifier = str(uuid.uuid4())
        with self.api.changed:
            self.api.invocation = (identifier, event, int((time.time() + self.timeout) * 1000))
            self.api.changed.notify_all()
        self.api.wait_for(lambda: identifier in self.api.answers or self.somebody_ended(), until)
        answer = self.api.answers.get(identifier)
        if answer is None or self.somebody_ended():
            self.outcome = "exit" if self.somebody_ended() else "timeout"
            self.kill()
            return answer or (self.outcome, None)
        self.api.wait_for(self.api.is_ready, until)
        return answer

    def signal(self, number):
        for process in self.processes():
            if process.poll() is None:
                os.killpg(process.pid, number)

    def freeze(self):
        """Returns when nothing runs any more."""
        self.signal(signal.SIGSTOP)
        for process in self.processes():
            if process.poll() is None:
                os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def thaw(self):
        self.signal(signal.SIGCONT)

    def shutdown(self):
        """Ends the context; each extension's exit status, negative where it had to be killed."""
        if self.runtime_process.poll() is None:
            self.runtime_process.terminate()
        self.api.send_shutdown()
        until = time.monotonic() + SHUTDOWN_LIMIT
        self.api.wait_for(lambda: all(p.poll() is not None for p in self.extension_processes.values()), until)
        self.kill()
        return {name: process.returncode for name, process in self.extension_processes.items()}

    def kill(self):
        self.signal(signal.SIGKILL)
        for process in self.processes():
            process.wait()
            process.reader.join(5)
            process.stdout.close()
        self.outcome = self.outcome if self.outcome != "ready" else "ended"
