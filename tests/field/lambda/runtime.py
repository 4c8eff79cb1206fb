"""A runtime for Python as small as one can be: AWS's own comes from PyPI only. It says errors as AWS's does.

  runtime.py MODULE.FUNCTION      in the function's directory
"""

import importlib
import json
import os
import sys
import time
import traceback
import urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"


class Context:
    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(self.deadline_ms - int(time.time() * 1000), 0)


def post(path, value):
    urllib.request.urlopen(f"{API}/{path}", json.dumps(value).encode()).read()


def described(error):
    print(f"[ERROR] {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    return {"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": traceback.format_tb(error.__traceback__)}


def main():
    module, name = sys.argv[1].rsplit(".", 1)
    sys.path.insert(0, os.getcwd())
    try:
        handler = getattr(importlib.import_module(module), name)
    except Exception as error:
        post("init/error", described(error))
        sys.exit(1)
    while True:
        with urllib.request.urlopen(f"{API}/invocation/next") as answer:
            context, event = Context(answer.headers), json.loads(answer.read())
        try:
            path, value = "response", handler(event, context)
        except Exception as error:
            path, value = "error", described(error)
        post(f"invocation/{context.aws_request_id}/{path}", value)


if __name__ == "__main__":
    main()
