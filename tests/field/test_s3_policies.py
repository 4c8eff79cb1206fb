"""The policies of docs/s3.md, as they stand there: each allows what it is for, and no more."""

import json
import pathlib
import re

from field_support import GatewayTest, main, noise

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/s3.md"


class Policies(GatewayTest):
    """Given to a second user, who has no rights of its own, as bucket policies: the gateway knows no others."""

    def policy(self, first_sid):
        """The policy in the document whose first statement has that name."""
        blocks = re.findall(r"```json\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
        found = [json.loads(block) for block in blocks if f'"{first_sid}"' in block]
        self.assertEqual(len(found), 1, first_sid)
        return json.loads(json.dumps(found[0]).replace("BUCKET", self.bucket).replace("PREFIX", "some/prefix"))

    def allow(self, policy, *more):
        for statement in policy["Statement"] + list(more):
            statement["Principal"] = {"AWS": ["arn:aws:iam:::user/other"]}
        policy["Statement"] += more
        self.s3.expect("PUT", f"/{self.bucket}", {"policy": ""}, json.dumps(policy).encode())

    def other(self):
        return dict(zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), self.gateway.other_user))

    def test_the_function_hydrates_and_nothing_else(self):
        self.pack(self.small_package())
        self.hydrate(env=self.other(), status=5)
        self.allow(self.policy("BallastHydrates"))
        self.hydrate(env=self.other())
        self.assert_verified()
        for command in (("versions",), ("gc", "--keep", "1")):
            self.ballast(*command, "--store", self.store, env=self.other(), status=5)
        self.write("package/usr/share/data.bin", b"changed" * 9000)
        self.ballast("pack", "package", "--out", "slim2", "--store", self.store, "--push", env=self.other(), status=5)

    def test_the_deployer_deploys_and_removes_nothing(self):
        policy = self.policy("BallastDeployReadsAndAdds")
        self.allow(policy)
        package = self.small_package()
        self.pack(package, "slim", "--version", "v1", env=self.other())
        # More than goes up in one part.
        self.write("package/usr/share/data.bin", noise(40_000_000))
        self.pack(package, "slim2", "--version", "v2", env=self.other())
        for command in (("versions",), ("diff", "v1", "v2"), ("verify", "v2", "--quiet")):
            self.ballast(*command, "--store", self.store, env=self.other())
        self.assertEqual([key for key in self.s3.keys(self.bucket) if "/leases/" in key], [])
        self.ballast("gc", "--keep", "1", "--store", self.store, env=self.other(), status=5)
        self.assertEqual(len([key for key in self.s3.keys(self.bucket) if "/versions/" in key]), 2)

        collects = {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": f"arn:aws:s3:::{self.bucket}/some/prefix/*"}
        self.allow(policy, collects)
        self.ballast("gc", "--keep", "1", "--store", self.store, env=self.other())
        self.assertEqual(len([key for key in self.s3.keys(self.bucket) if "/versions/" in key]), 1)


if __name__ == "__main__":
    main()
