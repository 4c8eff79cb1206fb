"""Lambdas that others wrote, with one face for the tests: @vercel/fun, and AWS's runtime client behind a Runtime API.

A platform deploys slim packages as functions, runs each context in a /tmp of its own (lambda/context), and keeps what they log.
"""

import contextlib
import itertools
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import unittest
import uuid
from typing import NamedTuple, Optional

HERE = pathlib.Path(__file__).resolve().parent / "lambda"
sys.path.insert(0, str(HERE.parents[1] / "cli"))

from lambda_api import LambdaApi  # noqa: E402

PYTHON = "/usr/bin/python3"

_installed = None


def installed():
    """Where @vercel/fun and aws-lambda-ric are. Installs them on the first use; skips where that cannot be."""
    global _installed
    if os.geteuid() != 0:
        raise unittest.SkipTest("a /tmp of its own for each context needs root")
    if _installed is None:
        result = subprocess.run([HERE / "install"], capture_output=True, text=True, timeout=600)
        if result.returncode == 77:
            raise unittest.SkipTest(result.stdout.strip())
        if result.returncode != 0:
            raise AssertionError(f"{HERE}/install: {result.stdout}{result.stderr}")
        _installed = pathlib.Path(result.stdout.strip())
    return _installed


class Invocation(NamedTuple):
    """What a caller gets. `error`: None, "Handled" (the handler's own) or "Unhandled" (the process's)."""

    payload: object
    error: Optional[str]


class ContextApi(LambdaApi):
    """What stands before one context that a platform keeps: it says what AWS says of processes that end."""

    exit_status = None

    def invoke(self, event, timeout_seconds):
        """One at a time. The result, or None when the time was up; the caller ends the process then."""
        identifier = str(uuid.uuid4())
        with self.changed:
            self.invocation = (identifier, event, int((time.time() + timeout_seconds) * 1000))
            self.changed.notify_all()
        self.wait_for(lambda: identifier in self.answers or self.init_error or self.exit_status is not None, time.monotonic() + timeout_seconds)
        if identifier in self.answers:
            kind, body = self.answers[identifier]
            return Invocation(json.loads(body), "Handled" if kind == "error" else None)
        if self.init_error:
            return Invocation(self.init_error[1], "Unhandled")
        if self.exit_status is None:
            return None
        how = f"signal: {-self.exit_status}" if self.exit_status < 0 else f"exit status {self.exit_status}"
        return Invocation({"errorType": "Runtime.ExitError", "errorMessage": f"Runtime exited with error: {how}"}, "Unhandled")

    def process_ended(self, status):
        with self.changed:
            self.exit_status = status
            self.changed.notify_all()


def kill_tree(pid):
    """SIGKILL to a process and all below it, as a context is killed: parents first, so that none notices."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
        # Of all threads: a child is that of the thread which started it.
        below = [child for thread in pathlib.Path(f"/proc/{pid}/task").iterdir() for child in (thread / "children").read_text().split()]
        os.kill(pid, signal.SIGKILL)
        for child in below:
            kill_tree(int(child))


class Platform:
    """Functions by name. `directory`: for logs and caches. To be closed."""

    # Of the function's package.
    language = "node"
    # Whether a handler's error comes to the caller with its text, or as its class alone; whether the runtime logs it.
    tells_errors = True
    logs_errors = True

    def __init__(self, directory, credentials):
        self.directory, self.credentials = pathlib.Path(directory), credentials
        self.log_file = self.directory / "log"
        self.log_file.touch()

    def log(self):
        return self.log_file.read_text(errors="replace")


class Fun(Platform):
    """@vercel/fun: it keeps the contexts, and starts one when none is free."""

    runtime, logs_errors = "nodejs", False

    def __init__(self, directory, credentials):
        super().__init__(directory, credentials)
        mine, theirs = os.pipe()
        with self.log_file.open("ab") as log:
            self.driver = subprocess.Popen(
                ["bash", "-c", 'exec node "$@" 3>&"$0"', str(theirs), HERE / "fun.js", installed()], stdin=subprocess.PIPE, stdout=log,
                stderr=log, pass_fds=[theirs], env={"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(self.directory), "HOME": str(self.directory)})
        os.close(theirs)
        self.answers, self.waiting, self.numbers = os.fdopen(mine), {}, itertools.count()
        self.lock = threading.Lock()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.answers:
            answer = json.loads(line)
            arrived = self.waiting[answer["id"]]
            arrived.answer = answer
            arrived.set()

    def ask(self, **command):
        arrived = threading.Event()
        with self.lock:
            number = next(self.numbers)
            self.waiting[number] = arrived
            self.driver.stdin.write(json.dumps({"id": number, **command}).encode() + b"\n")
            self.driver.stdin.flush()
        if not arrived.wait(180):
            raise TimeoutError(f"fun: no answer to {command}\n{self.log()}")
        if "failed" in arrived.answer:
            raise AssertionError(arrived.answer["failed"])
        return arrived.answer["value"]

    def deploy(self, name, slim, environment, tmp=None):
        """A function from a slim package. `tmp`: the /tmp of all its contexts, when they are to have one together."""
        variables = {**environment, **self.extra(), **({"CONTEXT_TMP": str(tmp)} if tmp else {})}
        access_key, secret_key = self.credentials
        self.ask(do="create", name=name, params={
            "Code": {"Directory": str(slim)}, "Handler": "handler.handler", "Runtime": self.runtime, "MemorySize": 512, "Region": "us-east-1",
            "Environment": {"Variables": variables}, "AccessKeyId": access_key, "SecretAccessKey": secret_key})

    def extra(self):
        return {}

    def invoke(self, name, event):
        result = self.ask(do="invoke", name=name, payload=event)
        return Invocation(json.loads(result["Payload"]), result.get("FunctionError"))

    def contexts(self, name):
        """The processes that were started for the function, in their order."""
        return self.ask(do="contexts", name=name)

    def close(self):
        self.driver.stdin.close()
        self.driver.wait(30)
        self.reader.join()
        self.answers.close()


class FunPython(Fun):
    runtime, language, tells_errors = "python", "python", False


class FunBootstrap(Fun):
    """provided.*: a bootstrap in the package starts AWS's runtime client, from /opt, through ballast-run."""

    runtime = "provided"

    def deploy(self, name, slim, environment, tmp=None):
        bootstrap = pathlib.Path(slim, "bootstrap")
        bootstrap.write_text("#!/bin/sh\nexec ./ballast-run exec -- node /opt/bin/index.mjs handler.handler\n")
        bootstrap.chmod(0o755)
        super().deploy(name, slim, environment, tmp)

    def extra(self):
        return {"CONTEXT_OPT": str(installed() / "node_modules/aws-lambda-ric")}


