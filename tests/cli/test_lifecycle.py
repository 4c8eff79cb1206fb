"""The life of versions in a store: list, compare, verify, remove."""

import json
import os
import time
import unittest

from support import CliTest, noise, snapshot

HOUR = 3600


class Lifecycle(CliTest):
    """v1 and v2 of one function: they share a large file; each has one of its own."""

    def setUp(self):
        super().setUp()
        self.package = self.dir / "app"
        self.write("app/ballast.toml", 'codec = "lz4"\ninclude = ["data/"]\nframe = "64KB"\n')
        self.write("app/handler.js", "exports.handler = async () => 'ok';\n")
        self.write("app/data/shared", noise(300_000, 1))
        self.write("app/data/own", noise(20_000, 2))
        self.write("app/data/gone", "only in v1\n")
        (self.package / "data/link").symlink_to("own")
        self.pack(self.package, "slim1", "--version", "v1")
        self.date("app/v1", "2026-11-01T10:00:00Z")
        self.write("app/data/own", noise(30_000, 3))
        self.write("app/data/tool", "#!/bin/sh\n", 0o755)
        (self.package / "data/shared").chmod(0o600)
        (self.package / "data/gone").unlink()
        (self.package / "data/link").unlink()
        (self.package / "data/link").symlink_to("shared")
        self.pack(self.package, "slim2", "--version", "v2")
        self.date("app/v2", "2026-11-02T10:00:00Z")

    def date(self, version, created):
        """As if the version had been pushed then."""
        path = self.store / "versions" / version
        record = json.loads(path.read_text())
        record["created"] = created
        path.write_text(json.dumps(record))

    def age(self, *paths, hours):
        for path in paths:
            then = time.time() - hours * HOUR
            os.utime(path, (then, then))

    def run_in_store(self, command, *arguments, **options):
        return self.ballast(command, *arguments, "--store", self.store, **options)

    def json_of(self, command, *arguments, **options):
        return json.loads(self.run_in_store(command, *arguments, "--json", **options).stdout)

    def names(self, kind):
        return sorted(path.name for path in (self.store / kind).iterdir()) if (self.store / kind).exists() else []

    def objects(self):
        return {name: content for name, content in snapshot(self.store).items() if content[0] == "file"}


class Versions(Lifecycle):
    def test_versions_says_what_each_takes(self):
        listed = self.json_of("versions")
        v2, v1 = listed["versions"]
        self.assertEqual([v2["version"], v1["version"]], ["v2", "v1"], "newest first")
        self.assertEqual(v1["shared_bytes"], v2["shared_bytes"])
        self.assertGreaterEqual(v1["shared_bytes"], 300_000)
        self.assertTrue(20_000 <= v1["own_bytes"] < 21_000, v1)
        self.assertTrue(30_000 <= v2["own_bytes"] < 31_000, v2)
        self.assertEqual((v1["packs"], v1["own_packs"], v2["packs"], v2["own_packs"]), (1, 0, 2, 1))
        self.assertEqual(listed["frame_bytes"], v1["shared_bytes"] + v1["own_bytes"] + v2["own_bytes"])
        text = self.run_in_store("versions").stdout.splitlines()
        self.assertRegex(text[0], r"^name  version  tree +date +tree size +stored +own +shared  packs  own$")
        self.assertRegex(text[1], r"^app   v2 +[0-9a-f]{12}  2026-11-02T10:00:00Z +322 KB +322 KB +29.3 KB +293 KB +2 +1$")
        self.assertEqual(len({len(line) for line in text[:3]}), 1, "aligned")
        self.assertRegex(text[4], r"^2 versions of 1 name; the store has \S+ KB in 2 packs$")

    def test_empty_stores_and_other_names(self):
        empty = self.dir / "empty"
        empty.mkdir()
        self.assertEqual(self.ballast("versions", "--store", empty).stdout,
                         f"{empty} has no versions yet: 'ballast pack' and 'ballast push' make them\n")
        self.assertEqual(self.run_in_store("versions", "--name", "web").stdout, f"{self.store} has no versions of web\n")
        self.assertEqual(json.loads(self.ballast("versions", "--store", empty, "--json").stdout)["versions"], [])
        missing = self.ballast("versions", status=2, cwd=empty.parent)
        self.assertIn("ballast: error: store: no store was given\nhint: name one with --store, BALLAST_STORE", missing.stderr)
        self.assertIn("app", self.ballast("versions", env={"BALLAST_STORE": str(self.store)}).stdout)

    def test_a_store_that_is_misspelled_is_not_taken_for_an_empty_one(self):
        self.write("other/handler.js", "x\n")
        for command in (("versions",), ("gc", "--keep", "1"), ("verify", "v1"), ("diff", "v1", "v2")):
            self.assertIn("there is no such store", self.ballast(*command, "--store", "absent", status=3).stderr)
            self.assertIn("is not a Ballast store", self.ballast(*command, "--store", "other", status=2).stderr)
            self.assertIn("is not a directory", self.ballast(*command, "--store", "other/handler.js", status=2).stderr)
        self.assertEqual([p.name for p in (self.dir / "other").iterdir()], ["handler.js"])
        self.assertFalse((self.dir / "absent").exists())

    def test_damage_is_told_and_the_rest_is_listed(self):
        (self.store / "versions/app/v1").write_text("{")
        result = self.run_in_store("versions")
        self.assertIn("v2", result.stdout)
        self.assertIn(f"ballast: warning: {self.store}: versions/app/v1: not a JSON object", result.stderr)


