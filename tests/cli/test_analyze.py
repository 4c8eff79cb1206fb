"""analyze and why: the same numbers for a directory, a zip and an image; budgets; what real tools say of the same files."""

import gzip
import hashlib
import importlib.metadata
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import unittest

from support import BIN, CliTest, noise

TOP = pathlib.Path(__file__).resolve().parents[2]


class AnalyzeCase(CliTest):
    def analyze(self, package, *arguments, **options):
        return json.loads(self.ballast("analyze", package, "--json", *arguments, **options).stdout)

    def make_function(self):
        """A function with dependencies of two languages, programs, copies, leftovers."""
        package = self.make_package(noise_bytes=200_000)
        for path, version in (("a", "1.0.0"), ("b/node_modules/a", "2.0.0"), ("b", "3.1.0")):
            name = path.rpartition("/")[2]
            self.write(f"package/node_modules/{path}/package.json", json.dumps({"name": name, "version": version}))
            self.write(f"package/node_modules/{path}/index.js", f"// {path}\n" * 500)
        self.write("package/node_modules/a/index.js.map", '{"mappings":"AAAA"}' * 100)
        self.write("package/node_modules/a/test/a.js", "test();\n" * 50)
        self.write("package/six-1.16.0.dist-info/METADATA", "Name: six\nVersion: 1.16.0\n")
        self.write("package/six-1.16.0.dist-info/RECORD", "six.py,,\nsix-1.16.0.dist-info/RECORD,,\n")
        self.write("package/six.py", "six = 6\n" * 100)
        self.write("package/copy/data.bin", noise(200_000))
        self.write("package/namë ✓.txt", "utf-8")
        return package

    COMMON = ("bytes", "files", "directories", "symlinks", "biggest_files", "biggest_directories", "extensions", "packages",
              "package_copies", "duplicate_files", "strippable", "leftovers", "categories")

    def without_compressed(self, report):
        """What does not depend on how the files are stored."""
        def cleared(value):
            if isinstance(value, dict):
                return {key: cleared(one) for key, one in value.items() if key != "compressed_bytes"}
            return [cleared(one) for one in value] if isinstance(value, list) else value
        return {key: cleared(report[key]) for key in self.COMMON}


