"""compare, measured against a bucket: what it says of the cold start is what ballast-run logs of the same one."""

import json

from field_support import GatewayTest, main


class Compare(GatewayTest):
    def test_offloading_is_measured_from_the_bucket(self):
        package = self.small_package()
        left_out = [word for tool in ("strip", "upx", "gzexe", "esbuild") for word in ("--without", tool)]
        report = json.loads(self.ballast("compare", package, "--json", "--quiet", "--store", self.store, *left_out).stdout)
        self.assertEqual(report["offload"]["fault"], "")
        measured = report["offload"]["measured"]
        self.assertEqual(measured["store"], self.store)
        versions = [key for key in self.s3.keys(self.bucket) if "/versions/" in key]
        self.assertEqual(versions, [f"some/prefix/versions/package/{measured['version']}"])
        packs = [key for key in self.s3.keys(self.bucket) if "/packs/" in key]
        # A cold start fetches the packs' frames, which is all of them but a header each.
        self.assertAlmostEqual(sum(len(self.s3.get(self.bucket, key)) for key in packs), measured["fetched_bytes"], delta=64 * len(packs))
        offloaded = next(way for way in report["ways"] if way["id"] == "offloaded")
        self.assertEqual((offloaded["time_basis"], offloaded["cold_ms"]), ("measured", measured["parts"][0]["cold_ms"]))
        self.assertGreater(offloaded["cold_ms"], measured["warm_ms"])

    def test_a_bucket_that_refuses_leaves_the_prediction(self):
        left_out = [word for tool in ("strip", "upx", "gzexe", "esbuild") for word in ("--without", tool)]
        report = json.loads(self.ballast("compare", self.small_package(), "--json", "--quiet", "--store", self.store, *left_out,
                                         env={"AWS_SECRET_ACCESS_KEY": "wrong"}).stdout)
        self.assertIsNone(report["offload"]["measured"])
        self.assertIn("the secret access key does not fit", report["offload"]["fault"])


if __name__ == "__main__":
    main()
