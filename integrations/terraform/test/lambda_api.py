"""A stand-in for Lambda's API, as far as Terraform's AWS provider asks it for one function: keeps the code that it is given."""

import base64
import hashlib
import http.server
import json
import re
import threading


class LambdaApi:
    """`uploads` are the zips that were sent, in order; `unknown` what nobody here answers."""

    def __init__(self):
        self.function, self.uploads, self.unknown = None, [], []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def upload(self, encoded):
        code = base64.b64decode(encoded)
        self.uploads.append(code)
        return {"CodeSize": len(code), "CodeSha256": base64.b64encode(hashlib.sha256(code).digest()).decode()}

    def answer(self, method, path, body):
        """(status, JSON)"""
        if (method, path) == ("POST", "/2015-03-31/functions"):
            kept = {k: v for k, v in body.items() if k not in ("Code", "Publish", "Tags")}
            arn = f"arn:aws:lambda:eu-central-1:000000000000:function:{body['FunctionName']}"
            self.function = {**kept, **self.upload(body["Code"]["ZipFile"]), "FunctionArn": arn, "Version": "$LATEST", "State": "Active",
                             "LastUpdateStatus": "Successful", "PackageType": "Zip", "Architectures": ["x86_64"],
                             "LastModified": "2026-01-01T00:00:00.000+0000"}
            return 201, self.function
        if self.function is None:
            return 404, {"Type": "User", "Message": "no function"}
        if re.fullmatch(r"/2015-03-31/functions/\w+", path):
            if method == "DELETE":
                self.function = None
                return 204, None
            return 200, {"Configuration": self.function, "Code": {"RepositoryType": "S3", "Location": self.url}, "Tags": {}}
        if path.endswith("/configuration"):
            return 200, self.function
        if path.endswith("/code") and method == "PUT":
            self.function.update(self.upload(body["ZipFile"]))
            return 200, self.function
        if path.endswith("/versions"):
            return 200, {"Versions": [self.function]}
        if path.endswith("/code-signing-config"):
            return 200, {"FunctionName": self.function["FunctionName"], "CodeSigningConfigArn": ""}
        self.unknown.append(f"{method} {path}")
        return 404, {"Type": "User", "Message": "not known here"}

    def handler(api):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def respond(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, answer = api.answer(self.command, self.path.split("?")[0].rstrip("/"), json.loads(body) if body else None)
                data = b"" if answer is None else json.dumps(answer).encode()
                self.send_response(status)
                if status == 404:
                    self.send_header("X-Amzn-ErrorType", "ResourceNotFoundException")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = respond

        return Handler
