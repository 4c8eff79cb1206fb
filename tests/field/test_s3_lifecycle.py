"""versions, diff, verify and gc over a bucket."""

import json

from field_support import GatewayTest, main


class Lifecycle(GatewayTest):
    def test_versions_diff_verify_and_gc_work_in_a_bucket(self):
        package = self.small_package()
        for number in (1, 2, 3):
            self.write("package/usr/share/changing", f"{number}" * 300_000)
            self.pack(package, f"slim{number}", "--version", f"v{number}")
            # Records are dated to the second, and gc keeps those that are as new as the newest: each is of a day of its own.
            key = f"some/prefix/versions/package/v{number}"
            record = json.loads(self.s3.get(self.bucket, key))
            self.s3.put(self.bucket, key, json.dumps(record | {"created": f"2024-01-0{number}T00:00:00Z"}).encode())
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
        self.ballast("gc", "--keep", "1", "--store", self.store)
        after = self.s3.keys(self.bucket)
        self.assertEqual([key for key in after if "/versions/" in key], ["some/prefix/versions/package/v3"])
        self.assertEqual(len([key for key in after if "/manifests/" in key]), 1)
        self.assertLess(len([key for key in after if "/packs/" in key]), len([key for key in before if "/packs/" in key]))
        self.assertEqual({key.split("/")[2] for key in after}, {"versions", "manifests", "packs"}, "no leases, no marks")
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
