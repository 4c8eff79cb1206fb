"""A store is plain objects: what ballast wrote, other clients read and copy, and the other way round."""

import hashlib
import json
import pathlib

from field_support import GatewayTest, main


class Interchange(GatewayTest):
    def setUp(self):
        super().setUp()
        self.packed = self.pack(self.make_package(), "slim", "--version", "v1")

    def assert_named_by_digest(self, directory):
        """Every object of the copied store is what its key says."""
        files = {str(p.relative_to(directory)): p.read_bytes() for p in pathlib.Path(directory).rglob("*") if p.is_file()}
        self.assertEqual({key.split("/")[0] for key in files}, {"packs", "manifests", "versions"})
        for key, content in files.items():
            if key.startswith(("packs/", "manifests/")):
                self.assertEqual(hashlib.sha256(content).hexdigest(), key.split("/")[1])
        self.assertEqual(json.loads(files["versions/package/v1"])["tree"], self.packed["tree"])

    def test_rclone_lists_and_reads(self):
        listed = json.loads(self.rclone("lsjson", "-R", "--files-only", f"gw:{self.bucket}/some/prefix"))
        self.assertEqual({f"some/prefix/{entry['Path']}": entry["Size"] for entry in listed}, self.s3.keys(self.bucket))
        self.rclone("copy", f"gw:{self.bucket}/some/prefix", self.dir / "copy")
        self.assert_named_by_digest(self.dir / "copy")

    def test_aws_lists_and_reads(self):
        listed = self.aws("s3", "ls", "--recursive", f"s3://{self.bucket}/").splitlines()
        self.assertEqual({line.split()[3]: int(line.split()[2]) for line in listed}, self.s3.keys(self.bucket))
        self.aws("s3", "sync", "--only-show-errors", f"s3://{self.bucket}/some/prefix", self.dir / "copy")
        self.assert_named_by_digest(self.dir / "copy")

    def test_another_bucket_by_rclone_or_aws_hydrates(self):
        for name, copy in (("rclone", lambda to: self.rclone("copy", f"gw:{self.bucket}/some/prefix", f"gw:{to}/else")),
                           ("aws", lambda to: self.aws("s3", "sync", "--only-show-errors", f"s3://{self.bucket}/some/prefix",
                                                       f"s3://{to}/else"))):
            other = self.gateway.create_bucket()
            copy(other)
            self.root = self.dir / name
            self.hydrate("--store", self.url(bucket=other, prefix="else"))
            self.assert_verified()
            # And ballast knows it as a store that has all of it.
            pushed = self.ballast("push", "slim", "--store", self.url(bucket=other, prefix="else"))
            self.assertIn("pushed  nothing", pushed.stdout)

    def test_a_directory_copied_to_a_bucket_hydrates_and_back(self):
        directory = self.dir / "directory"
        self.ballast("pack", self.dir / "package", "--out", "slim2", "--store", directory, "--push", "--quiet", "--version", "v1")
        other = self.gateway.create_bucket()
        self.rclone("copy", directory, f"gw:{other}")
        store = f"s3://{other}?endpoint={self.gateway.endpoint}&region=us-east-1"
        self.hydrate("--store", store)
        self.assert_verified()
        self.rclone("copy", f"gw:{self.bucket}/some/prefix", self.dir / "back")
        self.root = self.dir / "root2"
        self.hydrate("--store", self.dir / "back")
        self.assert_verified()
        # A directory and a bucket hold the same objects, byte for byte.
        contents = [{str(p.relative_to(top)): p.read_bytes() for p in top.rglob("*") if p.is_file() and "packs" in p.parts}
                    for top in (directory, self.dir / "back")]
        self.assertEqual(contents[0], contents[1])

    def test_other_objects_in_the_bucket_do_not_disturb(self):
        self.s3.put(self.bucket, "some/prefix/packs/README", b"not a pack")
        self.s3.put(self.bucket, "some/prefix-of-others/packs/x", b"not ours")
        self.s3.put(self.bucket, "some/prefix/packs/", b"")  # a `directory`, as consoles make them
        again = self.pack(self.dir / "package", "again", "--version", "v1")
        self.assertEqual(again["new_packs"], 0)
        self.hydrate(slim="again")
        self.assert_verified("again")


if __name__ == "__main__":
    main()
