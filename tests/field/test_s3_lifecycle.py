"""versions, diff, verify and gc over a bucket."""

import json
import subprocess

from field_support import BIN, GatewayTest, main


class Lifecycle(GatewayTest):
    def setUp(self):
        super().setUp()
        told = subprocess.run([BIN / "ballast", "--help"], capture_output=True, text=True).stdout
        for command in ("versions", "diff", "gc"):
            if command not in told:
                self.skipTest(f"this ballast has no command {command}")

    def test_versions_diff_verify_gc(self):
        package = self.small_package()
        for number in (1, 2, 3):
            self.write("package/usr/share/changing", f"{number}" * 300_000)
            self.pack(package, f"slim{number}", "--version", f"v{number}")
        before = self.s3.keys(self.bucket)
        listed = self.ballast("versions", "--store", self.store, "--json").stdout
        self.assertTrue(all(f'"v{n}"' in listed for n in (1, 2, 3)), listed)
        json.loads(listed)
        told = self.ballast("diff", "v1", "v3", "--store", self.store).stdout
        self.assertIn("usr/share/changing", told)
        self.assertNotIn("usr/share/data.bin", told)
        self.ballast("verify", "v2", "--store", self.store)

        self.ballast("gc", "--keep", "1", "--dry-run", "--store", self.store)
        self.assertEqual(self.s3.keys(self.bucket), before, "--dry-run removes nothing")
        # What has just been pushed may belong to a push that is still running: only older objects go.
        self.ballast("gc", "--keep", "1", "--store", self.store)
        after = self.s3.keys(self.bucket)
        self.assertIn("some/prefix/versions/package/v3", after)
        self.assertLessEqual(set(after), set(before))
        self.hydrate(slim="slim3")
        self.assert_verified("slim3")

    def test_verify_of_a_version_finds_what_is_missing_and_what_is_wrong(self):
        self.pack(self.small_package(), "slim", "--version", "v1")
        [pack] = [key for key in self.s3.keys(self.bucket) if "/packs/" in key]
        good = self.s3.get(self.bucket, pack)
        self.ballast("verify", "v1", "--store", self.store)
        self.s3.put(self.bucket, pack, good[:-1000] + b"x" + good[-999:])
        wrong = self.ballast("verify", "v1", "--store", self.store, status=1)
        self.assertIn(pack.rsplit("/", 1)[1], wrong.stdout + wrong.stderr)
        self.s3.delete(self.bucket, pack)
        missing = self.ballast("verify", "v1", "--store", self.store, status=1)
        self.assertIn(pack.rsplit("/", 1)[1], missing.stdout + missing.stderr)


if __name__ == "__main__":
    main()