class Analyze(AnalyzeCase):
    def test_a_page_replaces_what_a_link_leads_to_and_no_device(self):
        package = self.make_package(noise_bytes=1000)
        (self.dir / "link.html").symlink_to("real.html")
        self.write("real.html", "old")
        self.analyze(package, "--html", "link.html")
        self.assertTrue((self.dir / "link.html").is_symlink())
        self.assertIn("<!DOCTYPE html>", (self.dir / "real.html").read_text())
        os.mkfifo(self.dir / "pipe")
        with subprocess.Popen("cat pipe > read.html", cwd=self.dir, shell=True) as reader:
            self.analyze(package, "--html", "pipe")
            reader.wait(timeout=60)
        self.assertIn("<!DOCTYPE html>", (self.dir / "read.html").read_text())
        self.assertTrue((self.dir / "pipe").is_fifo())

    def test_totals_are_the_inputs(self):
        package = self.make_function()
        report = self.analyze(package)
        files = [path for path in package.rglob("*") if path.is_file() and not path.is_symlink()]
        self.assertEqual(report["bytes"], sum(path.stat().st_size for path in files))
        self.assertEqual(report["files"], len(files))
        self.assertEqual(report["unzipped"]["bytes"], report["bytes"])
        for view in ("categories", "extensions"):
            for field in ("bytes", "files", "compressed_bytes"):
                self.assertEqual(sum(part[field] for part in report[view]), report[field], f"{field} of {view}")
        by_content = {}
        for path in files:
            if path.stat().st_size:
                by_content.setdefault(hashlib.sha256(path.read_bytes()).digest(), []).append(path.stat().st_size)
        extra = sum(sizes[0] * (len(sizes) - 1) for sizes in by_content.values())
        self.assertEqual(report["duplicate_files"]["extra_bytes"], extra)

    def test_a_zip_is_measured_as_its_directory(self):
        package = self.make_function()
        subprocess.run(["zip", "-qry", "../package.zip", "."], cwd=package, check=True)
        directory, zipped = self.analyze(package), self.analyze("package.zip")
        self.assertEqual(self.without_compressed(zipped), self.without_compressed(directory))
        self.assertFalse(zipped["compressed_estimated"])
        self.assertEqual(zipped["zipped"]["bytes"], (self.dir / "package.zip").stat().st_size)
        listed = subprocess.run(["unzip", "-v", "package.zip"], cwd=self.dir, check=True, capture_output=True, text=True)
        total = listed.stdout.splitlines()[-1].split()
        # unzip counts a symlink's target too.
        links = sum(len(os.readlink(path)) for path in package.rglob("*") if path.is_symlink())
        self.assertEqual(zipped["compressed_bytes"], int(total[1]) - links)
        self.assertAlmostEqual(directory["compressed_bytes"] / zipped["compressed_bytes"], 1, delta=0.05)

    def test_packages_are_those_that_python_knows(self):
        site = pathlib.Path("/usr/lib/python3/dist-packages")
        known = sorted((d.metadata["Name"].lower(), d.version) for d in importlib.metadata.distributions(path=[str(site)])
                       if d.metadata["Name"])
        self.assertGreater(len(known), 0)
        found = sorted((p["name"].lower(), p["version"]) for p in self.analyze(site)["packages"] if p["ecosystem"] == "python")
        self.assertEqual(found, known)

    def test_packages_are_those_that_npm_installed(self):
        tree = TOP / "build/page-test"
        if not (tree / "node_modules/.package-lock.json").exists():
            self.skipTest("build/page-test is not there: scripts/setup test makes it")
        lock = json.loads((tree / "node_modules/.package-lock.json").read_text())["packages"]
        known = sorted((path, entry["version"]) for path, entry in lock.items() if (tree / path).exists())
        found = sorted((p["path"], p["version"]) for p in self.analyze(tree)["packages"])
        self.assertEqual(found, known)

    def test_what_ships_and_is_not_needed(self):
        report = self.analyze(self.make_function())
        kinds = {part["kind"]: part for part in report["leftovers"]}
        self.assertEqual(kinds["source_maps"]["bytes"], 1900)
        self.assertEqual(kinds["tests"]["biggest"][0]["path"], "node_modules/a/test/a.js")
        self.assertEqual([(c["name"], c["copies"]) for c in report["package_copies"]], [("a", 2)])
        self.assertEqual([v["version"] for v in report["package_copies"][0]["versions"]], ["1.0.0", "2.0.0"])

    def test_strip_takes_away_what_was_said(self):
        self.write("p/a.c", "#include <stdio.h>\nint main(void) { puts(\"a\"); }\n")
        subprocess.run(["gcc", "-g3", "a.c", "-o", "a"], cwd=self.dir / "p", check=True)
        said = self.analyze("p")["strippable"]
        before = (self.dir / "p/a").stat().st_size
        subprocess.run(["strip", "a"], cwd=self.dir / "p", check=True)
        self.assertAlmostEqual(said["bytes"], before - (self.dir / "p/a").stat().st_size, delta=200)
        self.assertEqual(self.analyze("p")["strippable"]["bytes"], 0)

    def test_layers_count_into_the_limit(self):
        package = self.make_function()
        self.write("layer/python/lib.py", "x" * 5000)
        self.write("layer2/lib/data", "y" * 3000)
        shutil.make_archive(self.dir / "layer2", "zip", self.dir / "layer2")
        alone = self.analyze(package)
        report = self.analyze(package, "--layer", "layer", "--layer", "layer2.zip")
        self.assertEqual(report["bytes"], alone["bytes"])
        self.assertEqual(report["unzipped"]["bytes"], alone["bytes"] + 8000)
        self.assertEqual(report["layers"], [{"path": "layer", "bytes": 5000, "files": 1}, {"path": "layer2.zip", "bytes": 3000, "files": 1}])
        limit = str(alone["bytes"] + 7999)
        self.ballast("analyze", package, "--max-size", limit)
        failed = self.ballast("analyze", package, "--layer", "layer", "--layer", "layer2.zip", "--max-size", limit, status=1)
        self.assertIn("with its layers, more than the", failed.stderr)
        self.assertIn("together", failed.stdout)
        many = self.ballast("analyze", package, *["--layer", "layer"] * 6)
        self.assertIn("6 layers: a function takes 5 at most", many.stderr)

    def test_a_layers_library_is_not_lacking(self):
        self.write("p/x.c", "int there(void); int main(void) { return there(); }\n")
        self.write("p/y.c", "int there(void) { return 0; }\n")
        (self.dir / "layer/lib").mkdir(parents=True)
        subprocess.run(["gcc", "-shared", "-fPIC", "y.c", "-Wl,-soname,liby.so.1", "-o", "../layer/lib/liby.so.1"], cwd=self.dir / "p", check=True)
        subprocess.run(["gcc", "x.c", "../layer/lib/liby.so.1", "-o", "x"], cwd=self.dir / "p", check=True)
        self.assertIn("liby.so.1", json.dumps(self.analyze("p")["lacks"]))
        self.assertNotIn("liby.so.1", json.dumps(self.analyze("p", "--layer", "layer")["lacks"]))

    def test_growth_beyond_the_threshold_fails(self):
        package = self.make_function()
        (self.dir / "base.json").write_text(self.ballast("analyze", package, "--json").stdout)
        same = self.ballast("analyze", package, "--baseline", "base.json", "--max-growth", "0")
        self.assertIn("since base.json: ±0 B", same.stdout)
        self.write("package/node_modules/c/package.json", '{"name": "c", "version": "9.9.9"}')
        self.write("package/node_modules/c/c.js", noise(50_000))
        grown = 50_000 + 33
        self.ballast("analyze", package, "--baseline", "base.json", "--max-growth", str(grown))
        failed = self.ballast("analyze", package, "--baseline", "base.json", "--max-growth", str(grown - 1), status=1)
        self.assertIn(f"has {grown} bytes more than in base.json", failed.stderr)
        self.assertIn("new, 9.9.9", failed.stdout)
        self.ballast("analyze", package, "--baseline", "base.json", "--max-growth", "1%", status=1)
        report = self.analyze(package, "--baseline", "base.json")["baseline"]
        self.assertEqual(report["change_bytes"], grown)
        self.assertEqual(report["packages"], [{"name": "c", "version_before": "", "version_after": "9.9.9", "before_bytes": 0,
                                               "after_bytes": grown, "change_bytes": grown}])
        markdown = self.ballast("analyze", package, "--baseline", "base.json", "--markdown").stdout
        self.assertIn("| c new, 9.9.9 |", markdown)
        self.assertIn("+48.9 KB", markdown)

    def test_wrong_baselines_say_so(self):
        self.write("p/a.js", "x")
        self.write("bad.json", "{}")
        bad = self.ballast("analyze", "p", "--baseline", "bad.json", status=4)
        self.assertIn("ballast: error: bad.json: is not a report of 'ballast analyze --json'", bad.stderr)
        self.ballast("analyze", "p", "--baseline", "none.json", status=3)
        self.ballast("analyze", "p", "--baseline", "bad.json", "--max-growth", "lots", status=2)
        self.ballast("analyze", "p", "--max-growth", "5MB", status=2)

    def test_the_page_is_written_whole(self):
        package = self.make_function()
        self.ballast("analyze", package, "--html", "page.html")
        page = (self.dir / "page.html").read_text()
        self.assertIn("What fills", page)
        self.assertNotIn("http-equiv=\"refresh", page)
        failed = self.ballast("analyze", package, "--html", "none/page.html", status=3)
        self.assertIn("none/page.html", failed.stderr)