class Ric(Platform):
    """AWS's runtime client for Node, one process and one Runtime API a context."""

    timeout_seconds = 120

    def __init__(self, directory, credentials):
        super().__init__(directory, credentials)
        self.functions = {}
        self.lock = threading.Lock()

    def runtime_dir(self):
        return installed() / "node_modules/aws-lambda-ric"

    def command(self):
        return ["node", "/var/runtime/bin/index.mjs", "handler.handler"]

    def before(self):
        """A program that starts each context, with its arguments."""
        return []

    def end(self, process):
        kill_tree(process.pid)

    def deploy(self, name, slim, environment, tmp=None):
        self.functions[name] = {"slim": str(slim), "environment": environment, "tmp": tmp, "idle": [], "all": []}

    def start(self, function):
        api = ContextApi()
        access_key, secret_key = self.credentials
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "en_US.UTF-8", "TZ": ":UTC",
            "AWS_LAMBDA_RUNTIME_API": api.address, "AWS_LAMBDA_FUNCTION_NAME": "render", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512", "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": access_key,
            "AWS_SECRET_ACCESS_KEY": secret_key, "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/render", "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
            "_HANDLER": "handler.handler", "LAMBDA_TASK_ROOT": function["slim"], "LAMBDA_RUNTIME_DIR": str(self.runtime_dir()),
            **function["environment"], **({"CONTEXT_TMP": str(function["tmp"])} if function["tmp"] else {})}
        with self.log_file.open("ab") as log:
            process = subprocess.Popen([*self.before(), HERE / "context", *self.command()], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        threading.Thread(target=lambda: api.process_ended(process.wait()), daemon=True).start()
        return process, api

    def invoke(self, name, event):
        function = self.functions[name]
        with self.lock:
            if not function["idle"]:
                function["idle"].append(self.start(function))
                function["all"].append(function["idle"][-1])
            process, api = context = function["idle"].pop()
        result = api.invoke(event, self.timeout_seconds)
        if result is None:
            self.end(process)
            result = Invocation({"errorMessage": f"Task timed out after {self.timeout_seconds}.00 seconds"}, "Unhandled")
        if result.error != "Unhandled":
            with self.lock:
                function["idle"].append(context)
        return result

    def contexts(self, name):
        return [process.pid for process, _ in self.functions[name]["all"]]

    def close(self):
        for function in self.functions.values():
            for process, api in function["all"]:
                self.end(process)
                process.wait()
                api.close()


class RicWrapper(Ric):
    """The same, started through `ballast-run wrapper`, as AWS_LAMBDA_EXEC_WRAPPER does."""

    def command(self):
        return ["/var/task/ballast-run", "wrapper", "--", *super().command()]


class LoopPython(Ric):
    """A runtime for Python of these tests' own, since AWS's comes from PyPI only."""

    language = "python"

    def runtime_dir(self):
        return HERE

    def command(self):
        return [PYTHON, "-B", "/var/runtime/runtime.py", "handler.handler"]


class Constrained(Ric):
    """AWS's runtime client in a context with as little as there is: lambda/constrain."""

    memory_bytes, cpus = 128 << 20, 0.5

    def before(self):
        return [HERE / "constrain", "--memory", str(self.memory_bytes), "--cpus", str(self.cpus), "--report", self.directory / "report", "--"]

    def end(self, process):
        # So that it says what it came to, and removes its cgroup.
        process.terminate()
        process.wait()

    def report(self, name):
        """Ends the function's contexts; what the last one came to."""
        for process, _ in self.functions[name]["all"]:
            self.end(process)
        return json.loads((self.directory / "report").read_text())


class ConstrainedPython(Constrained, LoopPython):
    pass
