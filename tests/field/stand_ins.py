"""Servers that answer as AWS does where Ceph's gateway cannot stand in: sessions, regions, clocks, credential endpoints."""

import collections
import datetime
import email.utils
import hashlib
import http.server
import json
import pathlib
import re
import ssl
import threading
import time
import urllib.parse
import xml.sax.saxutils

from s3_client import signature

Request = collections.namedtuple("Request", "method path query headers body")


class StandIn:
    """A server in a thread, on a free port, for `with`. Subclasses answer; `requests` is what was asked.

    certificate: (file, key file); then it speaks TLS, and `resumed` says of each connection whether it took up a session.
    keeps_alive: whether a connection may carry more than one request.
    """

    def __init__(self, certificate=None, think_seconds=0, keeps_alive=True):
        self.requests = []
        self.resumed = []
        self.keeps_alive = keeps_alive
        self.think_seconds = think_seconds
        self.lock = threading.Lock()
        self.certificate = certificate

    def answer(self, request):
        """(status, headers, body)"""
        raise NotImplementedError

    def __enter__(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = 1 << 16
            is_noted = False  # of one connection: the handshake is over when its first request has come

            def handle_any(self):
                if outer.certificate and not self.is_noted:
                    self.is_noted = True
                    with outer.lock:
                        outer.resumed.append(self.connection.session_reused)
                url = urllib.parse.urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                request = Request(self.command, url.path, dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True)),
                                  {k.lower(): v for k, v in self.headers.items()}, body)
                with outer.lock:
                    outer.requests.append(request)
                time.sleep(outer.think_seconds)
                status, headers, body = outer.answer(request)
                self.send_response_only(status)
                for name, value in ({"Content-Length": str(len(body)), "Date": email.utils.formatdate(usegmt=True)} | headers).items():
                    self.send_header(name, value)
                if not outer.keeps_alive:
                    self.send_header("Connection", "close")
                    self.close_connection = True
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a client that goes away, or does not trust us

        self.server = Server(("127.0.0.1", 0), Handler)
        scheme = "http"
        if self.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.certificate)
            # The handshake belongs to the connection's own thread.
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
            scheme = "https"
        self.port = self.server.server_port
        self.endpoint = f"{scheme}://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Page(StandIn):
    """A web server that is no S3."""

    def answer(self, request):
        return 200, {"Content-Type": "text/html"}, b"<!doctype html><html><body>It works!</body></html>"


def error(status, code, message, more="", headers=None):
    body = (f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message>{more}'
            f"<RequestId>0123</RequestId><HostId>host</HostId></Error>").encode()
    return status, {"Content-Type": "application/xml"} | (headers or {}), body


class User:
    """Whom the stand-in knows. `expires`: seconds since the epoch, after which the session is refused."""

    def __init__(self, secret_key, token=None, expires=None):
        self.secret_key, self.token, self.expires = secret_key, token, expires


