"""What goes wrong between a function and its bucket: each one line that names the object, the action and the way out."""

import collections
import json
import shutil
import socket
import subprocess
import time

from field_support import GatewayTest, S3Test, main
from gateway import free_ports
from s3_client import S3Client
from stand_ins import Page, StandInS3, User

KEY, SECRET = "AKIASTANDIN000000001", "stand-in-secret/+0123456789abcdefghijklmn"


class AtTheGateway(GatewayTest):
    def setUp(self):
        super().setUp()
        self.pack(self.small_package())

    def refused(self, status, *parts, env=None, store=None, secrets=(), hint=True):
        """A hydration that fails so, and leaves no tree."""
        result = self.hydrate("--store", store or self.store, "--timeout", "10s", status=status, env=env)
        self.assert_error(result, *parts, hint=hint)
        self.assert_no_secret(result, self.gateway.secret_key, *secrets)
        self.assertIsNone(self.tree())
        return result

    def push_refused(self, status, *parts, env=None, store=None, secrets=()):
        result = self.ballast("push", "slim", "--store", store or self.store, status=status, env=env)
        self.assert_error(result, *parts)
        self.assert_no_secret(result, self.gateway.secret_key, *secrets)
        return result

    def test_a_key_id_that_nobody_knows_is_told(self):
        env = {"AWS_ACCESS_KEY_ID": "AKIANOBODYKNOWSTHIS0"}
        self.refused(5, f"s3://{self.bucket}/some/prefix/packs/", "s3:GetObject", env=env)

    def test_a_wrong_secret_is_told(self):
        env = {"AWS_SECRET_ACCESS_KEY": "not-this-one-but-secret-all-the-same"}
        result = self.refused(5, f"s3://{self.bucket}/some/prefix/packs/", "s3:GetObject", env=env,
                              secrets=["not-this-one-but-secret-all-the-same"])
        self.assertIn("AWS_SECRET_ACCESS_KEY", result.stderr, "the hint says where to look")

    def test_a_bucket_that_does_not_exist_is_told(self):
        store = self.url(bucket="no-such-bucket-here")
        self.refused(3, "s3://no-such-bucket-here/some/prefix/packs/", "bucket", store=store)
        self.push_refused(3, "s3://no-such-bucket-here/", "bucket", store=store)

    def test_an_object_that_does_not_exist_is_told(self):
        self.refused(3, f"s3://{self.bucket}/elsewhere/packs/", "no such object", store=self.url(prefix="elsewhere"), hint=False)

    def test_an_action_that_is_denied_is_named(self):
        access, secret = self.gateway.other_user
        env = {"AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret}
        result = self.refused(5, f"s3://{self.bucket}/some/prefix/packs/", "s3:GetObject", env=env, secrets=[secret])
        self.assertIn("arn:aws:s3:::" + self.bucket, result.stderr)
        # For a push, whichever action comes first.
        result = self.push_refused(5, f"s3://{self.bucket}/some/prefix/", "s3:", env=env, secrets=[secret])
        self.assertRegex(result.stderr, r"s3:(PutObject|ListBucket|GetObject)\b")

    def test_reading_is_allowed_and_writing_is_denied(self):
        policy = {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/other"]}, "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": [f"arn:aws:s3:::{self.bucket}", f"arn:aws:s3:::{self.bucket}/*"]}]}
        self.s3.expect("PUT", f"/{self.bucket}", {"policy": ""}, json.dumps(policy).encode())
        access, secret = self.gateway.other_user
        env = {"AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret}
        self.hydrate(env=env)
        self.assert_verified()
        self.write("package/usr/share/data.bin", b"new" * 10_000)
        result = self.ballast("pack", "package", "--out", "slim2", "--store", self.store, "--push", "--quiet", env=env, status=5)
        self.assert_error(result, f"s3://{self.bucket}/some/prefix/leases/", "s3:PutObject", "denied: AccessDenied")
        self.assertEqual([k for k in self.s3.keys(self.bucket) if "/versions/" in k][1:], [], "no half version")

    def test_no_credentials_at_all_are_told(self):
        env = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
        result = self.refused(5, f"s3://{self.bucket}/some/prefix/packs/", "s3:GetObject", "no credentials", env=env)
        self.assertIn("AWS_ACCESS_KEY_ID", result.stderr)

    def test_half_of_the_credentials_is_refused(self):
        result = self.refused(2, "AWS_SECRET_ACCESS_KEY", "not set", env={"AWS_SECRET_ACCESS_KEY": None})
        self.assertIn("hint: set both or neither", result.stderr)

    def test_a_certificate_of_an_unknown_authority_is_refused(self):
        store = self.url(self.gateway.tls_endpoint)
        result = self.refused(4, f"s3://{self.bucket}/some/prefix/packs/", "certificate", store=store, env={"AWS_CA_BUNDLE": None})
        self.assertIn("AWS_CA_BUNDLE", result.stderr)

    def test_a_certificate_bundle_that_does_not_exist_is_told(self):
        store = self.url(self.gateway.tls_endpoint)
        self.refused(2, "AWS_CA_BUNDLE", "/no/such/bundle.pem", store=store, env={"AWS_CA_BUNDLE": "/no/such/bundle.pem"}, hint=False)

    def test_tls_to_a_server_that_speaks_plain_http_fails(self):
        store = self.url(self.gateway.endpoint.replace("http:", "https:"))
        self.refused(6, f"s3://{self.bucket}/some/prefix/packs/", self.gateway.endpoint.split("//")[1], store=store, hint=False)

    def test_a_host_that_nobody_listens_on_is_told(self):
        [port] = free_ports(1)
        start = time.monotonic()
        self.refused(6, f"s3://{self.bucket}/some/prefix/packs/", f"127.0.0.1:{port}", "refused",
                     store=self.url(f"http://127.0.0.1:{port}"))
        self.assertLess(time.monotonic() - start, 15)

    def test_a_host_that_answers_nothing_is_given_up(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
            start = time.monotonic()
            result = self.hydrate("--store", self.url(endpoint), "--timeout", "2s", status=6)
            self.assertLess(time.monotonic() - start, 8, "--timeout ends it")
            self.assert_error(result, f"s3://{self.bucket}/some/prefix/packs/")
            # The function's own deadline does the same, as Lambda gives it.
            start = time.monotonic()
            deadline = {"BALLAST_DEADLINE_MS": int(time.time() * 1000) + 3000}
            result = self.hydrate("--store", self.url(endpoint), status=6, env=deadline)
            self.assertLess(time.monotonic() - start, 8)
            self.assert_error(result, f"s3://{self.bucket}/some/prefix/packs/")

    def test_a_host_whose_name_does_not_exist_is_told(self):
        self.refused(6, "no-such-host.invalid", "resolved", store=self.url("http://no-such-host.invalid"))

    def test_store_urls_that_cannot_be_are_refused(self):
        for store, what in ((f"s3://{self.bucket}?colour=red", "colour"), ("s3:///prefix", "bucket"), ("s3://UP/..", "s3://"),
                            (f"s3://{self.bucket}?endpoint=ftp://x", "ftp"), (f"s3://{self.bucket}?path_style=maybe", "maybe"),
                            (f"s3://{self.bucket}/../x", "prefix")):
            self.refused(2, what, store=store, hint=False)

    def test_credentials_in_the_url_are_refused_and_not_repeated(self):
        result = self.hydrate("--store", f"s3://AKIAX:hush-hush@{self.bucket}/x", status=2)
        self.assert_error(result, "credentials do not belong into a store's URL")
        self.assert_no_secret(result, "hush-hush", "AKIAX")


class AtAStandIn(S3Test):
    """A file: store behind a server that answers as AWS does."""

    def setUp(self):
        super().setUp()
        self.packed = self.pack(self.small_package())

    def environment(self):
        return {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "us-east-1"}

    def stand_in(self, **options):
        return self.enterContext(StandInS3(self.store, users={KEY: User(SECRET)}, **options))

    def url(self, server, **parameters):
        return f"s3://stand-in?endpoint={server.endpoint}" + "".join(f"&{k}={v}" for k, v in parameters.items())

    def refused(self, server, status, *parts, env=None, hint=True):
        result = self.hydrate("--store", self.url(server), "--timeout", "10s", status=status, env=env)
        self.assert_error(result, *parts, hint=hint)
        self.assert_no_secret(result, SECRET)
        self.assertIsNone(self.tree())
        return result

    def test_the_stand_in_itself_checks_signatures(self):
        server = self.stand_in()
        self.assertEqual(S3Client(server.endpoint, KEY, SECRET).request("GET", "/stand-in", {"list-type": "2"}).status, 200)
        self.assertIn(b"SignatureDoesNotMatch", S3Client(server.endpoint, KEY, "wrong").request("GET", "/stand-in").body)
        self.hydrate("--store", self.url(server))
        self.assert_verified()

    def test_another_region_is_followed(self):
        """Where only the signature's region is wrong, as behind an endpoint that serves all regions."""
        server = self.stand_in(home_region="eu-central-1", redirects="malformed", think_seconds=0.05)
        self.hydrate("--store", self.url(server, region="us-east-1"))
        self.assert_verified()
        wrong = [r for r in server.requests if "/us-east-1/s3/" in r.headers["authorization"]]
        self.assertLessEqual(len(wrong), 32, "asked wrongly once by each connection at most")

    def test_another_region_at_an_endpoint_that_was_named_is_told(self):
        """301: the bucket is at another address, which the user's endpoint is not."""
        server = self.stand_in(home_region="eu-central-1", redirects="redirect")
        result = self.refused(server, 2, "s3://stand-in/packs/", "s3:GetObject", "eu-central-1", "us-east-1")
        self.assertIn("region=eu-central-1", result.stderr)

    def test_a_clock_that_is_wrong_is_corrected(self):
        # Many requests are under way when the first is refused.
        self.pack(self.make_package("large", noise_bytes=30_000_000))
        for hours in (-3, 2):
            server = self.stand_in(skew_seconds=hours * 3600, think_seconds=0.05)
            self.root = self.dir / f"root{hours}"
            self.hydrate("--store", self.url(server))
            self.assert_verified()
            self.assertLess(len(server.requests), len(server.accepted) + 65)

    def test_an_expired_session_is_told(self):
        server = self.stand_in()
        server.users["ASIAOLD"] = User("old-secret", "old-token", expires=time.time() - 60)
        env = {"AWS_ACCESS_KEY_ID": "ASIAOLD", "AWS_SECRET_ACCESS_KEY": "old-secret", "AWS_SESSION_TOKEN": "old-token"}
        result = self.refused(server, 5, "s3://stand-in/packs/", "s3:GetObject", "expired", env=env)
        self.assertIn("AWS_SESSION_TOKEN", result.stderr)
        self.assert_no_secret(result, "old-secret", "old-token")
        self.assertLess(len(server.requests), 20, "asking again does not help")

    def test_a_session_without_its_token_is_told(self):
        server = self.stand_in()
        server.users["ASIANEW"] = User("new-secret", "new-token", expires=time.time() + 600)
        env = {"AWS_ACCESS_KEY_ID": "ASIANEW", "AWS_SECRET_ACCESS_KEY": "new-secret"}
        result = self.refused(server, 5, "s3://stand-in/packs/", "s3:GetObject", env=env)
        self.assertIn("AWS_SESSION_TOKEN", result.stderr)

    def test_a_web_server_that_is_not_s3_is_told(self):
        with Page() as page:
            result = self.hydrate("--store", self.url(page), "--timeout", "5s", status=2)
            self.assert_error(result, "s3://stand-in/packs/", page.endpoint, "does not speak S3")
            self.assertIn("AWS_ENDPOINT_URL_S3", result.stderr)
            self.assertIsNone(self.tree())
            pushed = self.ballast("push", "slim", "--store", self.url(page), status=2)
            self.assert_error(pushed, "s3://stand-in/", "does not speak S3")

    def certificate(self, name):
        """(certificate, key), self-signed, for a host of that name; localhost's address too."""
        address = ",IP:127.0.0.1" if name == "localhost" else ""
        files = self.dir / f"{name}.pem", self.dir / f"{name}.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}{address}", "-keyout", files[1], "-out", files[0]],
                       check=True, capture_output=True)
        return files

    def test_a_certificate_of_another_host_is_refused(self):
        certificate = self.certificate("elsewhere.example")
        server = self.stand_in(certificate=certificate)
        result = self.refused(server, 4, "s3://stand-in/packs/", "certificate", "127.0.0.1", env={"AWS_CA_BUNDLE": certificate[0]})
        self.assertEqual(server.requests, [], "nothing is sent to a host that is not who it says")
        self.assertNotIn("insecure", result.stderr)

    def test_tls_sessions_are_resumed(self):
        """A server that closes after each answer: every connection but the first takes up the session before it."""
        certificate = self.certificate("localhost")
        for host in ("localhost", "127.0.0.1"):
            server = self.stand_in(certificate=certificate, keeps_alive=False)
            server.endpoint = server.endpoint.replace("127.0.0.1", host)
            self.ballast("verify", self.packed["version"], "--name", self.packed["name"], "--store", self.url(server),
                         env={"AWS_CA_BUNDLE": certificate[0]})
            self.assertGreater(len(server.resumed), 3)
            self.assertEqual(server.resumed, [False] + [True] * (len(server.resumed) - 1))

    def test_an_answer_without_words_is_not_taken_for_s3(self):
        """A load balancer's 404: empty, and of no type."""
        class Silent(Page):
            def answer(self, request):
                return 404, {}, b""

        with Silent() as server:
            result = self.hydrate("--store", self.url(server), "--timeout", "5s", status=2)
            self.assert_error(result, "s3://stand-in/packs/", "does not speak S3")
            result = self.ballast("versions", "--store", self.url(server), status=2)
            self.assert_error(result, "s3://stand-in/", "s3:ListBucket", "does not speak S3")

    def test_line_breaks_in_credentials_stay_out_of_requests(self):
        server = self.stand_in()
        for variable, value in (("AWS_SESSION_TOKEN", "token\r\nX-Evil: 1"), ("AWS_ACCESS_KEY_ID", KEY + "\n")):
            self.refused(server, 2, variable, "line break", env={variable: value})
        self.write("home/.aws/credentials", f"[default]\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
                   "aws_session_token = a b\n")
        self.refused(server, 2, "aws_session_token", env={"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None})
        self.assertEqual(server.requests, [])

    def test_retry_after_is_waited_for(self):
        """Each range that was refused with Retry-After: 1 comes again, and not before."""
        server = self.stand_in(busy=3)
        self.hydrate("--store", self.url(server), "--timeout", "60s")
        self.assert_verified()
        self.assertEqual(server.busy, 0)
        times = collections.defaultdict(list)
        for path, wanted, when in server.arrivals:
            times[path, wanted].append(when)
        refused = [later - first for first, *more in times.values() for later in more[:1]]
        self.assertNotEqual(refused, [])
        for gap in refused:
            self.assertGreaterEqual(gap, 1)

    def test_an_eternity_is_not_waited_for(self):
        for retry_after in ("4294967295", "Fri, 31 Dec 9999 23:59:59 GMT"):
            server = self.stand_in(busy=1, retry_after=retry_after)
            self.refused(server, 6, "SlowDown", hint=False)
            self.assertEqual(len(server.arrivals), 1)

    def test_servers_need_no_conditional_writes(self):
        """HEAD is the condition then: nothing that is there is written again."""
        for conditions in ("unknown", "ignored"):
            server = self.stand_in(conditions=conditions)
            server.top = self.dir / f"served-{conditions}"
            for version in ("v1", "v1-again"):
                server.requests.clear()
                self.ballast("pack", "package", "--out", f"slim-{conditions}-{version}", "--store", self.url(server), "--push", "--version",
                             version, "--quiet")
                written = [r.path for r in server.requests if r.method == "PUT"]
                packs = [path for path in written if "/packs/" in path]
                self.assertEqual(len(set(packs)), 1 if version == "v1" else 0, written)
            self.hydrate("--store", self.url(server), slim=f"slim-{conditions}-v1")
            self.assert_verified(f"slim-{conditions}-v1")
            shutil.rmtree(self.root)

    def test_what_is_not_retried_is_asked_once(self):
        """403 and 404 do not get better: as many requests as connections, not more."""
        server = self.stand_in()
        for env in ({"AWS_SECRET_ACCESS_KEY": "wrong"}, {"AWS_ACCESS_KEY_ID": "AKIANOBODY"}):
            server.requests.clear()
            self.refused(server, 5, "s3://stand-in/packs/", env=env)
            self.assertLess(len(server.requests), 20)


if __name__ == "__main__":
    main()
