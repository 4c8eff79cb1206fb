"""Where credentials come from, as AWS's own clients find them; that they are renewed in time; that nobody reads them in a log."""

import pathlib
import time

from field_support import GatewayTest, S3Test, main
from stand_ins import ContainerEndpoint, InstanceMetadata, StandInS3, TokenService, User

ROLE = "arn:aws:iam::123456789012:role/the-role"


class Sources(S3Test):
    """A file: store behind a stand-in that checks signatures and session tokens."""

    def setUp(self):
        super().setUp()
        self.pack(self.small_package())
        self.s3 = self.enterContext(StandInS3(self.store))
        self.url = f"s3://stand-in?endpoint={self.s3.endpoint}&region=us-east-1"

    def hydrate_as(self, env, access_key, status=0):
        """Hydrates, and the store saw `access_key` and no other."""
        self.s3.accepted.clear()
        result = self.hydrate("--store", self.url, "--timeout", "10s", env=env, status=status)
        self.assert_nothing_secret(result)
        if status == 0:
            self.assertEqual(set(self.s3.accepted), {access_key})
            self.assert_verified()
        else:
            self.assertIsNone(self.tree())
        return result

    def assert_nothing_secret(self, result):
        for user in self.s3.users.values():
            self.assert_no_secret(result, user.secret_key)
            if user.token:
                self.assert_no_secret(result, user.token)

    def know(self, access_key, secret_key="secret-0123456789/+", token=None):
        self.s3.users[access_key] = User(secret_key, token)
        return secret_key

    def test_the_environment_may_hold_a_session(self):
        secret = self.know("ASIAENV", token="session/token+with==signs")
        self.hydrate_as({"AWS_ACCESS_KEY_ID": "ASIAENV", "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": "session/token+with==signs"},
                        "ASIAENV")

    def test_profiles(self):
        secret = self.know("AKIADEFAULT", "default-secret-1/+=")
        other = self.know("ASIAOTHER", "other-secret-2", token="other-token")
        self.write("home/.aws/credentials", f"""# by hand
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key={secret}

[work]
aws_access_key_id=ASIAOTHER
aws_secret_access_key = {other}
aws_session_token = other-token
""")
        self.hydrate_as({}, "AKIADEFAULT")
        self.root = self.dir / "root2"
        self.hydrate_as({"AWS_PROFILE": "work"}, "ASIAOTHER")
        # The config file's sections are called `profile NAME`; it may hold keys too.
        self.root = self.dir / "root3"
        config = self.write("elsewhere/config", f"[profile here]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = {secret}\n")
        self.hydrate_as({"AWS_PROFILE": "here", "AWS_CONFIG_FILE": config}, "AKIADEFAULT")
        self.root = self.dir / "root4"
        moved = self.dir / "moved"
        (self.dir / "home/.aws/credentials").rename(moved)
        self.hydrate_as({"AWS_SHARED_CREDENTIALS_FILE": moved}, "AKIADEFAULT")

    def test_region_and_endpoint_of_a_profile(self):
        secret = self.know("AKIADEFAULT")
        self.write("home/.aws/credentials", f"[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = {secret}\n")
        self.write("home/.aws/config", f"[default]\nregion = ap-south-1\nendpoint_url = {self.s3.endpoint}\n")
        self.s3.home_region = "ap-south-1"
        self.url = "s3://stand-in"
        self.hydrate_as({}, "AKIADEFAULT")
        self.assertEqual(len(self.s3.requests), len(self.s3.accepted), "the right region at once")

    def test_a_profile_that_does_not_exist_is_told(self):
        result = self.hydrate_as({"AWS_PROFILE": "nowhere"}, None, status=2)
        self.assert_error(result, "nowhere")

    def test_container_endpoint_with_a_token(self):
        for form in ("variable", "file"):
            self.root = self.dir / f"root-{form}"
            with ContainerEndpoint(self.s3, authorization="Basic secret-authorization") as source:
                env = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{source.endpoint}/v1/credentials"}
                if form == "variable":
                    env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Basic secret-authorization"
                else:
                    env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = self.write("token", "Basic secret-authorization\n")
                result = self.hydrate_as(env, "ASIASESSION0001")
                self.assert_no_secret(result, "secret-authorization")
                self.assertEqual([r.path for r in source.requests], ["/v1/credentials"], "asked once for all connections")

    def test_a_container_endpoint_that_refuses_is_told(self):
        with ContainerEndpoint(self.s3, authorization="right") as source:
            env = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{source.endpoint}/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "wrong-but-secret"}
            result = self.hydrate_as(env, None, status=5)
            self.assert_error(result, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "401")
            self.assert_no_secret(result, "wrong-but-secret")

    def test_container_endpoint_across_a_network_in_the_clear_is_refused(self):
        result = self.hydrate_as({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/x"}, None, status=2)
        self.assert_error(result, "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://192.0.2.1")

    def test_instance_metadata(self):
        with InstanceMetadata(self.s3) as source:
            env = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": source.endpoint, "AWS_EC2_METADATA_DISABLED": None}
            self.hydrate_as(env, "ASIASESSION0001")
            self.assertEqual([r.method for r in source.requests], ["PUT", "GET", "GET"])
            self.root = self.dir / "root2"
            source.requests.clear()
            result = self.hydrate_as(env | {"AWS_EC2_METADATA_DISABLED": "true"}, None, status=5)
            self.assert_error(result, "no credentials")
            self.assertEqual(source.requests, [])

    def test_web_identity(self):
        token = self.write("web-identity", "eyJhbGciOiJSUzI1NiJ9.payload.signature")
        with TokenService(self.s3, "eyJhbGciOiJSUzI1NiJ9.payload.signature", ROLE) as source:
            env = {"AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": ROLE, "AWS_ENDPOINT_URL_STS": source.endpoint}
            self.hydrate_as(env, "ASIASESSION0001")
            self.assertEqual(len(source.requests), 1)
            token.write_text("another.one.altogether")
            self.root = self.dir / "root2"
            result = self.hydrate_as(env, None, status=5)
            self.assert_error(result, ROLE, "InvalidIdentityToken")
            self.assert_no_secret(result, "another.one.altogether")

    def test_a_bundle_that_is_none_is_told_by_its_own_name(self):
        token = self.write("web-token", "identity-token")
        bundle = self.write("bundle.pem", "no certificate\n")
        env = {"AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": ROLE, "AWS_ENDPOINT_URL_STS": "https://127.0.0.1:1", "AWS_CA_BUNDLE": bundle}
        result = self.hydrate_as(env, None, status=2)
        self.assertIn(f"AWS_CA_BUNDLE: {bundle}: holds no certificate", result.stderr)

    def test_the_environment_comes_first(self):
        secret = self.know("AKIAFIRST")
        profile = self.know("AKIAPROFILE")
        self.write("home/.aws/credentials", f"[default]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = {profile}\n")
        with ContainerEndpoint(self.s3) as source:
            env = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": source.endpoint + "/"}
            self.hydrate_as(env | {"AWS_ACCESS_KEY_ID": "AKIAFIRST", "AWS_SECRET_ACCESS_KEY": secret}, "AKIAFIRST")
            self.root = self.dir / "root2"
            self.hydrate_as(env, "AKIAPROFILE")
            self.assertEqual(source.requests, [])

    def test_a_session_that_ends_meanwhile_is_renewed(self):
        """Each lives so short that it is renewed all the time; nothing is ever refused for good."""
        self.pack(self.make_package("large", noise_bytes=20_000_000))
        with ContainerEndpoint(self.s3, lifetime_seconds=1) as source:
            self.s3.think_seconds = 0.3
            env = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": source.endpoint + "/"}
            result = self.hydrate("--store", self.url + "&connections=1", env=env)
            self.assert_nothing_secret(result)
            self.assertGreater(len(source.given), 1)
        self.assert_verified()

    def test_a_session_that_is_ended_early_is_renewed_once_it_is_refused(self):
        with ContainerEndpoint(self.s3) as source:
            first = source.new_session
            def ended(*_):
                session = first()
                if len(source.given) == 1:
                    self.s3.users[session[0]].expires = time.time() - 1
                return session
            source.new_session = ended
            self.hydrate_as({"AWS_CONTAINER_CREDENTIALS_FULL_URI": source.endpoint + "/"}, "ASIASESSION0002")

    def test_an_anonymous_reader_of_a_public_store(self):
        self.s3.public = True
        self.hydrate("--store", self.url)
        self.assert_verified()
        self.assertEqual({r.headers.get("authorization") for r in self.s3.requests}, {None})


class AtTheGateway(GatewayTest):
    def test_an_anonymous_reader_of_a_public_bucket(self):
        self.pack(self.small_package())
        policy = ('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], '
                  f'"Resource": ["arn:aws:s3:::{self.bucket}/*"]}}]}}')
        self.s3.expect("PUT", f"/{self.bucket}", {"policy": ""}, policy.encode())
        self.hydrate(env={"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None})
        self.assert_verified()

    def test_a_profile(self):
        self.write("home/.aws/credentials", f"[default]\naws_access_key_id={self.gateway.access_key}\n"
                                            f"aws_secret_access_key={self.gateway.secret_key}\n")
        env = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
        self.ballast("pack", self.small_package(), "--out", "slim", "--store", self.store, "--push", "--quiet", env=env)
        self.hydrate(env=env)
        self.assert_verified()
        for name in ("ballast.lock", "ballast.manifest"):
            self.assertNotIn(self.gateway.secret_key.encode(), pathlib.Path(self.dir / "slim" / name).read_bytes())


if __name__ == "__main__":
    main()
