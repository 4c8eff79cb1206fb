"""What the tests against real servers share: one gateway, and ballast run with S3's environment."""

import atexit
import json
import os
import pathlib
import subprocess
import sys
import unittest

IS_ROOT = os.geteuid() == 0
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))

import gateway as gateways  # noqa: E402
from support import BIN, CliTest, noise, snapshot  # noqa: E402,F401

_running = None


def shared_gateway():
    """The gateway that CTest's fixture (or `gateway -- COMMAND`) started, or one of this process."""
    global _running
    if _running is None:
        reason = gateways.missing()
        if reason:
            raise unittest.SkipTest(reason)
        state = os.environ.get("BALLAST_TEST_GATEWAY")
        if state and os.path.exists(state):
            _running = gateways.RunningGateway(json.loads(pathlib.Path(state).read_text()))
        else:
            gateways.raise_on_signals()
            _running = gateways.Gateway()
            _running.__enter__()
            atexit.register(_running.__exit__)
    return _running


class S3Test(CliTest):
    """Runs ballast with nothing of this machine's AWS settings: only what a test sets."""

    # Before each program, such as `unshare` with what it needs.
    wrapper = ()

    def setUp(self):
        super().setUp()
        (self.dir / "home").mkdir()

    def environment(self):
        """What every program run here gets; a test's `env` comes on top, and None in it unsets."""
        return {}

    def run_program(self, program, *arguments, env=None, **options):
        isolated = {"HOME": str(self.dir / "home"), "AWS_EC2_METADATA_DISABLED": "true"}
        merged = isolated | self.environment() | (env or {})
        merged = {k: str(v) for k, v in merged.items() if v is not None}
        program, *arguments = [*self.wrapper, program, *arguments]
        return super().run_program(program, *arguments, env=merged, **options)

    def small_package(self, name="package", noise_bytes=400_000):
        """A tree of a few frames, for tests that are about the way and not about its weight."""
        self.write(f"{name}/handler.js", "exports.handler = async () => 'ok';\n")
        self.write(f"{name}/usr/bin/true", pathlib.Path("/bin/true").read_bytes(), 0o755)
        self.write(f"{name}/usr/share/data.bin", noise(noise_bytes))
        for i in range(8):
            self.write(f"{name}/usr/share/many/{i:02}.txt", f"file {i}\n" * 100)
        self.write(f"{name}/ballast.toml", 'codec = "zstd"\nlevel = 1\n')
        return self.dir / name

    def assert_error(self, result, *parts, hint=True):
        """One line `ballast…: error: …` that holds all `parts`, one hint, and nothing that is secret."""
        lines = result.stderr.splitlines()
        errors = [line for line in lines if ": error: " in line]
        self.assertEqual(len(errors), 1, result.stderr)
        for part in parts:
            self.assertIn(part, errors[0])
        if hint:
            self.assertEqual(len([line for line in lines if line.startswith("hint: ")]), 1, result.stderr)

    def assert_no_secret(self, result, *secrets):
        for secret in secrets:
            self.assertNotIn(secret, result.stdout + result.stderr)


class GatewayTest(S3Test):
    """With a bucket of its own in the shared gateway."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = shared_gateway()
        cls.s3 = cls.gateway.client()

    def setUp(self):
        super().setUp()
        self.bucket = self.gateway.create_bucket()
        self.store = self.url()

    def url(self, endpoint=None, bucket=None, prefix="some/prefix", **parameters):
        parameters = {"endpoint": endpoint or self.gateway.endpoint, "region": "us-east-1"} | parameters
        return f"s3://{bucket or self.bucket}/{prefix}?" + "&".join(f"{k}={v}" for k, v in parameters.items() if v is not None)

    def environment(self):
        return {"AWS_ACCESS_KEY_ID": self.gateway.access_key, "AWS_SECRET_ACCESS_KEY": self.gateway.secret_key,
                "AWS_CA_BUNDLE": self.gateway.ca_file}

    def name_the_bucket(self):
        """Programs find BUCKET.s3.localhost, by an /etc/hosts of their own. Needs root."""
        hosts = self.write("hosts", f"127.0.0.1 localhost s3.localhost {self.bucket}.s3.localhost\n")
        self.wrapper = ("unshare", "--mount", "sh", "-c", f'mount --bind {hosts} /etc/hosts && exec "$@"', "sh")

    def cold_log(self, result):
        """The line of JSON that a cold start writes to stderr."""
        lines = [line for line in result.stderr.splitlines() if line.startswith("{")]
        self.assertEqual(len(lines), 1, result.stderr)
        return json.loads(lines[0])

    def tool(self, *command, endpoint=None, **options):
        """aws or rclone against the gateway; its standard output."""
        result = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=300, env=self.tool_environment(endpoint),
                                cwd=self.dir, **options)
        self.assertEqual(result.returncode, 0, f"{command}\n{result.stdout}\n{result.stderr}")
        return result.stdout

    def tool_environment(self, endpoint=None):
        endpoint = endpoint or self.gateway.endpoint
        return {"PATH": os.environ["PATH"], "HOME": str(self.dir / "home"), **self.gateway.environment(),
                "AWS_PAGER": "", "RCLONE_CONFIG_GW_TYPE": "s3", "RCLONE_CONFIG_GW_PROVIDER": "Ceph", "RCLONE_CONFIG_GW_ENDPOINT": endpoint,
                "RCLONE_CONFIG_GW_ACCESS_KEY_ID": self.gateway.access_key,
                "RCLONE_CONFIG_GW_SECRET_ACCESS_KEY": self.gateway.secret_key}

    def aws(self, *arguments):
        return self.tool(AWS, "--endpoint-url", self.gateway.endpoint, *arguments)

    def rclone(self, *arguments):
        # Its AWS library refuses to start when AWS_CA_BUNDLE is set.
        return self.tool("env", "-u", "AWS_CA_BUNDLE", "rclone", "--config", "", *arguments)


# Debian's, before whatever shadows it in PATH.
AWS = "/usr/bin/aws" if os.path.exists("/usr/bin/aws") else "aws"


def main():
    """unittest's main, and for CTest a line when nothing ran: a skipped test is not a passed one."""
    program = unittest.main(module="__main__", exit=False)
    result = program.result
    for _, reason in result.skipped:
        print(f"field: skipped: {reason}", file=sys.stderr)
    if result.skipped and result.wasSuccessful() and len(result.skipped) >= result.testsRun:
        print("field: all skipped", file=sys.stderr)
    sys.exit(not result.wasSuccessful())