class Recipe(CliTest):
    """The shell recipe of docs/ci.md, as it stands there."""

    def run_recipe(self, status):
        page = (TOP / "docs/ci.md").read_text()
        script = re.search(r"^```bash\n(.*?)^```$", page, re.M | re.S)[1]
        done = subprocess.run(["bash", "-c", script], cwd=self.dir, capture_output=True, text=True,
                              env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def test_fails_a_build_over_its_budget(self):
        self.write("build/package/a.js", "x" * 100_000)
        first = self.run_recipe(0)
        self.assertIn("| unzipped | 97.7 KB | 250 MB |", first.stdout)
        (self.dir / "ballast-next.json").rename(self.dir / "ballast-base.json")
        self.write("build/package/b.js", "y" * 2_000)
        second = self.run_recipe(0)
        self.assertIn("| unzipped | 97.7 KB | 99.6 KB | +2.0 KB +2.00 % | 250 MB |", second.stdout)
        self.assertIn("✅ within `--max-growth 2%`", second.stdout)
        self.write("build/package/c.js", "z")
        over = self.run_recipe(1)
        self.assertIn("❌ **grew by 2.0 KB**, more than `--max-growth 2%` allows", over.stdout)
        self.assertIn("has 2001 bytes more than in ballast-base.json", over.stderr)
        self.assertEqual(json.loads((self.dir / "ballast-next.json").read_text())["bytes"], 102_001)
        self.assertTrue((self.dir / "ballast.html").exists())
        self.write("ballast-base.json", "{}")
        self.run_recipe(4)
        self.assertEqual((self.dir / "ballast.md").read_text(), "")


class Images(AnalyzeCase):
    """What docker save and OCI tools write, made by Python's tarfile; the truth is a directory that it was unpacked to."""

    def layer(self, members):
        """A layer's tar: (path, bytes | None for a directory | ("symlink" or "link", target))."""
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for path, content in members:
                info = tarfile.TarInfo(path)
                info.mode = 0o755
                if content is None:
                    info.type = tarfile.DIRTYPE
                elif isinstance(content, tuple):
                    info.type = tarfile.SYMTYPE if content[0] == "symlink" else tarfile.LNKTYPE
                    info.linkname = content[1]
                else:
                    info.size = len(content)
                archive.addfile(info, io.BytesIO(content) if isinstance(content, bytes) else None)
        return out.getvalue()

    def docker(self, name, layers):
        """`docker save` as of version 24; the history too."""
        with tarfile.open(self.dir / name, "w") as archive:
            def add(path, data):
                info = tarfile.TarInfo(path)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
            names = []
            for i, layer in enumerate(layers):
                names.append(f"{hashlib.sha256(layer).hexdigest()}{i}/layer.tar")
                add(names[-1], layer)
            add("config.json", json.dumps({"os": "linux", "architecture": "amd64",
                                           "history": [{"created_by": f"step {i}"} for i in range(len(layers))]}).encode())
            add("manifest.json", json.dumps([{"Config": "config.json", "RepoTags": ["f:1"], "Layers": names}]).encode())
        return self.dir / name

    def oci(self, name, layers, compress):
        with tarfile.open(self.dir / name, "w") as archive:
            def add(path, data):
                info = tarfile.TarInfo(path)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))

            def blob(data):
                digest = hashlib.sha256(data).hexdigest()
                add(f"blobs/sha256/{digest}", data)
                return {"digest": f"sha256:{digest}", "size": len(data)}
            manifest = {"schemaVersion": 2, "config": blob(json.dumps({"os": "linux", "architecture": "amd64"}).encode()),
                        "layers": [blob(compress(layer)) for layer in layers]}
            add("index.json", json.dumps({"manifests": [blob(json.dumps(manifest).encode())]}).encode())
            add("oci-layout", b'{"imageLayoutVersion": "1.0.0"}')
        return self.dir / name

    def members_of(self, directory):
        for path in sorted(directory.rglob("*")):
            name = str(path.relative_to(directory))
            if path.is_symlink():
                yield name, ("symlink", os.readlink(path))
            else:
                yield name, None if path.is_dir() else path.read_bytes()

    def layers_of_function(self):
        """Three layers that amount to make_function(): the base, noise that is taken away again, replacements."""
        package = self.make_function()
        (package / "ballast.toml").unlink()  # would configure the directory
        members = list(self.members_of(package))
        late = {"handler.js", "usr/share/many/03.txt"}
        base = [(name, b"old" if name in late else content) for name, content in members if name != "copy/data.bin"]
        base += [("gone", None), ("gone/deep", None), ("gone/deep/file", noise(70_000, 3)), ("opaque", None), ("opaque/x", b"x")]
        middle = [("gone/later", b"1"), ("big-and-replaced", noise(90_000, 4)), ("copy/data.bin", ("link", "usr/share/data.bin"))]
        # A hard link to a lower layer's file, as some builders write it.
        top = [(name, content) for name, content in members if name in late]
        top += [(".wh.gone", b""), (".wh.big-and-replaced", b""), ("opaque/.wh..wh..opq", b""), ("opaque/y", b"yy")]
        self.write("package/opaque/y", "yy")
        return package, [self.layer(base), self.layer(middle), self.layer(top)]

    def assert_same(self, image, directory, hidden):
        seen, unpacked = self.analyze(image), self.analyze(directory)
        self.assertEqual(self.without_compressed(seen), self.without_compressed(unpacked))
        self.assertNotIn("zipped", seen)
        self.assertEqual(seen["unzipped"]["limit_bytes"], 10 * 1024**3)
        self.assertEqual(seen["image"]["platform"], "linux/amd64")
        self.assertEqual(seen["unzipped"]["bytes"], seen["image"]["bytes"])
        self.assertEqual(seen["image"]["hidden_bytes"], hidden)
        return seen

    HIDDEN = 70_000 + 90_000 + 1 + 1 + 3 + 3

    def test_docker_save_is_measured_as_what_it_unpacks_to(self):
        package, layers = self.layers_of_function()
        report = self.assert_same(self.docker("image.tar", layers), package, self.HIDDEN)
        self.assertEqual([layer["command"] for layer in report["image"]["layers"]], ["step 0", "step 1", "step 2"])

    def test_oci_archives_with_compressed_layers_too(self):
        package, layers = self.layers_of_function()
        self.assert_same(self.oci("oci.tar", layers, gzip.compress), package, self.HIDDEN)
        zstd = lambda layer: subprocess.run(["zstd", "-q"], input=layer, check=True, capture_output=True).stdout
        image = self.oci("zstd.tar", layers, zstd)
        self.assert_same(image, package, self.HIDDEN)
        subprocess.run(["gzip", "-k", image], check=True)
        self.assert_same(f"{image}.gz", package, self.HIDDEN)

    def test_images_are_for_looking_at(self):
        _, layers = self.layers_of_function()
        image = self.docker("image.tar", layers)
        self.assertIn("neither a directory nor a zip", self.ballast("pack", image, "--out", "slim", "--store", self.store, status=2).stderr)
        self.assertIn("has its layers already", self.ballast("analyze", image, "--layer", "package", status=2).stderr)
        text = self.ballast("analyze", image).stdout
        self.assertIn("under the limit of 10.0 GB for images", text)
        self.assertIn("hidden", text)
        self.ballast("analyze", image, "--max-size", "100KB", status=1)
        self.assertIn("usr/bin/git", self.ballast("why", "libz.so.1", "--package", image).stdout)

    def test_hostile_archives_are_refused(self):
        climbing = self.docker("climbing.tar", [self.layer([("../../etc/passwd", b"x")])])
        self.assertIn("etc/passwd", self.ballast("analyze", climbing, status=4).stderr)
        bomb = self.docker("bomb.tar", [gzip.compress(self.layer([("zeros", bytes(400 << 20))]))])
        self.assertIn("a bomb", self.ballast("analyze", bomb, status=4).stderr)
        whole = self.docker("whole.tar", [self.layer([("a", noise(100_000))])]).read_bytes()
        self.write("cut.tar", whole[:60_000])
        self.ballast("analyze", "cut.tar", status=4)
        with tarfile.open(self.dir / "plain.tar", "w") as archive:
            archive.add("/etc/hostname")
        self.assertIn("no manifest.json", self.ballast("analyze", "plain.tar", status=2).stderr)
        self.assertEqual([p for p in self.dir.glob("ballast-image-*")], [])


