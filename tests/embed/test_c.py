"""The C API as users get it: installed, built with their tools in four ways, and run against real packages."""

import ctypes
import fcntl
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
sys.path.insert(0, str(TOP / "tests/cli"))

from support import BIN, CliTest, noise  # noqa: E402

SANITIZE = os.environ.get("BALLAST_SANITIZE", "")
C_FLAGS = ["-std=c99", "-g", "-Wall", "-Wextra", "-Wpedantic", "-Werror"] + ([f"-fsanitize={SANITIZE}"] if SANITIZE else [])
HEADER = TOP / "include/ballast/ballast.h"
SETTINGS = 'name = "sample"\ninclude = ["/usr/"]\ncodec = "zstd"\nlevel = 1\n'
GROUPS = '[groups]\ntexts = ["/usr/share/texts/"]\n[env]\nTEXTS = "{tree}/usr/share/texts"\n'


def run(*command, **options):
    result = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=600, **options)
    if result.returncode != 0:
        raise AssertionError(f"{command}\n{result.stdout}\n{result.stderr}")
    return result.stdout


class Installed(unittest.TestCase):
    """prefix: what `cmake --install` made. programs: use.c, built as users build."""

    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="ballast-c-"))
        cls.addClassCleanup(shutil.rmtree, cls.work, ignore_errors=True)
        cls.prefix = cls.work / "prefix"
        run("cmake", "--install", BIN.parent, "--prefix", cls.prefix)
        cls.libraries = next(cls.prefix.rglob("libballast.so")).parent
        cls.programs = cls.build_programs()

    @classmethod
    def pkg_config(cls, *arguments):
        path = {**os.environ, "PKG_CONFIG_PATH": str(cls.libraries / "pkgconfig")}
        return run("pkg-config", *arguments, "ballast", env=path).split()

    @classmethod
    def build_programs(cls):
        shared, static = cls.work / "use-shared", cls.work / "use-static"
        run("cc", *C_FLAGS, HERE / "use.c", *cls.pkg_config("--cflags", "--libs"), "-pthread", "-o", shared)
        built = {"pkg-config": shared}
        if not SANITIZE:  # which cannot be linked statically
            run("cc", *C_FLAGS, HERE / "use.c", "-static", *cls.pkg_config("--static", "--cflags", "--libs"), "-pthread", "-o", static)
            built["pkg-config --static"] = static
        consumer = cls.work / "consumer"
        run("cmake", "-S", HERE / "consumer", "-B", consumer, "-DCMAKE_BUILD_TYPE=Debug", f"-DCMAKE_PREFIX_PATH={cls.prefix}",
            f"-DCMAKE_C_FLAGS={' '.join(C_FLAGS)}")
        run("cmake", "--build", consumer)
        return {**built, "CMake": consumer / "use_ballast", "CMake, static": consumer / "use_ballast_static"}


