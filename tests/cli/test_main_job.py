"""The way of a package: pack, push, hydrate, exec, and everything again."""

import json
import os
import pathlib
import random
import shutil
import subprocess
import unittest
import zipfile

from support import BIN, CliTest, snapshot


class MainJob(CliTest):
    def test_every_byte_comes_back(self):
        package = self.make_package()
        before = snapshot(package)
        packed = self.pack(package)
        slim = self.dir / "slim"
        self.assertEqual(sorted(p.name for p in slim.iterdir()),
                         ["ballast-run", "ballast-wrapper", "ballast.lock", "ballast.manifest", "ballast.toml", "handler.js",
                          "node_modules"])
        self.assertFalse((self.dir / "slim.packs").exists(), "staged packs are gone once they are pushed")
        self.assertEqual(packed["version"], packed["tree"][:32], "without git the digest names the version")

        cold = self.hydrate()
        tree = pathlib.Path(cold.stdout.strip())
        log = json.loads(cold.stderr)
        self.assertEqual(log["ballast"], "cold")
        self.assertEqual(log["version"], packed["version"])
        self.assertEqual(log["files"], 45)
        self.assertGreater(log["requests"], 0)

        together = {**snapshot(slim), **snapshot(tree)}
        for name in (b"ballast-run", b"ballast-wrapper", b"ballast.lock", b"ballast.manifest"):
            del together[name]
        self.assertEqual(together, before, "slim package and tree together are the package")
        self.assert_verified()

        warm = self.hydrate()
        self.assertEqual(warm.stdout, cold.stdout)
        self.assertEqual(warm.stderr, "", "a warm start is silent")

    def test_exec_runs_the_trees_program_with_its_environment(self):
        package = self.make_package()
        self.write("package/ballast.toml", '[env]\nDATA = "{tree}/usr/share/data.bin"\n')
        self.pack(package)
        run = self.dir / "slim/ballast-run"
        result = self.run_program(run, "exec", "--root", self.root, "--", "sh", "-c",
                                  'echo "$PATH|$LD_LIBRARY_PATH|$DATA|$BALLAST_TREE"; command -v true; command -v cat')
        tree = self.tree()
        lines = result.stdout.splitlines()
        path, libraries, data, tree_variable = lines[0].split("|")
        self.assertTrue(path.startswith(f"{tree}/usr/bin:"))
        self.assertEqual(libraries, f"{tree}/usr/lib")
        self.assertEqual(data, f"{tree}/usr/share/data.bin")
        self.assertEqual(tree_variable, str(tree))
        self.assertEqual(lines[-1], f"{tree}/usr/bin/cat")
        self.run_program(run, "exec", "--root", self.root, "--", "sh", "-c", "exit 42", status=42)
        missing = self.run_program(run, "exec", "--root", self.root, "--", "no-such-program", status=3)
        self.assertIn("ballast-run: error: no-such-program: cannot execute: No such file or directory", missing.stderr)

    def test_path_prints_where_an_entry_is(self):
        self.pack(self.make_package())
        run = self.dir / "slim/ballast-run"
        result = self.run_program(run, "path", "--root", self.root, "usr/bin/true")
        subprocess.run([result.stdout.strip()], check=True)
        missing = self.run_program(run, "path", "--root", self.root, "usr/bin/none", status=3)
        self.assertIn("usr/bin/none: the tree has no such entry", missing.stderr)

    def test_zip_in_and_zip_out_are_the_same_as_directories(self):
        package = self.make_package()
        from_directory = self.pack(package)
        subprocess.run(["zip", "-qry", "../package.zip", "."], cwd=package, check=True)
        from_zip = self.pack("package.zip", "slim.zip")
        self.assertEqual(from_zip["tree"], from_directory["tree"])
        self.assertEqual(from_zip["new_packs"], 0)
        with zipfile.ZipFile(self.dir / "slim.zip") as slim:
            self.assertIn("ballast.lock", slim.namelist())
            self.assertEqual(from_zip["slim_unzipped_bytes"], sum(entry.file_size for entry in slim.infolist()))
        self.assertEqual(from_zip["slim_bytes"], (self.dir / "slim.zip").stat().st_size)
        self.assertEqual(from_directory["slim_bytes"], from_directory["slim_unzipped_bytes"])
        self.ballast("hydrate", "--package", "slim.zip", "--root", self.root)
        self.ballast("verify", "--package", "slim.zip", "--root", self.root)
        again = self.pack("package.zip", "again.zip")
        self.assertEqual((self.dir / "slim.zip").read_bytes(), (self.dir / "again.zip").read_bytes(),
                         "the same input gives the same zip")
        self.assertEqual(again["new_bytes"], 0)

    def test_the_configuration_in_a_zip_holds_as_in_a_directory(self):
        package = self.make_package()
        self.write("package/ballast.toml", 'name = "alike"\ninclude = ["node_modules/"]\n')
        subprocess.run(["zip", "-qry", "../package.zip", "."], cwd=package, check=True)
        plans = [json.loads(self.ballast("plan", each, "--json").stdout) for each in ("package", "package.zip")]
        self.assertEqual(plans[0]["name"], "alike")
        for plan in plans:
            del plan["package"]
        self.assertEqual(*plans)
        named = self.write("other.toml", 'name = "other"\n')
        for each in ("package", "package.zip"):
            self.assertEqual(json.loads(self.ballast("plan", each, "--json", "--config", named).stdout)["name"], "other")
        self.write("zipped/ballast.toml", "colour = 1\n")
        subprocess.run(["zip", "-qr", "../bad.zip", "."], cwd=self.dir / "zipped", check=True)
        refused = self.ballast("plan", "bad.zip", status=2)
        self.assertIn("bad.zip: ballast.toml:1: unknown key 'colour'", refused.stderr)
        (self.dir / "beside").mkdir()
        shutil.copy(self.dir / "package.zip", self.dir / "beside/package.zip")
        for beside in ("colour = 1\n", '[limits]\nmax_unpacked = "1KB"\n'):
            self.write("beside/ballast.toml", beside)
            self.assertEqual(json.loads(self.ballast("plan", "beside/package.zip", "--json").stdout)["name"], "alike", "the one in the zip holds")

    def test_a_zip_is_held_to_the_limit_of_the_configuration_in_it(self):
        self.write("limited/ballast.toml", 'include = ["data"]\n[limits]\nmax_unpacked = "20KB"\n')
        self.write("limited/data", random.Random(1).randbytes(30_000))
        subprocess.run(["zip", "-qr", "../limited.zip", "."], cwd=self.dir / "limited", check=True)
        for command in ("plan", "analyze"):
            refused = self.ballast(command, "limited.zip", status=4)
            self.assertIn("limited.zip: data: with it the zip unpacks to more than 20.0 KB, which is not allowed", refused.stderr)

    def test_what_cannot_end_well_is_refused_before_it_begins(self):
        package = self.make_package()
        self.write("busy/work.txt", "somebody's\n")
        run = self.write("not-a-program", "text\n")
        for arguments, what in ((("--out", "busy"), "busy"), (("--out", "package/slim"), "is inside the package"),
                                (("--out", "slim", "--run-program", run), "is not a program"),
                                (("--out", "slim", "--version", ""), "--version: is empty"),
                                (("--out", "slim", "--store", "not-a-program"), "is not a directory")):
            refused = self.ballast("pack", package, *arguments, status=2)
            self.assertIn(what, refused.stderr)
            self.assertNotIn("packing", refused.stderr)
            self.assertEqual(list(self.dir.glob("*.packs")), [])
        self.ballast("pack", ".", "--out", "slim", cwd=package, status=2)
        self.write("package/ballast-run", "mine\n")
        refused = self.ballast("pack", package, "--out", "slim", status=2)
        self.assertIn("is a name that a slim package needs for itself", refused.stderr)
        self.assertEqual(list(self.dir.glob("*.packs")), [])

    def test_a_slim_package_is_not_packed_again(self):
        self.pack(self.make_package())
        refused = self.ballast("pack", "slim", "--out", "again", status=2)
        self.assertIn("is a slim package already", refused.stderr)
        self.assertIn("hint: name the package that it was made from", refused.stderr)

    def test_words_that_are_nearly_right(self):
        for arguments, error, hint in (
                (["anaylze", "pkg"], "'anaylze' is not a command", "did you mean 'analyze'?"),
                (["plan", "pkg", "--inlcude", "x"], "'--inlcude' was not expected", "did you mean '--include'?"),
                (["exec", "cat", "--version"], "'--version' was not expected", "put '--' before the program and its arguments")):
            result = self.ballast(*arguments, status=2)
            self.assertEqual(result.stderr, f"ballast: error: command line: {error}\nhint: {hint}\n")

    def test_pushing_again_sends_nothing(self):
        package = self.make_package()
        self.pack(package)
        objects = {p: p.stat().st_mtime_ns for p in self.store.rglob("*") if p.is_file()}
        again = self.pack(package, "again")
        self.assertEqual((again["new_packs"], again["new_bytes"]), (0, 0))
        self.assertEqual({p: p.stat().st_mtime_ns for p in self.store.rglob("*") if p.is_file()}, objects)
        pushed = self.ballast("push", "again")
        self.assertEqual(pushed.stdout, f"pushed  nothing: {self.store} has all of it\n")

    def test_flags_of_the_program_are_its_own(self):
        self.pack(self.make_package())
        run = [self.dir / "slim/ballast-run", "exec", "--root", self.root, "--group", "default", "--"]
        result = self.run_program(*run, "sh", "-c", 'printf "%s\\n" "$@"', "sh", "--root", "[a,b]", "[]", "")
        self.assertEqual(result.stdout, "--root\n[a,b]\n[]\n\n")

    def test_a_second_version_sends_only_what_differs(self):
        package = self.make_package()
        first = self.pack(package, "slim", "--version", "v1")
        changed = random.Random(8).randbytes(50_000)
        self.write("package/usr/share/many/07.txt", changed)
        second = self.pack(package, "slim2", "--version", "v2")
        self.assertEqual(second["new_content_bytes"], len(changed))
        self.assertLess(second["new_bytes"], len(changed) + 1000)
        self.assertGreater(first["new_bytes"], 3_000_000)
        # Both versions hydrate, side by side, from what the store has.
        self.hydrate(slim="slim")
        tree = pathlib.Path(self.hydrate(slim="slim2").stdout.strip())
        self.assertEqual((tree / "usr/share/many/07.txt").read_bytes(), changed)
        self.assert_verified("slim")
        self.assert_verified("slim2")

    def test_a_version_never_changes(self):
        package = self.make_package()
        self.pack(package, "slim", "--version", "v1")
        self.write("package/usr/share/data.bin", b"other")
        refused = self.ballast("pack", package, "--out", "slim2", "--store", self.store, "--push", "--version", "v1",
                               "--quiet", status=1)
        self.assertIn("versions/package/v1: the version is there, with another tree", refused.stderr)
        self.assertIn("hint: a version never changes: pack again with another --version", refused.stderr)

    def test_the_same_tree_has_the_same_digest_anywhere(self):
        package = self.make_package()
        first = self.pack(package)
        subprocess.run(["cp", "-a", package, self.dir / "copy"], check=True)
        for path in (self.dir / "copy").rglob("*"):
            os.utime(path, (1, 1), follow_symlinks=False)
        result = self.ballast("pack", "copy", "--out", "slim2", "--json", "--quiet", "--name", "package",
                              env={"TZ": "Asia/Tokyo", "LC_ALL": "C"})
        second = json.loads(result.stdout)
        self.assertEqual(second["tree"], first["tree"])
        self.assertEqual(second["manifest"], first["manifest"], "the frames are the same, too")

    def test_git_names_the_version(self):
        package = self.make_package()
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", str(self.dir)]
        subprocess.run([*git, "init", "-q"], check=True)
        subprocess.run([*git, "add", "package"], check=True)
        subprocess.run([*git, "commit", "-qm", "x"], check=True)
        commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
        self.assertEqual(self.pack(package)["version"], commit)
        self.write("package/usr/share/data.bin", b"changed")
        dirty = self.pack(package, "slim2")
        self.assertEqual(dirty["version"], f"{commit}-dirty-{dirty['tree'][:12]}")

    def test_groups_hydrate_alone(self):
        package = self.make_package()
        self.write("package/ballast.toml", '[groups]\ntexts = ["usr/share/many/"]\nprograms = ["usr/bin/"]\n')
        self.pack(package)
        self.hydrate("--group", "programs")
        tree = self.tree()
        self.assertTrue((tree / "usr/bin/true").exists())
        self.assertFalse((tree / "usr/share").exists())
        wrong = self.hydrate("--group", "program", status=3)
        self.assertIn("hint: its groups: texts, programs, default", wrong.stderr)
        self.hydrate()
        self.assert_verified()

    def test_pack_makes_the_slim_packages_directory(self):
        package = self.make_package()
        self.pack(package, "made/slim")
        for out in ("made/too/slim", "made/too/as.zip"):
            self.assertEqual(self.pack(package, out)["new_packs"], 0, "nothing is staged beside it")
            self.assertTrue((self.dir / out).exists())

    def test_plan_writes_nothing(self):
        package = self.make_package()
        before = snapshot(self.dir)
        plan = json.loads(self.ballast("plan", package, "--json").stdout)
        self.assertEqual(plan["leaving_files"], 45)
        self.assertEqual(plan["package_bytes"], plan["leaving_bytes"] + plan["staying_bytes"])
        text = self.ballast("plan", package).stdout
        self.assertIn("under the limit of 250 MB", text)
        self.assertEqual(snapshot(self.dir), before)

    def test_include_and_exclude_decide(self):
        package = self.make_package()
        plan = json.loads(self.ballast("plan", package, "--json", "--include", "node_modules/**",
                                       "--include", "usr/share/many/*", "--exclude", "*7.txt").stdout)
        paths = [leaving["path"] for leaving in plan["leaving"]]
        self.assertIn("node_modules/left-pad/index.js", paths)
        self.assertIn("usr/share/many/06.txt", paths)
        self.assertNotIn("usr/share/many/17.txt", paths)
        self.assertNotIn("usr/bin/true", paths)
        nothing = self.ballast("plan", package, "--include", "none", status=2)
        self.assertIn("nothing in it would leave", nothing.stderr)

    def test_unusual_names_survive(self):
        package = self.make_package()
        names = [b"usr/share/-rf", b"usr/share/with space", "usr/share/gr\u00fc\u00dfe".encode(), b"usr/share/" + b"n" * 255,
                 b"usr/share/not-utf8-\xff", b"usr/share/new\nline", b"usr/share/.hidden"]
        for name in names:
            path = os.path.join(os.fsencode(package), name)
            with open(path, "wb") as file:
                file.write(name)
        self.pack(package)
        tree = pathlib.Path(self.hydrate().stdout.strip())
        for name in names:
            with open(os.path.join(os.fsencode(tree), name), "rb") as file:
                self.assertEqual(file.read(), name)
        self.assert_verified()

    def test_packs_in_a_codec_of_choice(self):
        package = self.make_package()
        for codec in ("raw", "lz4", "zstd", "auto"):
            level = {"raw": "", "lz4": "level = 9", "zstd": "level = 3", "auto": ""}[codec]
            self.write("package/ballast.toml", f'codec = "{codec}"\n{level}\n')
            packed = self.pack(package, f"slim-{codec}", "--repack", "--version", codec, "--name", codec)
            frames = packed["frames"]
            if codec != "auto":
                self.assertGreater(frames[codec], 0)
                self.assertEqual(sum(count for name, count in frames.items() if name not in (codec, "raw")), 0)
            self.hydrate(slim=f"slim-{codec}")
            self.assert_verified(f"slim-{codec}")
            self.remove_root()

    def remove_root(self):
        subprocess.run(["rm", "-rf", self.root], check=True)


if __name__ == "__main__":
    unittest.main()