class ToolsImages(AnalyzeCase):
    """Archives that umoci and skopeo make, against the directory that umoci unpacks them to."""

    def tool(self, *command):
        subprocess.run(command, cwd=self.dir, check=True, capture_output=True)

    def test_real_tools_agree(self):
        for tool in ("umoci", "skopeo"):
            if not shutil.which(tool):
                self.skipTest(f"{tool} is not installed: scripts/setup test installs it")
        rootless = ["--rootless"] if os.geteuid() else []
        package = self.make_function()
        (package / "ballast.toml").unlink()  # would configure the directory
        self.write("other/opaque.txt", "only this")
        self.tool("umoci", "init", "--layout", "image")
        self.tool("umoci", "new", "--image", "image:v")
        for insert in (["package", "/var/task"], ["--whiteout", "/var/task/copy"], ["--opaque", "other", "/var/task/node_modules/b"]):
            self.tool("umoci", "insert", *rootless, "--image", "image:v", *insert)
        self.tool("umoci", "unpack", *rootless, "--image", "image:v", "bundle")
        truth = self.without_compressed(self.analyze("bundle/rootfs"))
        self.assertGreater(truth["bytes"], 200_000)
        for kind, name, options in (("docker-archive", "docker.tar", []), ("oci-archive", "oci.tar", []),
                                    ("oci-archive", "zstd.tar", ["--dest-compress", "--dest-compress-format", "zstd"])):
            self.tool("skopeo", "--insecure-policy", "copy", *options, "oci:image:v", f"{kind}:{name}:f:1")
            report = self.analyze(name)
            self.assertEqual(self.without_compressed(report), truth, name)
            self.assertGreater(report["image"]["hidden_bytes"], 200_000)


