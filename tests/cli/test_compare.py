"""compare: the experiment on small packages that show each way at its best and at its worst, with the real tools."""

import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import unittest

from support import CliTest, noise

TOP = pathlib.Path(__file__).resolve().parents[2]
TOOLS = TOP / "build/compare-test/node_modules"
ESBUILD = TOOLS / "esbuild"

PROGRAM = """
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static const char table[%d] = {1};
int %s(int i) { return table[i]; }
int main(int count, char** arguments) {
    %s
    if (count > 1 && strcmp(arguments[1], "%s") == 0) { puts("1.0"); return %d; }
    return 9 + %s(count);
}
"""


def digest(directory):
    """Names, modes and bytes of all below a directory."""
    found = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        found.update(f"{path.relative_to(directory)} {path.lstat().st_mode}".encode())
        if path.is_file() and not path.is_symlink():
            found.update(path.read_bytes())
    return found.hexdigest()


class Compare(CliTest):
    def compile(self, path, *, table=400_000, first="", argument="--version", status=0, flags=("-g",)):
        """A program that knows one argument."""
        name = "f" + hashlib.sha256(path.encode()).hexdigest()[:12]
        source = self.write(f"sources/{name}.c", PROGRAM % (table, name, first, argument, status, name))
        out = self.dir / path
        out.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cc", "-O0", *flags, "-o", out, source], check=True)
        return out

    def compare(self, package, *arguments, without=("strip", "upx", "gzexe", "esbuild"), **options):
        left_out = [word for tool in without for word in ("--without", tool)]
        result = self.ballast("compare", package, "--json", "--quiet", *left_out, *arguments, **options)
        return json.loads(result.stdout)

    def ways(self, report):
        return {way["id"]: way for way in report["ways"]}

    def upx(self):
        """UPX is not in Debian 12; npm has its 3.96, whose file lacks the right to be executed."""
        source = TOOLS / "upx-linux/upx"
        if not source.exists():
            self.skipTest("upx is not there: run scripts/setup test")
        return self.write("upx", source.read_bytes(), 0o755)

    def test_says_not_to_use_ballast_when_the_package_fits(self):
        package = self.make_package(noise_bytes=10_000)
        before = digest(package)
        report = self.compare(package)
        self.assertEqual(digest(package), before, "the package is as it was")
        self.assertEqual(report["recommendation"]["way"], "as_is")
        self.assertTrue(report["recommendation"]["sentence"].startswith("Do not use Ballast: the package has "))
        files = [path for path in package.rglob("*") if path.is_file() and not path.is_symlink()]
        self.assertEqual(report["bytes"], sum(path.stat().st_size for path in files))
        ways = self.ways(report)
        self.assertEqual(ways["as_is"]["package_bytes"], report["bytes"])
        self.assertEqual((ways["as_is"]["cold_ms"], ways["as_is"]["each_ms"], ways["as_is"]["over"]), (0, 0, False))
        for tool in ("stripped", "upx", "gzexe", "bundled"):
            self.assertIn("left out", ways[tool]["missing"])
        self.assertEqual([ways[name]["time_basis"] for name in ("as_is", "offloaded", "container", "efs", "s3_files")],
                         ["measured", "predicted", "cited", "cited", "cited"])

    def test_strip_takes_what_analyze_says_and_advises_it_when_it_is_enough(self):
        package = self.dir / "package"
        self.compile("package/bin/tool", flags=("-g3",))
        shutil.copy(package / "bin/tool", package / "bin/second")
        self.write("package/other.txt", "text\n" * 100)
        strippable = json.loads(self.ballast("analyze", package, "--json").stdout)["strippable"]["bytes"]
        self.assertGreater(strippable, 5_000)
        total = sum(path.stat().st_size for path in package.rglob("*") if path.is_file())
        limit = total - strippable // 2
        self.write("package/ballast.toml", f"[limits]\nmax_size = {limit}\n")
        total += (package / "ballast.toml").stat().st_size
        report = self.compare(package, "--rounds", 5, without=("upx", "gzexe", "esbuild"))
        stripped = self.ways(report)["stripped"]
        self.assertAlmostEqual(total - stripped["package_bytes"], strippable, delta=400)
        self.assertTrue(stripped["works"])
        self.assertEqual(stripped["each_ms"], 0)
        self.assertTrue(self.ways(report)["as_is"]["over"])
        self.assertEqual(report["recommendation"]["way"], "stripped")
        self.assertIn("Do not use Ballast: stripped, the package has", report["recommendation"]["sentence"])
        started = [file["start"] for file in report["packed"]["strip"]["files"]]
        self.assertEqual([start["rounds"] for start in started], [5, 5], "and it was seen that they start")

    def test_upx_and_gzexe_are_measured_by_size_and_start(self):
        self.compile("package/bin/big", table=30_000_000, flags=("-static",))
        self.compile("package/bin/small", table=400_000)
        report = self.compare("package", "--upx", self.upx(), "--rounds", 7, without=("strip", "esbuild"))
        for tool in ("upx", "gzexe"):
            packed = report["packed"][tool]
            files = {file["path"]: file for file in packed["files"]}
            big = files["bin/big"]
            self.assertLess(big["packed_bytes"], big["bytes"] / 10, "an empty table packs well")
            self.assertEqual(big["refused"], "")
            # 30 MB to unpack at every start: no noise of a machine hides that.
            self.assertGreater(big["start"]["changed_ms"], 2 * big["start"]["plain_ms"])
            added = [file["start"]["added_ms"] for file in packed["files"] if file["start"]]
            self.assertAlmostEqual(packed["added_ms"], sum(added) / len(added), places=6)
            saved = sum(file["bytes"] - file["packed_bytes"] for file in packed["files"])
            self.assertEqual(packed["package_bytes"], report["bytes"] - saved)
            self.assertEqual(self.ways(report)[tool]["each_ms"], packed["added_ms"])
            self.assertEqual(self.ways(report)[tool]["cold_ms"], 0)

    def test_named_programs_are_summed(self):
        for name in ("one", "two", "three"):
            self.compile(f"package/bin/{name}", table=2_000_000)
        report = self.compare("package", "--program", "one", "--program", "bin/two", "--rounds", 5,
                              without=("strip", "upx", "esbuild"))
        files = {file["path"]: file for file in report["packed"]["gzexe"]["files"]}
        self.assertIsNone(files["bin/three"]["start"])
        total = files["bin/one"]["start"]["added_ms"] + files["bin/two"]["start"]["added_ms"]
        self.assertAlmostEqual(report["packed"]["gzexe"]["added_ms"], total, places=6)
        error = self.ballast("compare", "package", "--program", "four", "--quiet", status=2).stderr
        self.assertIn("--program: 'four' is not an executable of the package", error)

    def test_programs_that_misbehave_do_no_harm(self):
        self.compile("package/bin/sleeps", first="sleep(60);")
        self.compile("package/bin/dies", first="*(volatile int*)0 = 1;")
        mark = f"{os.getpid()}{id(self)}"
        self.compile("package/bin/leaves", first=f'if (fork() == 0) execl("/bin/sleep", "sleep", "{mark}", (char*)0);')
        self.compile("package/bin/other", argument="-V", status=0)
        self.compile("package/bin/fails", status=3)
        self.write("package/bin/lacks", pathlib.Path("/bin/true").read_bytes().replace(b"libc.so.6", b"lib0.so.6"), 0o755)
        report = self.compare("package", "--rounds", 5, without=("upx", "gzexe", "esbuild"))
        programs = {one["path"]: one for one in report["executables"]}
        self.assertIn("did not end within 3 s", programs["bin/sleeps"]["fault"])
        self.assertEqual(programs["bin/dies"]["fault"], "does not start here: status 139")
        self.assertEqual(programs["bin/lacks"]["fault"], "does not start here: status 127")
        self.assertEqual((programs["bin/other"]["argument"], programs["bin/other"]["status"]), ("-V", 0))
        self.assertEqual((programs["bin/fails"]["argument"], programs["bin/fails"]["status"]), ("--version", 3))
        self.assertEqual(programs["bin/leaves"]["argument"], "--version")
        self.assertEqual(self.processes_with(mark), [], "what a program leaves behind is ended with it")

    def test_nothing_is_started_when_nothing_is_to_be_tried(self):
        self.compile("package/bin/tells", first=f'FILE* f = fopen("{self.dir}/started", "a"); fclose(f);')
        self.compare("package")
        self.compare("package", "--programs", 0, without=("upx", "esbuild"))
        self.assertFalse((self.dir / "started").exists())
        self.compare("package", "--rounds", 5, without=("upx", "gzexe", "esbuild"))
        self.assertTrue((self.dir / "started").exists())

    def test_what_leaves_its_session_is_ended_too(self):
        mark = f"{os.getpid()}{id(self)}"
        self.compile("package/bin/daemon", first=f'if (fork() == 0) {{ setsid(); if (fork() == 0) execl("/bin/sleep", "sleep", "{mark}", (char*)0); _exit(0); }}')
        report = self.compare("package", "--rounds", 5, without=("upx", "gzexe", "esbuild"))
        self.assertEqual(report["packed"]["strip"]["files"][0]["start"]["rounds"], 5)
        self.assertEqual(self.processes_with(mark), [])

    def processes_with(self, mark):
        """Those that have it among their arguments."""
        return [path for path in pathlib.Path("/proc").glob("[0-9]*/cmdline") if mark.encode() in self.read_or_nothing(path)]

    def read_or_nothing(self, path):
        try:
            return path.read_bytes() if path.parent.name != str(os.getpid()) else b""
        except OSError:
            return b""

    def test_programs_find_no_terminal_and_their_files_are_removed(self):
        self.compile("package/bin/talks", first='FILE* tty = fopen("/dev/tty", "w"); if (tty) return 66; FILE* f = fopen("left", "r"); if (f) return 67; '
                                                'f = fopen("left", "w"); fclose(f);')
        command = f"{os.environ['BALLAST_BIN']}/ballast compare package --json --quiet --rounds 5 --without upx --without gzexe --without esbuild"
        subprocess.run(["script", "-qec", f"{command} > report.json", "/dev/null"], cwd=self.dir, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        [program] = json.loads((self.dir / "report.json").read_text())["executables"]
        self.assertEqual((program["status"], program["fault"]), (0, ""))

    def test_a_program_that_removes_its_package_spoils_nothing(self):
        self.write("package/data.txt", "data")
        self.compile("package/bin/removes", first='char path[4096]; int n = readlink("/proc/self/exe", path, 4000); path[n] = 0; '
                                                  'strcpy(strrchr(path, 47), "/../data.txt"); unlink(path);')
        report = self.compare("package", "--rounds", 5, without=("upx", "esbuild"))
        self.assertTrue((self.dir / "package/data.txt").exists())
        self.assertTrue(self.ways(report)["stripped"]["works"])

    def test_a_tool_by_a_relative_path_and_one_that_refuses_all(self):
        self.compile("package/bin/tool", table=30_000_000, flags=("-static",))
        self.upx()
        report = self.compare("package", "--upx", "./upx", "--rounds", 5, without=("strip", "gzexe", "esbuild"))
        self.assertEqual(report["packed"]["upx"]["files"][0]["refused"], "")
        self.write("refuses", "#!/bin/sh\necho first; echo 'it will not' >&2; exit 1\n", 0o755)
        way = self.ways(self.compare("package", "--upx", "refuses", without=("strip", "gzexe", "esbuild")))["upx"]
        self.assertEqual((way["works"], way["missing"]), (False, "upx leaves all as they are: it will not"))
        self.assertIn("cannot be executed", self.ballast("compare", "package", "--upx", self.dir, status=2).stderr)

    def test_programs_are_started_with_stripped_libraries(self):
        self.compile("package/lib/libshared.so", flags=("-g3", "-shared", "-fPIC"))
        source = self.write("sources/user.c", "int main(int count, char** arguments) { return count > 1 ? 0 : 1; }")
        program = self.dir / "package/bin/user"
        program.parent.mkdir()
        subprocess.run(["cc", "-s", "-o", program, source, "-Wl,--no-as-needed", "-L", self.dir / "package/lib", "-lshared",
                        "-Wl,-rpath,$ORIGIN/../lib"], check=True)
        stripped = self.ways(self.compare("package", "--rounds", 5, without=("upx", "gzexe", "esbuild")))["stripped"]
        self.assertEqual((stripped["works"], stripped["untested"], stripped["faults"]), (True, "", []))
        # A strip that ruins the library is noticed by the program that only uses it.
        self.write("tools/strip", '#!/bin/sh\n[ "$1" = -o ] && head -c 4096 "$3" > "$2"\n', 0o755)
        path = f"{self.dir}/tools:{os.environ['PATH']}"
        ruined = self.ways(self.compare("package", "--rounds", 5, without=("upx", "gzexe", "esbuild"), env={"PATH": path}))["stripped"]
        self.assertFalse(ruined["works"])
        [fault] = ruined["faults"]
        self.assertRegex(fault, "^bin/user: ends with status 1[0-9]+, not 0$")

    def test_a_status_of_its_own_is_no_failure_to_start(self):
        self.compile("package/bin/usage", argument="none of them", first="return 255;")
        report = self.compare("package", "--rounds", 5, without=("upx", "gzexe", "esbuild"))
        [program] = report["executables"]
        self.assertEqual((program["status"], program["fault"]), (255, ""))
        self.assertTrue(self.ways(report)["stripped"]["works"])

    def test_flags_are_looked_at_before_the_work(self):
        package = self.make_package(noise_bytes=1000)
        for flags, status in ((("--rate", 1, "--service", "banana"), 2), (("--trace", "nowhere"), 3), (("--html", "nowhere/page.html"), 3)):
            error = self.ballast("compare", package, *flags, status=status).stderr
            self.assertNotIn("compare: ", error, "nothing was done yet")

    def make_node_function(self):
        self.write("package/package.json", '{"name": "f", "main": "./src/index.js"}')
        self.write("package/src/index.js", """
            const { greet } = require("greeter");
            const native = () => require("native-one");
            const any = (name) => require(name);
            const sdk = () => require("@aws-sdk/client-s3");
            exports.handler = async () => greet("you");
        """)
        self.write("package/node_modules/greeter/package.json", '{"name": "greeter", "version": "1.0.0", "dependencies": {"deep": "1"}}')
        self.write("package/node_modules/greeter/index.js", 'exports.greet = (who) => require("deep")(who); // ' + "x" * 50_000)
        self.write("package/node_modules/deep/package.json", '{"name": "deep", "version": "1.0.0"}')
        self.write("package/node_modules/deep/index.js", 'module.exports = (who) => `hello ${who}`;')
        self.write("package/node_modules/unused/package.json", '{"name": "unused", "version": "1.0.0"}')
        self.write("package/node_modules/unused/index.js", "// never asked for\n" * 1000)
        # By platform, as sharp does it, and directly.
        self.write("package/node_modules/native-one/package.json",
                   '{"name": "native-one", "version": "1.0.0", "dependencies": {"helper": "1"}, "optionalDependencies": {"@native/linux": "1"}}')
        self.write("package/node_modules/native-one/index.js", 'module.exports = require(`@native/${process.platform}`);')
        self.write("package/node_modules/helper/package.json", '{"name": "helper", "version": "1.0.0"}')
        self.write("package/node_modules/helper/index.js", "exports.help = 1;")
        self.write("package/node_modules/@native/linux/package.json", '{"name": "@native/linux", "version": "1.0.0", "main": "addon.node"}')
        self.compile("package/node_modules/@native/linux/addon.node", flags=("-shared", "-fPIC"))
        # Not the function's: of a program that it brings.
        self.write("package/opt/tool/node_modules/greeter/index.js", "exports.greet = 0;")
        self.write("package/opt/tool/node_modules/greeter/package.json", '{"name": "greeter", "version": "0.1.0"}')
        return self.dir / "package"

    def need_esbuild(self):
        if not ESBUILD.exists():
            self.skipTest("esbuild is not there: run scripts/setup test")

    def test_bundle_keeps_what_is_native_and_names_what_it_cannot_follow(self):
        self.need_esbuild()
        package = self.make_node_function()
        report = self.compare(package, "--esbuild", ESBUILD, "--rounds", 5, without=("strip", "upx", "gzexe"))
        bundle = report["bundle"]
        self.assertEqual(bundle["missing"], "")
        self.assertEqual(bundle["entries"], ["src/index.js"])
        self.assertEqual({one["path"]: one["reason"] for one in bundle["kept"]},
                         {"node_modules/@native/linux": "has native code: addon.node",
                          "node_modules/native-one": "chooses @native/linux by platform"})
        self.assertTrue(any(one.startswith("src/index.js:4: ") for one in bundle["dynamic"]), bundle["dynamic"])
        self.assertIn("'@aws-sdk/client-s3' is not in the package: left to the runtime", bundle["dynamic"])
        self.assertIsNotNone(bundle["load"])
        self.assertEqual(bundle["fault"], "")
        # greeter, deep, unused and the entry are gone; native-one, its helper and the tool's stay.
        gone = ["src/index.js", *(f"node_modules/{name}/{file}" for name in ("greeter", "deep", "unused")
                                  for file in ("package.json", "index.js"))]
        sizes = sum((package / path).stat().st_size for path in gone)
        self.assertEqual((bundle["replaced_files"], bundle["replaced_bytes"]), (len(gone), sizes))
        self.assertEqual(bundle["package_bytes"], report["bytes"] - sizes + bundle["bundle_bytes"])
        self.assertLess(bundle["bundle_bytes"], 2_000, "minified: comments are gone")
        self.assertTrue(self.ways(report)["bundled"]["works"])

    def test_bundle_that_could_not_be_loaded_is_not_advised(self):
        self.need_esbuild()
        self.write("package/index.js", 'if (!process.env.DB_URL) throw new Error("no database"); require("big");')
        self.write("package/node_modules/big/package.json", '{"name": "big", "version": "1.0.0"}')
        self.write("package/node_modules/big/index.js", "// " + "x" * 100_000)
        self.write("package/worker.js", 'exports.work = () => require("big");')
        self.write("package/ballast.toml", '[limits]\nmax_size = "50KB"\n')
        report = self.compare("package", "--esbuild", ESBUILD, "--rounds", 5, without=("strip", "upx", "gzexe"))
        way = self.ways(report)["bundled"]
        self.assertEqual((way["works"], way["over"]), (True, False))
        self.assertIn("index.js does not load here as it is", way["untested"])
        self.assertNotEqual(report["recommendation"]["way"], "bundled")
        self.assertEqual(report["bundle"]["orphaned"], ["worker.js"])
        self.assertIn("worker.js", " ".join(way["changes"]))
        self.assertIn("finds nothing to take out of it", report["recommendation"]["reason"])
        self.assertIn("missing", self.ways(report)["efs"])

    def test_entries_may_have_odd_names(self):
        self.need_esbuild()
        self.write("package/package.json", '{"main": "a:b*c.js"}')
        self.write("package/a:b*c.js", "exports.handler = () => 1;")
        report = self.compare("package", "--esbuild", ESBUILD, "--entry", "./a:b*c.js", "--entry", "a:b*c.js", "--rounds", 5, without=("strip", "upx", "gzexe"))
        self.assertEqual((report["bundle"]["missing"], report["bundle"]["fault"]), ("", ""))
        self.assertEqual(report["bundle"]["entries"], ["a:b*c.js"])
        self.write("package/style.css", "a {}")
        self.assertIn("is not a .js, .mjs or .cjs file", self.ballast("compare", "package", "--entry", "style.css", "--quiet", status=2).stderr)

    def test_bundle_that_breaks_is_seen(self):
        self.need_esbuild()
        self.write("package/index.mjs", 'import "./data.js"; import { readFileSync } from "node:fs"; import "reads";')
        self.write("package/data.js", "export const a = 1;")
        self.write("package/node_modules/reads/package.json", '{"name": "reads", "version": "1.0.0", "main": "lib/index.js"}')
        self.write("package/node_modules/reads/lib/index.js", 'require("fs").readFileSync(__dirname + "/../data.txt");')
        self.write("package/node_modules/reads/data.txt", "what it reads beside itself")
        report = self.compare("package", "--esbuild", ESBUILD, "--rounds", 5, without=("strip", "upx", "gzexe"))
        way = self.ways(report)["bundled"]
        self.assertFalse(way["works"])
        self.assertIn("loading the bundle ends with status 1", way["faults"][0])
        self.assertNotIn("bundled", report["recommendation"]["way"])

    def test_bundle_of_what_is_no_javascript(self):
        self.need_esbuild()
        self.write("package/main.py", "def handler(event, context): return 1\n")
        report = self.compare("package", "--esbuild", ESBUILD, without=("strip", "upx", "gzexe"))
        self.assertIn("no entry point of JavaScript is known", report["bundle"]["missing"])
        self.write("package/index.js", "exports.handler = (;")
        report = self.compare("package", "--esbuild", ESBUILD, without=("strip", "upx", "gzexe"))
        self.assertIn("esbuild cannot: ", report["bundle"]["missing"])
        error = self.ballast("compare", "package", "--entry", "nowhere.js", "--quiet", status=2).stderr
        self.assertIn("--entry: the package has no file 'nowhere.js'", error)
        error = self.ballast("compare", "package", "--esbuild", self.dir, "--quiet", status=2).stderr
        self.assertIn("holds no esbuild", error)

    def make_offloadable(self, codec='codec = "zstd"\nlevel = 2\n'):
        package = self.make_package(noise_bytes=2_000_000)
        self.write("package/usr/share/text.bin", b"".join(b"line %d of many\n" % i for i in range(200_000)))
        self.write("package/ballast.toml", 'name = "f"\n' + codec + '[groups]\ngit = ["usr/bin/git"]\n')
        return package

    def test_offload_is_predicted_near_what_pack_makes(self):
        package = self.make_offloadable(codec="")
        report = self.compare(package)
        packed = self.pack(package)
        offload = report["offload"]
        whole, *groups = offload["predicted"]
        self.assertEqual(offload["leaving_bytes"], packed["tree_bytes"])
        self.assertAlmostEqual(whole["compressed_bytes"] / packed["compressed_bytes"], 1, delta=0.1)
        self.assertAlmostEqual(offload["slim_bytes"] / packed["slim_bytes"], 1, delta=0.02)
        self.assertEqual([group["group"] for group in groups], ["git", "default"])
        for field in ("bytes", "files", "compressed_bytes"):
            self.assertEqual(sum(group[field] for group in groups), whole[field], field)
        self.assertEqual(whole["zstd_bytes"] + whole["lz4_bytes"] + whole["raw_bytes"], whole["bytes"])
        ways = self.ways(report)
        self.assertEqual(ways["offloaded"]["cold_ms"], whole["cold_ms"])
        self.assertLess(ways["offloaded:git"]["cold_ms"], ways["offloaded"]["cold_ms"])

    def test_groups_that_share_contents_each_fetch_them(self):
        self.write("package/a/g1", noise(1_500_000))
        self.write("package/b/g2", noise(1_500_000))
        self.write("package/b/g3", "text\n" * 200_000)
        self.write("package/a/empty", "")
        self.write("package/ballast.toml", 'name = "f"\ninclude = ["a/", "b/"]\ncodec = "zstd"\nlevel = 2\n[groups]\nfirst = ["a/"]\nsecond = ["b/"]\n')
        predicted = {part["group"]: part for part in self.compare("package")["offload"]["predicted"]}
        self.pack(self.dir / "package")
        for group in ("first", "second"):
            shutil.rmtree(self.root, ignore_errors=True)
            done = json.loads(self.hydrate("--group", group, "--json").stdout)
            self.assertEqual(predicted[group]["bytes"], done["tree_bytes"], group)
            self.assertAlmostEqual(predicted[group]["compressed_bytes"] / done["fetched_bytes"], 1, delta=0.05)
        self.assertEqual(predicted[None]["bytes"], 1_500_000 + 1_000_000)

    def test_model_follows_its_inputs(self):
        package = self.make_offloadable()
        plain = self.compare(package)
        slow = self.compare(package, "--network-burst", "1MB", "--network-burst-rate", "1MB", "--network-rate", "500KB",
                            "--first-byte", "1s")
        compressed = slow["offload"]["predicted"][0]["compressed_bytes"]
        expected = 1000 + 1000 * (2**20 / 2**20 + (compressed - 2**20) / 512_000)
        self.assertAlmostEqual(slow["offload"]["predicted"][0]["cold_ms"], expected, delta=0.001)
        self.assertEqual(slow["model"]["base_rate"], 512_000)
        self.assertEqual(self.compare(package, "--cores", 1)["offload"]["predicted"][0]["cores_ms"] >
                         plain["offload"]["predicted"][0]["cores_ms"], True)
        shares = self.compare(package, "--read-share", 13)
        self.assertAlmostEqual(self.ways(shares)["container"]["cold_ms"], 2 * self.ways(plain)["container"]["cold_ms"])
        self.assertIn("--first-byte", self.ballast("compare", package, "--first-byte", "soon", status=2).stderr)

    def test_store_that_is_given_is_measured(self):
        package = self.make_offloadable()
        self.store.mkdir()
        report = self.compare(package, "--store", self.store)
        measured = report["offload"]["measured"]
        self.assertEqual(report["offload"]["fault"], "")
        versions = json.loads(self.ballast("versions", "--store", self.store, "--json").stdout)["versions"]
        self.assertEqual([one["version"] for one in versions], [measured["version"]], "what was measured is in the store")
        self.assertEqual([part["group"] for part in measured["parts"]], [None, "git", "default"])
        way = self.ways(report)["offloaded"]
        self.assertEqual((way["time_basis"], way["cold_ms"]), ("measured", measured["parts"][0]["cold_ms"]))
        self.assertEqual(way["package_bytes"], measured["slim_bytes"])
        self.assertLess(measured["warm_ms"], measured["parts"][0]["cold_ms"])
        broken = self.compare(package, "--store", "file:///proc/nowhere")
        self.assertIsNone(broken["offload"]["measured"])
        self.assertIn("/proc/nowhere", broken["offload"]["fault"])
        self.assertEqual(self.ways(broken)["offloaded"]["time_basis"], "predicted")

    def test_bills_are_those_of_simulate(self):
        package = self.make_offloadable()
        report = self.compare(package, "--rate", 0.02, "--service", "2s", "--memory", 512, "--init", "300ms")
        self.assertEqual(report["rate"], "0.02 requests a second of 2s, 512 MB")
        way = self.ways(report)["offloaded"]
        strategy = f"offloaded=recorded+{way['cold_ms']:.3f}ms,per-cold:{way['per_cold_usd']:.12f},month:{way['month_usd']:.12f}"
        simulated = json.loads(self.ballast("simulate", "--rate", 0.02, "--service", "2s", "--duration", "30d", "--memory", 512,
                                            "--init", "300ms", "--strategy", strategy, "--json").stdout)["strategies"][0]
        self.assertAlmostEqual(way["bill"]["cold_share"], simulated["cold_share"])
        self.assertAlmostEqual(way["bill"]["p99_ms"], simulated["latency"]["p99_ms"])
        self.assertAlmostEqual(way["bill"]["usd_a_month"], simulated["usd"]["a_month"], places=6)

    def test_log_in_place_of_a_rate(self):
        package = self.make_package(noise_bytes=1000)
        log = self.write("log.csv", "start_s,duration_ms,cold,init_ms\n" +
                         "".join(f"{i * 300},{100 + i},{'true' if i % 3 == 0 else 'false'},{400 if i % 3 == 0 else ''}\n" for i in range(200)))
        report = self.compare(package, "--trace", log)
        self.assertIn("200 invocations", report["rate"])
        self.assertGreater(self.ways(report)["as_is"]["bill"]["usd_a_month"], 0)

    def test_a_zip_is_compared_like_its_directory(self):
        package = self.make_package(noise_bytes=1000)
        subprocess.run(["zip", "-qry", "../package.zip", "."], cwd=package, check=True)
        one, other = self.compare(package), self.compare("package.zip")
        self.assertEqual(one["bytes"], other["bytes"])
        self.assertEqual(one["offload"]["leaving_bytes"], other["offload"]["leaving_bytes"])

    def test_text_and_markdown(self):
        self.compile("package/bin/tool|`<b>", table=2_000_000)
        text = self.ballast("compare", "package", "--without", "esbuild", "--without", "upx", "--rounds", 5, "--quiet").stdout
        for part in ("way  ", "as it is", "stripped", "container image", "S3 Files mount", "Starting programs (1 of 1)", "bin/tool|`<b>",
                     "What has to be done:", "Do not use Ballast: the package has "):
            self.assertIn(part, text)
        self.assertNotIn("\x1b", text)
        markdown = self.ballast("compare", "package", "--markdown", "--quiet", "--without", "esbuild", "--without", "gzexe",
                                "--without", "upx", "--without", "strip").stdout
        rows = [line for line in markdown.splitlines() if line.startswith("|")]
        self.assertEqual({line.replace("\\|", "").count("|") for line in rows}, {6})
        self.assertTrue(markdown.startswith("**Do not use Ballast"))

    def test_interrupted_leaves_nothing(self):
        package = self.make_package(noise_bytes=3_000_000)
        temporary = self.dir / "tmp"
        temporary.mkdir()
        process = subprocess.Popen([os.environ["BALLAST_BIN"] + "/ballast", "compare", package, "--without", "esbuild"],
                                   env={**os.environ, "TMPDIR": str(temporary)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for step in ("copying the package", ""):
            self.assertIn("compare: " + step, process.stderr.readline())
        self.assertNotEqual(list(temporary.iterdir()), [])
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, stderr)
        self.assertEqual(list(temporary.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