class Files(Installed):
    def test_all_of_it_is_installed(self):
        installed = {str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*") if not path.is_dir()}
        libraries = self.libraries.relative_to(self.prefix)
        for name in ("bin/ballast", "bin/ballast-run", "include/ballast/ballast.h", f"{libraries}/libballast.a", f"{libraries}/libballast.so",
                     f"{libraries}/libballast.so.0", f"{libraries}/pkgconfig/ballast.pc", f"{libraries}/cmake/ballast/ballastConfig.cmake",
                     f"{libraries}/cmake/ballast/ballastConfigVersion.cmake", "share/doc/ballast/LICENSE"):
            self.assertIn(name, installed)
        for path in self.prefix.rglob("*"):
            if path.suffix in (".pc", ".cmake"):
                self.assertNotIn(str(TOP), path.read_text(), f"{path} names the source directory")

    def test_programs_of_the_installation_work(self):
        version = run(self.prefix / "bin/ballast", "--version")
        self.assertEqual(version.split()[-1], self.pkg_config("--modversion")[0])
        self.assertEqual(run(self.programs["pkg-config"], "version", env=self.environment()).split(), [version.split()[-1]] * 2)

    def environment(self):
        return {**os.environ, "LD_LIBRARY_PATH": str(self.libraries)}

    def declared(self):
        return sorted(re.findall(r"BALLAST_API [^;(]*?(ballast_\w+)\(", HEADER.read_text()))

    def test_the_shared_library_exports_what_the_header_declares(self):
        lines = run("nm", "-D", "--defined-only", self.libraries / "libballast.so").splitlines()
        exported = sorted(line.split()[-1] for line in lines if " A " not in line)
        self.assertEqual(len(self.declared()), 18)
        self.assertEqual(exported, [f"{name}@@BALLAST_0" for name in self.declared()])
        dynamic = run("readelf", "-d", self.libraries / "libballast.so")
        self.assertIn("Library soname: [libballast.so.0]", dynamic)
        self.assertNotIn("RUNPATH", dynamic)
        self.assertNotIn("TEXTREL", dynamic)

    def test_the_static_library_hides_its_symbols(self):
        lines = run("nm", "-g", "--defined-only", self.libraries / "libballast.a").splitlines()
        self.assertEqual(sorted(line.split()[-1] for line in lines if re.match(r"[0-9a-f]+ ", line)), self.declared(),
                         "another copy of these in the program would be mixed with ours")

    def test_the_header_is_c_and_cpp(self):
        for language, standard in (("c", "c99"), ("c", "c17"), ("c++", "c++11"), ("c++", "c++20")):
            run("cc", "-x", language, f"-std={standard}", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", HEADER)

    @unittest.skipIf(SANITIZE, "a sanitizer's library has to be loaded first")
    def test_other_languages_can_load_it(self):
        library = ctypes.CDLL(str(self.libraries / "libballast.so.0"))
        library.ballast_version.restype = ctypes.c_char_p
        self.assertEqual(library.ballast_version().decode(), self.pkg_config("--modversion")[0])


class Calls(Installed, CliTest):
    def setUp(self):
        super().setUp()
        self.make()

    def make(self, name="function", settings=SETTINGS + GROUPS):
        self.write(f"{name}/handler", "")
        self.write(f"{name}/usr/bin/sed", pathlib.Path("/bin/sed").read_bytes(), 0o755)
        lines = subprocess.run(["ldd", "/bin/sed"], check=True, capture_output=True, text=True).stdout.splitlines()
        for library in (line.split("=> ")[1].split()[0] for line in lines if "=> /" in line and "libc.so" not in line):
            self.write(f"{name}/usr/lib/{pathlib.Path(library).name}", pathlib.Path(library).read_bytes())
        for i in range(20):
            self.write(f"{name}/usr/share/texts/{i}.txt", f"text {i}\n" * 500)
        self.write(f"{name}/ballast.toml", settings)
        return self.pack(self.dir / name)

    def environment(self, **more):
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "BALLAST_", "LAMBDA_", "LD_"))}
        leaks = {"ASAN_OPTIONS": "detect_leaks=1"} if SANITIZE else {}
        return {**plain, "LD_LIBRARY_PATH": str(self.libraries), "USE_PACKAGE": str(self.dir / "slim"), "USE_ROOT": str(self.root), **leaks, **more}

    def use(self, *arguments, status=0, program="pkg-config", **more):
        result = subprocess.run([self.programs[program], *map(str, arguments)], capture_output=True, text=True, timeout=300,
                                env=self.environment(**more))
        self.assertEqual(result.returncode, status, f"{program} {arguments}\n{result.stdout}\n{result.stderr}")
        self.assertEqual(result.stderr, "", "the library itself says nothing")
        return result.stdout.splitlines()

    def test_cold_warm_and_absent_however_it_was_linked(self):
        for program in self.programs:
            with self.subTest(program):
                shutil.rmtree(self.root, ignore_errors=True)
                how, report = self.use("hydrate", program=program)
                self.assertEqual(how, f"cold {self.tree()}")
                self.assertEqual(json.loads(report)["ballast"], "cold")
                self.assertEqual(json.loads(report)["path"], str(self.tree()))
                self.assert_verified()
                how, report = self.use("hydrate", program=program)
                self.assertEqual(how, f"warm {self.tree()}")
                self.assertEqual(json.loads(report)["requests"], 0)
                self.assertEqual(self.use("spawn", "usr/bin/sed", "-n", "1p", self.tree() / "usr/share/texts/7.txt", program=program), ["text 7"])
                failed = self.use("hydrate", program=program, status=3, USE_PACKAGE=str(self.dir))
                self.assertEqual(failed[0].split("|")[:3], ["3", str(self.dir), "not a slim package: it has no ballast.lock"])

    def test_a_missing_pack_is_named(self):
        pack = next((self.store / "packs").rglob("*.pack"), None) or next(p for p in (self.store / "packs").rglob("*") if p.is_file())
        pack.unlink()
        code, thing, message, _ = (lines := self.use("hydrate", status=3))[0].split("|")
        self.assertEqual(code, "3")
        self.assertIn(pack.name, thing)
        self.assertEqual(lines[1], f"{thing}: {message}")
        self.assertIsNone(self.tree())
        self.use("hydrate", status=6, USE_STORE="s3://bucket/x?endpoint=http://127.0.0.1:1&region=none", USE_DEADLINE_MS="1000")

    def test_groups_and_paths(self):
        how, _ = self.use("hydrate", "texts")
        self.assertEqual(sorted(p.name for p in (self.tree() / "usr").iterdir()), ["share"])
        self.assertEqual(how, f"cold {self.tree()}")
        self.assertEqual(self.use("path", "usr/share/texts/3.txt")[0], f"warm {self.tree()}/usr/share/texts/3.txt")
        self.assertEqual(self.use("path", "usr/bin/sed")[0], f"cold {self.tree()}/usr/bin/sed")
        self.assertEqual(self.use("path", "usr/bin/sed")[0], f"warm {self.tree()}/usr/bin/sed")
        self.assertEqual(self.use("path", "usr/bin/awk", status=3),
                         ["3|usr/bin/awk|the tree has no such entry|name it as it was in the package, like usr/bin/gs",
                          "usr/bin/awk: the tree has no such entry", "hint: name it as it was in the package, like usr/bin/gs"])
        self.assertEqual(self.use("hydrate", "text", status=3)[0].split("|")[1:3], ["group 'text'", "the package has no such group"])

    def test_groups_to_start_with(self):
        self.make(settings=SETTINGS + '[start]\ngroups = ["texts"]\n' + GROUPS)
        self.use("hydrate")
        self.assertFalse((self.tree() / "usr/bin").exists())
        self.use("hydrate", BALLAST_GROUPS="default")
        self.assertTrue((self.tree() / "usr/bin/sed").exists())
        self.assertFalse((self.tree().parent / "complete").exists())
        self.use("hydrate", "*", BALLAST_GROUPS="texts")
        self.assertTrue((self.tree().parent / "complete").exists())

    def test_settings_come_from_options_then_the_environment_then_the_lock(self):
        other, third = self.dir / "other", self.dir / "third"
        self.assertEqual(self.use("hydrate", USE_ROOT=str(other), BALLAST_ROOT=str(third))[0].split()[1].rsplit("/", 2)[0], str(other))
        environment = self.environment(BALLAST_ROOT=str(third))
        del environment["USE_ROOT"]
        said = run(self.programs["pkg-config"], "hydrate", env=environment)
        self.assertTrue(said.startswith(f"cold {third}/"), said)
        self.use("hydrate", status=3, BALLAST_STORE=str(self.dir / "nothing"))
        self.assertEqual(self.use("hydrate", status=2, USE_ROOT="relative")[0].split("|")[2], "the root is not an absolute path")
        self.assertEqual(self.use("hydrate", status=2, USE_DEADLINE_MS="-1")[0].split("|")[1], "deadline_ms")
        self.use("hydrate", BALLAST_STORE=str(self.dir / "nothing"), USE_STORE=str(self.store))

    def test_the_package_is_found(self):
        environment = self.environment(LAMBDA_TASK_ROOT=str(self.dir / "slim"))
        del environment["USE_PACKAGE"]
        self.assertTrue(run(self.programs["pkg-config"], "hydrate", env=environment).startswith("cold "))
        inside = self.dir / "slim/bootstrap"
        shutil.copy(self.programs["pkg-config"], inside)
        self.assertTrue(run(inside, "hydrate", env={**environment, "LAMBDA_TASK_ROOT": "/nowhere"}).startswith("warm "))

    def test_environment(self):
        self.use("hydrate")
        tree = self.tree()
        self.assertEqual(self.use("environment", "PATH", PATH="/bin"), [f"PATH={tree}/usr/bin:/bin"])
        self.assertEqual(self.use("environment", "TEXTS", TEXTS="x"), [f"TEXTS={tree}/usr/share/texts"])
        self.assertEqual(self.use("environment", "*", "A=1", "PATH=/mine", "PATHS=/a", "EMPTY=", "odd"),
                         ["A=1", "PATHS=/a", "EMPTY=", "odd", f"BALLAST_TREE={tree}", f"LD_LIBRARY_PATH={tree}/usr/lib",
                          f"PATH={tree}/usr/bin:/mine", f"TEXTS={tree}/usr/share/texts"])

    def test_threads_hydrate_once(self):
        self.assertEqual(self.use("threads", 16), ["1 cold of 16"])
        self.assertEqual(self.use("threads", 16), ["0 cold of 16"])
        self.assert_verified()

    def test_lifetimes(self):
        self.use("lifetimes")

    @unittest.skipIf(SANITIZE, "all tests run so then")
    def test_nothing_is_lost_or_misused(self):
        """The caller under AddressSanitizer, whose allocator is the library's too; the asan preset has the library itself in it."""
        program = self.dir / "use-sanitized"
        run("cc", *C_FLAGS, "-fsanitize=address,undefined", HERE / "use.c", *self.pkg_config("--cflags", "--libs"), "-pthread", "-o", program)
        for arguments, status in ((["threads", "8"], 0), (["lifetimes"], 0), (["path", "usr/bin/none"], 3), (["environment", "*"], 0),
                                  (["spawn", "usr/bin/sed", "--version"], 0), (["options", "0", "0"], 2)):
            result = subprocess.run([program, *arguments], capture_output=True, text=True, env=self.environment(ASAN_OPTIONS="detect_leaks=1"))
            if "LeakSanitizer has encountered a fatal error" in result.stderr:
                self.skipTest("the leak sanitizer may not trace here")
            self.assertEqual((result.returncode, result.stderr), (status, ""), arguments)

    def test_options_of_older_and_newer_callers(self):
        self.use("options", 40, 255)
        self.use("options", 200, 0)
        self.assertEqual(self.use("options", 200, 1, status=2)[0].split("|")[2], "has settings that this library does not know")
        self.assertEqual(self.use("options", 0, 0, status=2)[0].split("|")[2], "its size is not set")

    def is_held(self):
        with open(self.tree().parent / "use.lock") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def test_a_tree_is_held_until_it_is_closed(self):
        with subprocess.Popen([self.programs["pkg-config"], "hold"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                              env=self.environment()) as holder:
            self.assertEqual(holder.stdout.readline().strip(), str(self.tree()))
            self.assertTrue(self.is_held())
            holder.stdin.write("\n")
            holder.stdin.flush()
            self.assertEqual(holder.stdout.readline(), "let go\n")
            self.assertFalse(self.is_held())
            holder.stdin.close()
        self.assertEqual(holder.returncode, 0)

    def test_a_program_in_its_place_holds_the_tree(self):
        with subprocess.Popen([self.programs["pkg-config"], "exec", "usr/bin/sed", "-u", "s/^/said /"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True, env=self.environment()) as program:
            program.stdin.write("x\n")
            program.stdin.flush()
            self.assertEqual(program.stdout.readline(), "said x\n")
            self.assertTrue(self.is_held())
            program.stdin.close()
        self.assertEqual(program.returncode, 0)
        self.assertFalse(self.is_held())

    def test_a_full_disk_evicts_what_is_not_held(self):
        disk = self.dir / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=5m,mode=0700", "ballast-test", disk], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("a small disk cannot be mounted here: " + mounted.stderr.decode().strip())
        self.addCleanup(subprocess.run, ["umount", "--lazy", disk])
        for name in ("old", "new"):
            self.write(f"{name}/usr/data.bin", noise(3_000_000, seed=name))
            self.write(f"{name}/ballast.toml", 'name = "data"\ninclude = ["/usr/"]\ncodec = "raw"\n')
            self.pack(self.dir / name, f"slim-{name}", "--version", name)
        root, old, new = str(disk / "root"), str(self.dir / "slim-old"), str(self.dir / "slim-new")
        with subprocess.Popen([self.programs["pkg-config"], "hold"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                              env=self.environment(USE_ROOT=root, USE_PACKAGE=old)) as holder:
            self.assertTrue(holder.stdout.readline())
            failed = self.use("hydrate", status=7, USE_ROOT=root, USE_PACKAGE=new)
            self.assertRegex(failed[0], r"^7\|/.*\|needs \d\.\d+ MB .* are free\|raise the function's ephemeral storage")
            holder.stdin.write("\n")
            holder.stdin.close()
        self.assertEqual(self.use("hydrate", USE_ROOT=root, USE_PACKAGE=new)[0].split()[0], "cold")


if __name__ == "__main__":
    unittest.main()
