"""A small S3 client for tests: signs with AWS's Signature Version 4, which the stand-in servers check with."""

import collections
import datetime
import hashlib
import hmac
import http.client
import ssl
import urllib.parse
import xml.etree.ElementTree

Answer = collections.namedtuple("Answer", "status headers body")


def quoted(text, safe="-._~"):
    return urllib.parse.quote(text, safe=safe)


def canonical_query(pairs):
    return "&".join(f"{k}={v}" for k, v in sorted((quoted(k), quoted(v)) for k, v in pairs))


def signature(secret_key, method, path, pairs, headers, signed, payload_digest, time, region, service="s3"):
    """The hexadecimal signature. `path` is as it is sent, `headers` has lower-case names, `signed` lists those signed."""
    request = "\n".join([method, path, canonical_query(pairs),
                         "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in signed), ";".join(signed), payload_digest])
    scope = f"{time[:8]}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", time, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = ("AWS4" + secret_key).encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


class S3Client:
    """Path-style requests to one endpoint, a connection each. Anonymous without keys."""

    def __init__(self, endpoint, access_key=None, secret_key=None, region="us-east-1", ca_file=None):
        self.url = urllib.parse.urlsplit(endpoint)
        self.access_key, self.secret_key, self.region, self.ca_file = access_key, secret_key, region, ca_file

    def request(self, method, path, query=(), body=b"", headers=None):
        pairs = list(dict(query).items())
        path = quoted(path, "/-._~")
        time = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        digest = hashlib.sha256(body).hexdigest()
        sent = {k.lower(): v for k, v in (headers or {}).items()} | {"host": self.url.netloc, "x-amz-date": time,
                                                                     "x-amz-content-sha256": digest}
        if self.access_key:
            signed = sorted(sent)
            made = signature(self.secret_key, method, path, pairs, sent, signed, digest, time, self.region)
            sent["authorization"] = (f"AWS4-HMAC-SHA256 Credential={self.access_key}/{time[:8]}/{self.region}/s3/aws4_request, "
                                     f"SignedHeaders={';'.join(signed)}, Signature={made}")
        if self.url.scheme == "https":
            context = ssl.create_default_context(cafile=self.ca_file)
            connection = http.client.HTTPSConnection(self.url.hostname, self.url.port, timeout=60, context=context)
        else:
            connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=60)
        try:
            connection.request(method, path + ("?" + canonical_query(pairs) if pairs else ""), body, sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def expect(self, method, path, *arguments, **options):
        answer = self.request(method, path, *arguments, **options)
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.body[:500]}")
        return answer

    def presigned(self, path, seconds=3600):
        """A URL that anyone can GET for a while."""
        time = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        path = quoted(path, "/-._~")
        pairs = [("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
                 ("X-Amz-Credential", f"{self.access_key}/{time[:8]}/{self.region}/s3/aws4_request"), ("X-Amz-Date", time),
                 ("X-Amz-Expires", str(seconds)), ("X-Amz-SignedHeaders", "host")]
        made = signature(self.secret_key, "GET", path, pairs, {"host": self.url.netloc}, ["host"], "UNSIGNED-PAYLOAD", time,
                         self.region)
        return f"{self.url.scheme}://{self.url.netloc}{path}?{canonical_query(pairs)}&X-Amz-Signature={made}"

    def create_bucket(self, bucket, **headers):
        self.expect("PUT", f"/{bucket}", headers=headers)

    def put(self, bucket, key, body, **headers):
        self.expect("PUT", f"/{bucket}/{key}", body=body, headers=headers)

    def get(self, bucket, key):
        return self.expect("GET", f"/{bucket}/{key}").body

    def delete(self, bucket, key):
        self.expect("DELETE", f"/{bucket}/{key}")

    def keys(self, bucket, prefix=""):
        """{key: size}."""
        found, token = {}, None
        while True:
            query = {"list-type": "2", "prefix": prefix} | ({"continuation-token": token} if token else {})
            root = xml.etree.ElementTree.fromstring(self.expect("GET", f"/{bucket}", query).body)
            found |= {text(entry, "Key"): int(text(entry, "Size")) for entry in root.iterfind("{*}Contents")}
            token = text(root, "NextContinuationToken")
            if text(root, "IsTruncated") != "true":
                return found

    def uploads(self, bucket):
        """The multipart uploads that were begun and neither completed nor aborted."""
        root = xml.etree.ElementTree.fromstring(self.expect("GET", f"/{bucket}", {"uploads": ""}).body)
        return [text(entry, "Key") for entry in root.iterfind("{*}Upload")]


def text(element, name):
    found = element.find("{*}" + name)
    return None if found is None else found.text
