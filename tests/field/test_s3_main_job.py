"""The way of a package over a real S3: push, hydrate cold and warm, groups, versions, TLS, both ways of addressing."""

import concurrent.futures
import json
import pathlib
import unittest

from fault_proxy import FaultProxy
from field_support import IS_ROOT, GatewayTest, main, snapshot


class MainJob(GatewayTest):
    def test_every_byte_comes_back_and_warm_asks_nothing(self):
        package = self.make_package()
        before = snapshot(package)
        packed = self.pack(package)
        with FaultProxy(self.gateway.endpoint) as proxy:
            store = self.url(proxy.endpoint)
            cold = self.hydrate("--store", store)
            counters = proxy.counters()
            log = self.cold_log(cold)
            self.assertEqual(log["ballast"], "cold")
            self.assertEqual(log["requests"], counters["requests"])
            self.assertEqual((log["retries"], log["second_requests"]), (0, 0))
            self.assertEqual(log["fetched_bytes"], counters["bytes_down"], "ranges of packs, and nothing else")
            self.assertEqual(counters["requests"], counters["requests_GET"])
            proxy.set()
            warm = self.hydrate("--store", store)
            self.assertEqual(proxy.counters()["connections"], 0)
            self.assertEqual(warm.stdout, cold.stdout)
            self.assertEqual(warm.stderr, "")
        together = {**snapshot(self.dir / "slim"), **snapshot(pathlib.Path(cold.stdout.strip()))}
        for name in (b"ballast-run", b"ballast-wrapper", b"ballast.lock", b"ballast.manifest"):
            del together[name]
        self.assertEqual(together, before)
        self.assert_verified()
        self.assertEqual(self.s3.uploads(self.bucket), [])
        keys = self.s3.keys(self.bucket)
        self.assertEqual({key.split("/")[2] for key in keys}, {"packs", "manifests", "versions"})
        self.assertIn(f"some/prefix/versions/package/{packed['version']}", keys)

    def test_the_lock_remembers_the_store_but_no_credentials(self):
        self.pack(self.small_package())
        lock = (self.dir / "slim/ballast.lock").read_text()
        self.assertEqual(json.loads(lock)["store"], self.store)
        self.assertNotIn(self.gateway.secret_key, lock)
        self.assertNotIn(self.gateway.access_key, lock)
        self.hydrate()
        self.assert_verified()

    def test_pushing_again_sends_nothing(self):
        package = self.make_package()
        self.pack(package)
        with FaultProxy(self.gateway.endpoint) as proxy:
            store = self.url(proxy.endpoint)
            again = json.loads(self.ballast("pack", package, "--out", "again", "--store", store, "--push", "--json", "--quiet").stdout)
            self.assertEqual((again["new_packs"], again["new_bytes"]), (0, 0))
            # A version's record may be offered once more, and refused; packs and manifests may not.
            self.assertLess(proxy.counters()["bytes_up"], 2000)
            proxy.set()
            pushed = self.ballast("push", "again", "--store", store)
            self.assertIn("pushed  nothing", pushed.stdout)
            self.assertLess(proxy.counters()["bytes_up"], 2000)

    def test_a_second_version_sends_only_what_differs(self):
        package = self.make_package()
        first = self.pack(package, "slim", "--version", "v1")
        changed = bytes(range(256)) * 200
        self.write("package/usr/share/many/07.txt", changed)
        with FaultProxy(self.gateway.endpoint) as proxy:
            self.store = self.url(proxy.endpoint)
            second = self.pack(package, "slim2", "--version", "v2")
            manifest = (self.dir / "slim2/ballast.manifest").stat().st_size
            self.assertLess(proxy.counters()["bytes_up"], len(changed) + 2 * manifest + 5000)
        self.assertEqual(second["new_content_bytes"], len(changed))
        self.assertGreater(first["new_bytes"], 3_000_000)
        self.hydrate("--store", self.url(), slim="slim")
        tree = pathlib.Path(self.hydrate("--store", self.url(), slim="slim2").stdout.strip())
        self.assertEqual((tree / "usr/share/many/07.txt").read_bytes(), changed)
        self.assert_verified("slim")
        self.assert_verified("slim2")

    def test_groups_fetch_what_they_need(self):
        package = self.make_package()
        self.write("package/ballast.toml", 'codec = "zstd"\nlevel = 1\n[groups]\ntexts = ["usr/share/many/"]\n')
        self.pack(package)
        with FaultProxy(self.gateway.endpoint) as proxy:
            store = self.url(proxy.endpoint)
            self.hydrate("--store", store, "--group", "texts")
            some = proxy.counters()["bytes_down"]
            self.assertLess(some, 200_000)
            self.assertEqual(len(list((self.tree() / "usr/share/many").iterdir())), 40)
            self.hydrate("--store", store)
            self.assertGreater(proxy.counters()["bytes_down"], 3_000_000)
        self.assert_verified()

    def test_it_works_over_tls(self):
        self.store = self.url(self.gateway.tls_endpoint)
        self.pack(self.make_package())
        self.assertGreater(self.cold_log(self.hydrate())["fetched_bytes"], 3_000_000)
        self.assert_verified()

    @unittest.skipUnless(IS_ROOT, "making the bucket's host name known needs root")
    def test_path_style_and_virtual_hosted_are_the_same_bucket(self):
        self.name_the_bucket()
        by_name = {"endpoint": self.gateway.endpoint.replace("127.0.0.1", "s3.localhost"), "path_style": "false"}
        self.store = self.url(path_style="true")
        self.pack(self.small_package())
        self.hydrate("--store", self.url(**by_name))
        self.assert_verified()
        self.store = self.url(prefix="other", **by_name)
        self.pack(self.dir / "package", "slim2")
        self.assertTrue(any(key.startswith("other/packs/") for key in self.s3.keys(self.bucket)))

    @unittest.skipUnless(IS_ROOT, "making the bucket's host name known needs root")
    def test_virtual_hosted_works_over_tls(self):
        self.name_the_bucket()
        self.store = self.url(self.gateway.tls_endpoint.replace("127.0.0.1", "s3.localhost"), path_style="false")
        self.pack(self.small_package())
        self.hydrate()
        self.assert_verified()

    def test_endpoint_and_region_come_from_the_environment(self):
        for variable in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
            self.store = f"s3://{self.bucket}/{variable}"
            environment = {variable: self.gateway.endpoint, "AWS_REGION": "us-east-1"}
            self.ballast("pack", self.small_package(), "--out", variable, "--store", self.store, "--push", "--quiet", env=environment)
            self.root = self.dir / f"root-{variable}"
            self.hydrate(slim=variable, env=environment)

    def test_a_bucket_needs_no_prefix(self):
        self.store = f"s3://{self.bucket}?endpoint={self.gateway.endpoint}&region=us-east-1"
        self.pack(self.small_package())
        self.assertEqual({key.split("/")[0] for key in self.s3.keys(self.bucket)}, {"packs", "manifests", "versions"})
        self.hydrate()

    def test_keys_may_have_characters_that_must_be_encoded(self):
        self.store = self.url(prefix="a+b/c~e=f")
        self.pack(self.small_package(), "slim", "--version", "v1+local.2", "--name", "name+x")
        self.assertIn("a+b/c~e=f/versions/name+x/v1+local.2", self.s3.keys(self.bucket))
        self.hydrate()
        self.assert_verified()

    def test_a_large_pack_is_sent_in_parts(self):
        """Larger than what one PUT or part sends at once; whole, and without a trace of the upload."""
        package = self.make_package(noise_bytes=80_000_000)
        self.pack(package)
        self.assertEqual(self.s3.uploads(self.bucket), [])
        self.assertGreater(max(self.s3.keys(self.bucket).values()), 60 << 20)
        self.hydrate()
        self.assert_verified()

    def test_two_pushes_at_once_make_one_version(self):
        package = self.make_package()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda n: self.pack(package, f"slim{n}", "--version", "v1"), range(4)))
        versions = [key for key in self.s3.keys(self.bucket) if "/versions/" in key]
        self.assertEqual(len(versions), 1)
        self.hydrate(slim="slim2")
        self.assert_verified("slim2")


if __name__ == "__main__":
    main()