class Diff(Lifecycle):
    def test_diff_tells_entries_and_what_a_push_sends(self):
        diff = self.json_of("diff", "v1", "app/v2")
        entries = {entry["path"]: entry for entry in diff["entries"]}
        self.assertEqual({path: entry["change"] for path, entry in entries.items()},
                         {"data/gone": "removed", "data/link": "changed", "data/own": "changed", "data/shared": "changed",
                          "data/tool": "added"})
        self.assertEqual(entries["data/own"]["differs"], ["bytes"])
        self.assertEqual((entries["data/own"]["before"]["bytes"], entries["data/own"]["after"]["bytes"]), (20_000, 30_000))
        self.assertEqual(entries["data/link"]["differs"], ["target"])
        self.assertEqual(entries["data/shared"]["differs"], ["mode"])
        self.assertEqual(diff["push"]["packs"], 1)
        own = sum(path.stat().st_size for path in (self.store / "packs").iterdir()) - 300_000
        self.assertLess(diff["push"]["pack_bytes"], own)
        self.assertEqual(diff["push"]["manifest_bytes"], (self.dir / "slim2/ballast.manifest").stat().st_size)
        text = self.run_in_store("diff", "v1", "v2").stdout
        self.assertTrue(text.startswith("app/v1 -> app/v2\n\n          before    after  path\n"), text)
        self.assertIn("changed   293 KB   293 KB  data/shared  mode 0644 -> 0600\n", text)
        self.assertIn("entries  1 added, 1 removed, 3 changed, 1 the same\n", text)
        same = self.json_of("diff", "v1", "v1")
        self.assertEqual((same["entries"], same["push"]["packs"], same["push"]["manifest_bytes"]), ([], 0, 0))

    def test_diff_tells_what_is_not_there(self):
        missing = self.run_in_store("diff", "v1", "v7", status=3)
        self.assertEqual(missing.stderr, f"ballast: error: {self.store}: v7: no such version\n"
                                         "hint: see what there is with 'ballast versions'\n")