class StandInS3(StandIn):
    """Serves a file: store's directory as a bucket, path-style, and checks every signature.

    skew_seconds: how far its clock is ahead of this machine's.
    home_region: where the bucket is; a request signed for another is sent there, as `redirects` says:
      'malformed' (400 AuthorizationHeaderMalformed with <Region>) or 'redirect' (301 with x-amz-bucket-region).
    conditions: what it makes of If-None-Match: 'honoured', 'unknown' (501 NotImplemented) or 'ignored'.
    busy: how many requests it answers with 503 SlowDown and `retry_after` before it serves; `arrivals` has each
      request's path with range, and when it came.
    """

    def __init__(self, top, bucket="stand-in", users=None, home_region="us-east-1", redirects="malformed", skew_seconds=0,
                 public=False, conditions="honoured", busy=0, retry_after="1", **options):
        super().__init__(**options)
        self.top, self.bucket, self.users, self.public = pathlib.Path(top), bucket, users or {}, public
        self.home_region, self.redirects, self.skew_seconds = home_region, redirects, skew_seconds
        self.conditions, self.busy, self.retry_after, self.arrivals = conditions, busy, retry_after, []
        self.accepted = []  # the access keys of requests whose signature was right

    def now(self):
        return time.time() + self.skew_seconds

    def answer(self, request):
        status, headers, body = self.refusal(request) or self.too_busy(request) or self.serve(request)
        named = {"Date": email.utils.formatdate(self.now(), usegmt=True), "Server": "AmazonS3", "x-amz-request-id": "0123"}
        return status, named | headers, body

    def too_busy(self, request):
        with self.lock:
            self.arrivals.append((request.path, request.headers.get("range"), time.monotonic()))
            if self.busy == 0:
                return None
            self.busy -= 1
        return error(503, "SlowDown", "Please reduce your request rate.", headers={"Retry-After": self.retry_after})

    def refusal(self, request):
        authorization = request.headers.get("authorization")
        if authorization is None:
            return None if self.public else error(403, "AccessDenied", "Access Denied")
        found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?SignedHeaders=([^,]+), ?"
                             r"Signature=([0-9a-f]{64})", authorization)
        if not found:
            return error(400, "AuthorizationHeaderMalformed", "The authorization header is malformed")
        access_key, _, region, signed, given = found.groups()
        user = self.users.get(access_key)
        if user is None:
            return error(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.",
                         f"<AWSAccessKeyId>{access_key}</AWSAccessKeyId>")
        if region != self.home_region:
            if self.redirects == "redirect":
                return error(301, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the "
                             "specified endpoint. Please send all future requests to this endpoint.",
                             f"<Endpoint>{self.bucket}.s3.{self.home_region}.amazonaws.com</Endpoint><Bucket>{self.bucket}</Bucket>",
                             {"x-amz-bucket-region": self.home_region})
            return error(400, "AuthorizationHeaderMalformed",
                         f"The authorization header is malformed; the region '{region}' is wrong; expecting '{self.home_region}'",
                         f"<Region>{self.home_region}</Region>", {"x-amz-bucket-region": self.home_region})
        date = request.headers.get("x-amz-date", "")
        try:
            then = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc).timestamp()
        except ValueError:
            return error(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
        if abs(then - self.now()) > 900:
            return error(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.",
                         f"<RequestTime>{date}</RequestTime><MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>")
        if request.headers.get("x-amz-security-token") != user.token:
            return error(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
        names = signed.split(";")
        must = {"host", *(name for name in request.headers if name.startswith("x-amz-"))}
        if not must <= set(names) or names != sorted(names):
            return error(403, "AccessDenied", f"There were headers present in the request which were not signed: {must - set(names)}")
        digest = request.headers.get("x-amz-content-sha256", "")
        if digest != "UNSIGNED-PAYLOAD" and digest != hashlib.sha256(request.body).hexdigest():
            return error(400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
        right = signature(user.secret_key, request.method, request.path, list(request.query.items()), request.headers, names, digest,
                          date, region)
        if right != given:
            return error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. "
                         "Check your key and signing method.", f"<AWSAccessKeyId>{access_key}</AWSAccessKeyId>")
        if user.expires is not None and time.time() > user.expires:
            return error(400, "ExpiredToken", "The provided token has expired.")
        with self.lock:
            self.accepted.append(access_key)
        return None

    def serve(self, request):
        bucket, _, key = urllib.parse.unquote(request.path)[1:].partition("/")
        if bucket != self.bucket:
            return error(404, "NoSuchBucket", "The specified bucket does not exist", f"<BucketName>{bucket}</BucketName>")
        if not key:
            return self.listing(request.query)
        path = self.top / key
        if request.method == "DELETE":
            path.unlink(missing_ok=True)
            return 204, {}, b""
        if request.method == "PUT":
            if self.conditions == "unknown" and "if-none-match" in request.headers:
                return error(501, "NotImplemented", "A header you provided implies functionality that is not implemented.")
            if self.conditions == "honoured" and path.exists() and request.headers.get("if-none-match") == "*":
                return error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(request.body)
            return 200, {"ETag": '"0"'}, b""
        if not path.is_file():
            return error(404, "NoSuchKey", "The specified key does not exist.", f"<Key>{key}</Key>")
        modified = {"Last-Modified": email.utils.formatdate(path.stat().st_mtime, usegmt=True), "ETag": '"0"'}
        if request.method == "HEAD":
            return 200, modified | {"Content-Length": str(path.stat().st_size)}, b""
        data = path.read_bytes()
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("range", ""))
        if not wanted:
            return 200, modified, data
        first, last = int(wanted[1]), min(int(wanted[2]), len(data) - 1)
        if first >= len(data):
            return error(416, "InvalidRange", "The requested range is not satisfiable")
        return 206, modified | {"Content-Range": f"bytes {first}-{last}/{len(data)}"}, data[first:last + 1]

    def listing(self, query):
        prefix = query.get("prefix", "")
        found = sorted(str(path.relative_to(self.top)) for path in self.top.rglob("*") if path.is_file())
        entries = "".join(
            f"<Contents><Key>{xml.sax.saxutils.escape(key)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
            f"<Size>{(self.top / key).stat().st_size}</Size></Contents>" for key in found if key.startswith(prefix))
        return 200, {"Content-Type": "application/xml"}, (
            f'<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>{self.bucket}</Name><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>").encode()


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class CredentialSource(StandIn):
    """Gives credentials to who asks as it must. `next_user` makes (access key, User), which the S3 stand-in then knows."""

    def __init__(self, s3, lifetime_seconds=3600, status=200):
        super().__init__()
        self.s3, self.lifetime_seconds, self.status = s3, lifetime_seconds, status
        self.given = []

    def new_session(self):
        number = len(self.given) + 1
        access_key, secret_key, token = f"ASIASESSION{number:04}", f"secret-of-session-{number}/+x", f"token/of+session=={number}"
        expires = time.time() + self.lifetime_seconds
        self.s3.users[access_key] = User(secret_key, token, expires)
        self.given.append(access_key)
        return access_key, secret_key, token, iso(expires)

    def session_json(self):
        access_key, secret_key, token, expiration = self.new_session()
        return json.dumps({"Code": "Success", "AccessKeyId": access_key, "SecretAccessKey": secret_key, "Token": token,
                           "Expiration": expiration, "Type": "AWS-HMAC"}).encode()


class ContainerEndpoint(CredentialSource):
    """What AWS_CONTAINER_CREDENTIALS_FULL_URI names; asks for an authorization token."""

    def __init__(self, s3, authorization=None, **options):
        super().__init__(s3, **options)
        self.authorization = authorization

    def answer(self, request):
        if self.status != 200:
            return self.status, {}, b'{"code": "Forbidden", "message": "no"}'
        if request.headers.get("authorization") != self.authorization:
            return 401, {}, b'{"code": "Unauthorized", "message": "wrong token"}'
        return 200, {"Content-Type": "application/json"}, self.session_json()


class InstanceMetadata(CredentialSource):
    """IMDSv2: a token by PUT first, without which everything is 401."""

    TOKEN = "metadata-token=="

    def answer(self, request):
        if request.path == "/latest/api/token":
            if request.method != "PUT" or "x-aws-ec2-metadata-token-ttl-seconds" not in request.headers:
                return 400, {}, b""
            return 200, {}, self.TOKEN.encode()
        if request.headers.get("x-aws-ec2-metadata-token") != self.TOKEN:
            return 401, {}, b""
        roles = "/latest/meta-data/iam/security-credentials/"
        if request.path == roles:
            return 200, {"Content-Type": "text/plain"}, b"the-role"
        if request.path == roles + "the-role":
            return 200, {"Content-Type": "text/plain"}, self.session_json()
        return 404, {}, b""


class TokenService(CredentialSource):
    """STS: AssumeRoleWithWebIdentity."""

    def __init__(self, s3, identity, role, **options):
        super().__init__(s3, **options)
        self.identity, self.role = identity, role

    def answer(self, request):
        form = dict(urllib.parse.parse_qsl((request.body or b"").decode())) or request.query
        if form.get("Action") != "AssumeRoleWithWebIdentity" or form.get("RoleArn") != self.role:
            return self.sts_error(400, "ValidationError", "what is this")
        if form.get("WebIdentityToken") != self.identity:
            return self.sts_error(400, "InvalidIdentityToken", "The ID Token provided is not a valid JWT.")
        access_key, secret_key, token, expiration = self.new_session()
        return 200, {"Content-Type": "text/xml"}, (
            '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>'
            f"<SubjectFromWebIdentityToken>x</SubjectFromWebIdentityToken><Credentials><AccessKeyId>{access_key}</AccessKeyId>"
            f"<SecretAccessKey>{secret_key}</SecretAccessKey><SessionToken>{token}</SessionToken>"
            f"<Expiration>{expiration}</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
            "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>").encode()

    @staticmethod
    def sts_error(status, code, message):
        return status, {"Content-Type": "text/xml"}, (
            f'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code>'
            f"<Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>").encode()