class Why(CliTest):
    def test_a_library_is_explained_by_real_programs(self):
        package = self.make_package(noise_bytes=1000)
        library = next((package / "usr/lib").glob("libz.so.1.*")).name
        text = self.ballast("why", "libz.so.1", "--package", package).stdout
        self.assertIn(f"usr/lib/{library}: ", text)
        self.assertIn(f"  usr/bin/git → {library}\n", text)
        report = json.loads(self.ballast("why", f"usr/lib/{library}", "--package", package, "--json").stdout)
        self.assertEqual(report["files"][0]["needed_by"], [{"who": "usr/bin/git", "as": "libz.so.1"}])
        self.assertEqual(report["files"][0]["chains"], [{"start": "program", "steps": ["usr/bin/git", f"usr/lib/{library}"]}])

    def test_the_package_is_here_unless_it_is_named(self):
        package = self.make_package(noise_bytes=1000)
        self.assertIn("left-pad 1.3.0", self.ballast("why", "left-pad", cwd=package).stdout)
        missing = self.ballast("why", "right-pad", cwd=package, status=3)
        self.assertIn("ballast: error: right-pad: is not a path, library or installed package of .", missing.stderr)
        self.ballast("why", "usr/share", cwd=package, status=2)

    def test_npm_explains_the_same(self):
        tree = TOP / "build/page-test"
        if not (tree / "node_modules/.package-lock.json").exists():
            self.skipTest("build/page-test is not there: scripts/setup test makes it")
        for name in ("ws", "debug", "semver", "yargs"):
            explained = json.loads(subprocess.run(["npm", "explain", name, "--json"], cwd=tree, check=True, capture_output=True).stdout)
            known = {one["location"]: sorted({edge["from"].get("name") or "project" for edge in one["dependents"]}) for one in explained}
            report = json.loads(self.ballast("why", name, "--package", tree, "--json").stdout)
            found = {one["path"]: sorted({n["who"].split(" ")[0].replace("package.json", "project") for n in one["needed_by"]})
                     for one in report["packages"]}
            self.assertEqual(found, known, name)


if __name__ == "__main__":
    unittest.main()