class Verify(Lifecycle):
    def flip(self, offset=200_000):
        pack = max((self.store / "packs").iterdir(), key=lambda path: path.stat().st_size)
        data = bytearray(pack.read_bytes())
        data[offset] ^= 1
        pack.write_bytes(data)
        return pack

    def test_a_whole_version(self):
        result = self.run_in_store("verify", "v1")
        self.assertRegex(result.stdout, r"^app/v1: 6 of 6 frames, 313 KB in 1 request: all as the manifest says\n$")
        sampled = self.json_of("verify", "app/v1", "--sample", "50%", "--seed", "4")
        self.assertEqual((sampled["checked_frames"], sampled["frames"], sampled["seed"]), (3, 6, 4))
        self.assertEqual(sampled, self.json_of("verify", "v1", "--sample", "50%", "--seed", "4"))
        self.assertEqual(self.json_of("verify", "v1", "--sample", "2")["checked_frames"], 2)

    def test_a_flipped_byte_is_found_in_every_version_that_has_it(self):
        pack = self.flip()
        for version in ("v1", "v2"):
            result = self.run_in_store("verify", version, "--quiet", status=1)
            self.assertRegex(result.stdout, rf"packs/{pack.name}  the frame at \d+ \(\d+ bytes\) does not have its digest")
            self.assertEqual(result.stderr, f"ballast: error: {self.store}: app/{version}: 1 object or part is damaged or "
                                            "missing\nhint: remove what is damaged, pack again with --repack, and push\n")
        damages = self.json_of("verify", "v1", status=1)["damages"]
        self.assertEqual((damages[0]["object"], damages[0]["files"]), (f"packs/{pack.name}", 1))

    def test_missing_objects_are_all_reported(self):
        for path in (self.store / "packs").iterdir():
            path.unlink()
        self.assertEqual(len(self.json_of("verify", "v2", status=1)["damages"]), 2)
        for path in (self.store / "manifests").iterdir():
            path.unlink()
        damages = self.json_of("verify", "v2", status=1)["damages"]
        self.assertEqual([damage["what"] for damage in damages], ["is not there"])
        (self.store / "versions/app/v2").write_text("{}")
        self.assertIn("field 'ballast'", self.run_in_store("verify", "v2", status=1).stderr)
        self.run_in_store("verify", "v9", status=3)

    def test_trees_are_still_verified_and_flags_are_not_passed_over(self):
        self.hydrate(slim="slim2")
        self.assert_verified("slim2")
        tree = self.tree()
        self.assertIn("all as the manifest says", self.ballast("verify", tree, "--package", "slim2").stdout)
        self.assertEqual(json.loads(self.ballast("verify", tree, "--package", "slim2", "--json").stdout)["tree"], str(tree))
        for arguments, flag in (((tree, "--package", "slim2", "--sample", "5"), "--sample"),
                                (("v1", "--package", "slim2"), "--package"), (("v1", "--seed", "5"), "--seed"),
                                (("v1", "--sample", "110%"), "--sample")):
            refused = self.ballast("verify", *arguments, status=2)
            self.assertIn(f"ballast: error: {flag}: ", refused.stderr)
        nothing = self.run_in_store("verify", "/no/such/tree", status=2)
        self.assertIn("is neither an existing directory nor a version's name", nothing.stderr)
        self.assertIn("An argument that is an existing directory is a TREE", self.ballast("verify", "--help").stdout)


class Gc(Lifecycle):
    def test_keeps_the_newest_and_all_that_it_needs(self):
        before = snapshot(self.store)
        dry = self.json_of("gc", "--keep", "1", "--dry-run")
        self.assertEqual(snapshot(self.store), before, "a dry run changes nothing")
        done = self.json_of("gc", "--keep", "1")
        self.assertEqual({**dry, "dry_run": False}, done)
        self.assertEqual([(row["version"], row["goes"]) for row in done["versions"]], [("v2", False), ("v1", True)])
        self.assertEqual(self.names("versions/app"), ["v2"])
        self.assertEqual(len(self.names("packs")), 2, "v2 needs a part of the pack that came with v1")
        self.assertEqual(len(self.names("manifests")), 1)
        self.assertEqual((self.names("gc"), self.names("leases")), ([], []))
        self.run_in_store("verify", "v2")
        self.hydrate(slim="slim2")
        self.assert_verified("slim2")
        text = self.run_in_store("gc", "--keep", "1").stdout
        self.assertIn("app   v2       2026-11-02T10:00:00Z     322 KB  stays: the newest\n", text)
        self.assertIn("nothing to remove in ", text)

    def test_orphans_of_killed_pushes_go_once_their_lease_has_ended(self):
        orphan = self.store / "packs" / ("a" * 64)
        orphan.write_bytes(b"orphan")
        lease = self.store / "leases" / f"{'b' * 64}-{'c' * 32}"
        lease.parent.mkdir(exist_ok=True)
        lease.write_text(json.dumps({"ballast": 1, "name": "app", "version": "v3", "manifest": "b" * 64, "packs": ["a" * 64],
                                     "created": "2026-11-03T10:00:00Z"}))
        self.assertIn("what a push under way needs stays\n", self.run_in_store("gc", "--keep", "9").stdout)
        self.assertTrue(orphan.exists())
        self.age(lease, hours=25)
        listed = self.run_in_store("versions").stdout
        self.assertIn("6 B of it in 1 that no version refers to ('ballast gc' removes them)", listed)
        self.assertIn("ended 1 lease of pushes that were killed\n", self.run_in_store("gc", "--keep", "9").stdout)
        self.assertFalse(orphan.exists() or lease.exists())

    def test_age_and_names(self):
        self.assertIn("stays: not older than 30d", self.run_in_store("gc", "--older-than", "30d").stdout)
        self.assertEqual(self.names("versions/app"), ["v1", "v2"])
        self.age(self.store / "versions/app/v1", self.store / "versions/app/v2", hours=31 * 24)
        unknown = self.run_in_store("gc", "--older-than", "30d", "--name", "web", status=3)
        self.assertIn("web: the store has no version of that name", unknown.stderr)
        self.assertEqual(self.names("versions/app"), ["v1", "v2"])
        self.run_in_store("gc", "--older-than", "30d")
        self.assertEqual(self.names("versions/app"), ["v2"], "the newest stays, however old")
        self.run_in_store("gc", "--keep", "0", "--name", "app")
        self.assertEqual((self.names("versions/app"), self.names("manifests"), self.names("packs")), ([], [], []))

    def test_half_configurations_are_refused(self):
        for arguments, message in (((), "gc: nothing says what may be removed"),
                                   (("--keep", "0"), "--keep 0: would remove every version of every name"),
                                   (("--keep", "1", "--older-than", "month"), "--older-than: 'month' is not a duration"),
                                   (("--keep", "1", "--grace", "5m"), "--grace 5m: shorter than a push may take"),
                                   (("--keep=-1",), "--keep -1: not a number of versions"), (("--keep", "1", "--name", "../x"), "--name: ")):
            refused = self.run_in_store("gc", *arguments, status=2)
            self.assertIn(f"ballast: error: {message}", refused.stderr)
            self.assertIn("hint: ", refused.stderr)
        self.assertEqual(self.names("versions/app"), ["v1", "v2"])

    def test_refuses_when_it_cannot_know_what_is_needed(self):
        before = self.objects()
        for path in sorted(self.store.glob("versions/app/v2")) + sorted(self.store.glob("manifests/*")):
            good = path.read_bytes()
            path.write_bytes(good[:-3])
            refused = self.run_in_store("gc", "--keep", "2", status=4)
            self.assertIn("nothing was removed, since nobody knows what it needs\nhint: ", refused.stderr)
            path.write_bytes(good)
        self.assertEqual(self.objects(), before)

    def test_a_push_that_meets_the_mark_of_a_killed_gc_says_what_to_do(self):
        self.pack(self.package, "slim3", "--version", "v3")
        pack = self.names("packs")[0]
        mark = self.store / "gc" / ("d" * 32)
        mark.parent.mkdir(exist_ok=True)
        mark.write_text(json.dumps({"ballast": 1, "versions": [], "manifests": [], "packs": self.names("packs"),
                                    "created": "2026-11-03T10:00:00Z"}))
        self.age(mark, hours=2)
        stopped = self.ballast("push", "slim3", status=6)
        self.assertEqual(stopped.stderr, f"ballast: error: {self.store}: gc/{mark.name}: a gc that was to remove what this "
                                         "push needs was killed\nhint: run 'ballast gc', which takes its mark away, then push "
                                         "again\n")
        self.assertIn("took away 1 mark of gcs that were killed\n", self.run_in_store("gc", "--keep", "9").stdout)
        self.ballast("push", "slim3")
        self.assertIn(pack, self.names("packs"))

    def test_a_push_whose_known_pack_is_gone_says_to_pack_again(self):
        self.write("app/data/more", noise(1000, 9))
        result = self.ballast("pack", self.package, "--out", "slim3", "--store", self.store, "--version", "v3", "--json", "--quiet")
        self.assertEqual(json.loads(result.stdout)["new_packs"], 1)
        self.run_in_store("gc", "--keep", "0", "--name", "app")
        gone = self.ballast("push", "slim3", status=3)
        self.assertIn("the pack is neither in the store nor staged beside the slim package\nhint: run 'ballast pack' again\n",
                      gone.stderr)
        self.assertEqual(self.names("leases"), [])
        self.pack(self.package, "slim3", "--version", "v3")
        self.run_in_store("verify", "v3")


if __name__ == "__main__":
    unittest.main()
