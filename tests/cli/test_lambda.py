"""Inside a function: the wrapper, bootstrap, the extension and layers, in a stand-in for Lambda (lambda_api.py)."""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import unittest
import zipfile

from lambda_api import Context, Places
from support import BIN, CliTest

IS_ROOT = os.geteuid() == 0
PYTHON = "/usr/bin/python3"

# A runtime as AWS's are, in short: an event is a command, the answer what it printed.
RUNTIME = '''
import json, os, subprocess, urllib.request
api = "http://%s/2018-06-01/runtime/invocation/" % os.environ["AWS_LAMBDA_RUNTIME_API"]
while True:
    with urllib.request.urlopen(api + "next") as answer:
        request, event = answer.headers["Lambda-Runtime-Aws-Request-Id"], json.load(answer)
    done = subprocess.run(["sh", "-c", event], capture_output=True)
    urllib.request.urlopen(api + request + "/response", done.stdout + done.stderr).close()
'''


class LambdaTest(CliTest):
    def function(self, settings="", **options):
        """A function with a runtime of its own, packed; its package."""
        package = self.make_package(**options)
        self.write("package/runtime.py", RUNTIME)
        self.add_settings(settings)
        self.pack(package)
        return self.dir / "slim"

    def add_settings(self, settings):
        file = self.dir / "package/ballast.toml"
        file.write_text(file.read_text() + settings)

    def context(self, task, runtime, **options):
        env = {"BALLAST_ROOT": str(self.root), "BALLAST_STORE": str(self.store), **options.pop("env", {})}
        context = Context(task, runtime, env=env, **options)
        self.addCleanup(context.__exit__)
        return context

    def managed(self, slim, **options):
        """A managed runtime started as Lambda does with AWS_LAMBDA_EXEC_WRAPPER=/var/task/ballast-wrapper."""
        return self.context(slim, [slim / "ballast-wrapper", PYTHON, slim / "runtime.py"], **options)

    def cold_starts(self, context):
        return [json.loads(line) for line in context.log if line.startswith('{"ballast":"cold"')]


class Wrapper(LambdaTest):
    def test_the_runtime_runs_in_the_trees_environment(self):
        slim = self.function('[env]\nDATA = "{tree}/usr/share/data.bin"\n')
        context = self.managed(slim)
        self.assertEqual(context.init(), "ready", context.log)
        tree = self.tree()
        kind, answer = context.invoke('echo "$PATH|$LD_LIBRARY_PATH|$DATA"; command -v cat')
        path, libraries, rest = answer.split("|")
        self.assertTrue(path.startswith(f"{tree}/usr/bin:"), answer)
        self.assertEqual(libraries, f"{tree}/usr/lib")
        self.assertEqual(rest, f"{tree}/usr/share/data.bin\n{tree}/usr/bin/cat\n")
        self.assertEqual(len(self.cold_starts(context)), 1)

    def test_the_runtime_gets_its_command_line_as_it_was(self):
        slim = self.function()
        result = self.run_program(slim / "ballast-wrapper", "/bin/sh", "-c", 'printf "<%s>" "$@"', "sh", "a b", "", "--root", "--",
                                  "*", env={"BALLAST_ROOT": str(self.root)})
        self.assertEqual(result.stdout, "<a b><><--root><--><*>")

    def test_a_warm_context_needs_no_store(self):
        slim = self.function()
        self.assertEqual(self.managed(slim).init(), "ready")
        shutil.rmtree(self.store)
        again = self.managed(slim)
        self.assertEqual(again.init(), "ready", again.log)
        self.assertEqual(again.invoke("true"), ("response", ""))
        self.assertEqual(self.cold_starts(again), [])

    def test_a_failure_is_the_invocations_answer_and_in_the_log(self):
        slim = self.function()
        shutil.rmtree(self.store)
        context = self.managed(slim)
        self.assertEqual(context.init(), "error")
        kind, answer = context.invoke("true")
        self.assertEqual(kind, "error")
        answer = json.loads(answer)
        self.assertEqual(answer["errorType"], "Ballast.not_found")
        self.assertRegex(answer["errorMessage"], r"^\S+/packs/[0-9a-f]{64}: cannot open: No such file or directory")
        self.assertTrue(any(line.startswith(f"ballast-run: error: {self.store}/packs/") for line in context.log), context.log)
        self.assertEqual(context.api.init_error[0], "Ballast.not_found", "the header says it too")

    def test_a_store_that_is_down_is_told_while_it_is_tried_and_when_it_is_given_up(self):
        slim = self.function()
        env = {"BALLAST_STORE": "s3://bucket/x?endpoint=http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
        context = self.managed(slim, env={**env, "BALLAST_TIMEOUT": "1s"})
        self.assertEqual(context.init(), "error", context.log)
        self.assertEqual(context.api.init_error[0], "Ballast.unavailable")
        self.assertRegex(context.log[0], r"^ballast: warning: s3://bucket/x/packs/\w+: s3:GetObject: http://127\.0\.0\.1:1: cannot connect: "
                                         r"Connection refused \(.*gateway endpoint for S3\)\); trying again$")
        self.assertRegex(context.log[1], r"^ballast-run: error: s3://bucket/x/packs/")

    def test_a_runtime_that_is_not_there_is_told(self):
        slim = self.function()
        context = self.context(slim, [slim / "ballast-wrapper", "/no/such/runtime"])
        self.assertEqual(context.init(), "error")
        self.assertIn("/no/such/runtime: cannot execute: No such file", context.api.init_error[1]["errorMessage"])

    def test_outside_lambda_the_error_is_a_line_and_a_status(self):
        slim = self.function()
        shutil.rmtree(self.store)
        failed = self.run_program(slim / "ballast-wrapper", "true", status=3, env={"BALLAST_ROOT": str(self.root)})
        self.assertEqual(len(failed.stderr.splitlines()), 1, failed.stderr)

    @unittest.skipIf(os.environ.get("BALLAST_SANITIZE"), "traced, a sanitized program comes to no write before the limit")
    def test_what_init_killed_is_taken_up_in_the_first_invocation(self):
        slim = self.function(noise_bytes=8_000_000)
        # Each write takes half a second, so that the limit comes in the middle on any machine.
        slow = ["strace", "-f", "-qq", "-o", str(self.dir / "trace"), "-e", "inject=pwrite64,write:delay_enter=500000"]
        context = self.managed(slim, prefix=slow, init_limit=4.0)
        if subprocess.run([*slow, "true"], capture_output=True).returncode != 0:
            self.skipTest("strace may not trace here")
        self.assertEqual(context.init(), "timeout", context.log)
        self.assertIsNone(self.tree(), "a tree is absent or whole")
        context.prefix = []
        self.assertEqual(context.invoke("command -v cat"), ("response", f"{self.tree()}/usr/bin/cat\n"), context.log)
        self.assertTrue(self.cold_starts(context)[0]["resumed"])
        self.assert_verified()

    def test_several_contexts_in_one_tmp_hydrate_once(self):
        slim = self.function()
        contexts = [self.managed(slim) for _ in range(6)]
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            self.assertEqual(set(pool.map(lambda context: context.init(), contexts)), {"ready"})
        self.assertEqual(sum(len(self.cold_starts(context)) for context in contexts), 1)
        for context in contexts:
            self.assertEqual(context.invoke("command -v cat"), ("response", f"{self.tree()}/usr/bin/cat\n"))

    def test_a_package_with_a_file_of_that_name_is_refused(self):
        package = self.make_package()
        self.write("package/ballast-wrapper", "mine\n")
        refused = self.ballast("pack", package, "--out", "slim", "--quiet", status=2)
        self.assertIn("ballast-wrapper: is a name that a slim package needs for itself", refused.stderr)

    @unittest.skipIf(os.environ.get("BALLAST_SANITIZE"), "sanitizers take memory of their own")
    def test_hydrates_in_128_mb(self):
        slim = self.function(noise_bytes=200_000_000)
        result = subprocess.run(["prlimit", f"--data={128 << 20}", slim / "ballast-wrapper", "true"], capture_output=True, text=True,
                                env={**os.environ, "BALLAST_ROOT": str(self.root)})
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assert_verified()


@unittest.skipUnless(IS_ROOT, "mounting needs root")
class Places512(LambdaTest):
    """/var/task and /opt read-only, /tmp of 512 MB, an ordinary user: as in Lambda, by mounts."""

    def places(self, slim, layer=None, **options):
        places = Places(slim, layer, also={self.store: "/mnt/store"}, **options)
        self.addCleanup(places.close)
        return places

    def in_places(self, places, runtime, **options):
        env = {"BALLAST_ROOT": "/tmp/ballast", "BALLAST_STORE": "/mnt/store", **options.pop("env", {})}
        return self.context(self.dir / "slim", runtime, places=places, env=env, **options)

    def layer(self, *flags):
        self.ballast("layer", "--out", "layer", *flags)
        return self.dir / "layer"

    def test_the_wrapper_of_the_package(self):
        context = self.in_places(self.places(self.function()), ["/var/task/ballast-wrapper", PYTHON, "/var/task/runtime.py"])
        self.assertEqual(context.init(), "ready", context.log)
        kind, answer = context.invoke("id -u; touch /var/task/x; command -v cat; stat -c %a /tmp/ballast")
        self.assertRegex(answer, r"^993\n/tmp/ballast/[0-9a-f]{32}/tree/usr/bin/cat\n700\ntouch: .*Read-only file system\n$")

    def test_the_wrapper_of_a_layer_serves_a_package_without_ballast_run(self):
        self.function()
        self.pack(self.dir / "package", "slim", "--without-run")
        self.assertEqual([p.name for p in sorted((self.dir / "slim").glob("ballast*"))],
                         ["ballast.lock", "ballast.manifest", "ballast.toml"])
        context = self.in_places(self.places(self.dir / "slim", self.layer()), ["/opt/ballast-wrapper", PYTHON, "/var/task/runtime.py"])
        self.assertEqual(context.init(), "ready", context.log)
        self.assertRegex(context.invoke("command -v cat; PATH=/opt/bin command -v ballast-run")[1],
                         r"^/tmp/ballast/[0-9a-f]{32}/tree/usr/bin/cat\n/opt/bin/ballast-run\n$")

    def test_a_tree_that_does_not_fit_says_what_it_needs(self):
        slim = self.function(noise_bytes=20_000_000)
        context = self.in_places(self.places(slim, tmp_size="16m"), ["/var/task/ballast-wrapper", PYTHON, "/var/task/runtime.py"])
        self.assertEqual(context.init(), "error")
        self.assertEqual(context.api.init_error[0], "Ballast.no_space")
        self.assertIn("raise the function's ephemeral storage", context.api.init_error[1]["errorMessage"])

    def test_the_extension_of_a_layer_hydrates_beside_the_runtime(self):
        slim = self.function()
        places = self.places(slim, self.layer("--extension"))
        context = self.in_places(places, [PYTHON, "/var/task/runtime.py"], layer=self.dir / "layer")
        self.assertEqual(context.init(), "ready", context.log)
        self.assertEqual([(e["name"], e["events"]) for e in context.api.extensions.values()], [("ballast", ["SHUTDOWN"])])
        self.assertEqual(len(self.cold_starts(context)), 1)
        # The handler's own program finds it without a request to the store, which is gone.
        shutil.rmtree(self.store / "packs")
        kind, answer = context.invoke("/var/task/ballast-run exec -- sh -c 'command -v cat'")
        self.assertRegex(answer, r"^/tmp/ballast/[0-9a-f]{32}/tree/usr/bin/cat\n$")
        self.assertEqual(context.shutdown(), {"ballast": 0}, "it ends by itself within the two seconds")

    def test_doctor_finds_the_function_in_order(self):
        slim = self.function()
        context = self.in_places(self.places(slim), ["/var/task/ballast-wrapper", PYTHON, "/var/task/runtime.py"])
        context.init()
        report = json.loads(context.invoke("/var/task/ballast-run doctor --json")[1])
        found = {finding["what"]: finding for finding in report["findings"]}
        self.assertTrue(report["can_hydrate"])
        self.assertEqual(found["package"]["found"], "/var/task, read-only")
        self.assertTrue(found["root"]["found"].startswith("/tmp/ballast, tmpfs"))
        self.assertRegex(found["tree"]["found"], "hydrated$")
        self.assertIn("128 MB", found["memory"]["found"])
        self.assertTrue(found["user"]["found"].startswith("993,"))
        self.assertTrue(found["Lambda"]["found"].startswith("function test"))


class Bootstrap(LambdaTest):
    def test_a_bootstrap_of_ones_own(self):
        """provided.*: what was `bootstrap` has another name, and bootstrap is two lines."""
        package = self.make_package()
        self.write("package/bootstrap", "#!/bin/sh\nexec ./ballast-run wrapper -- ./my-runtime\n", 0o755)
        self.write("package/my-runtime", f"#!{PYTHON}\n{RUNTIME}", 0o755)
        self.pack(package)
        slim = self.dir / "slim"
        context = self.context(slim, [slim / "bootstrap"])
        self.assertEqual(context.init(), "ready", context.log)
        self.assertEqual(context.invoke("command -v cat"), ("response", f"{self.tree()}/usr/bin/cat\n"))

    def test_a_compiled_runtime_may_be_in_the_tree(self):
        """An ELF file at the top leaves with the others, and is found on PATH."""
        package = self.make_package()
        self.write("package/bootstrap", "#!/bin/sh\nexec ./ballast-run wrapper -- my-runtime ./runtime.py\n", 0o755)
        self.write("package/runtime.py", RUNTIME)
        self.write("package/my-runtime", pathlib.Path(PYTHON).read_bytes(), 0o755)
        self.pack(package)
        slim = self.dir / "slim"
        self.assertFalse((slim / "my-runtime").exists())
        context = self.context(slim, [slim / "bootstrap"])
        self.assertEqual(context.init(), "ready", context.log)
        self.assertEqual(context.invoke("echo it runs"), ("response", "it runs\n"))


class Groups(LambdaTest):
    SETTINGS = ('[groups]\ntexts = ["usr/share/many/"]\nprograms = ["usr/bin/"]\nlibraries = ["usr/lib/"]\n'
                '[start]\ngroups = ["programs", "libraries"]\n')

    def there(self):
        tree = self.tree()
        return {p.name for p in (tree / "usr").iterdir()} | {p.name for p in (tree / "usr").glob("share/*")}

    def forget(self):
        shutil.rmtree(self.root, ignore_errors=True)

    def test_the_packages_groups_then_the_environments_then_the_flags(self):
        slim = self.function(self.SETTINGS)
        run, root = slim / "ballast-run", ["--root", str(self.root)]
        for command in (["hydrate", *root], ["exec", *root, "--", "true"], ["wrapper", *root, "--", "true"]):
            self.forget()
            self.run_program(run, *command)
            self.assertEqual(self.there(), {"bin", "lib"}, command)
            self.forget()
            self.run_program(run, *command, env={"BALLAST_GROUPS": "texts, programs"})
            self.assertEqual(self.there(), {"bin", "share", "many"}, command)
            self.forget()
            self.run_program(run, command[0], "--group", "texts", *command[1:], env={"BALLAST_GROUPS": "programs"})
            self.assertEqual(self.there(), {"share", "many"}, command)
            self.forget()
            self.run_program(run, command[0], "--group=*", *command[1:], env={"BALLAST_GROUPS": "programs"})
            self.assertIn("data.bin", self.there())
        self.forget()
        self.run_program(run, "hydrate", *root, env={"BALLAST_GROUPS": "*"})
        self.assert_verified()

    def test_the_wrapper_starts_with_the_functions_groups(self):
        context = self.managed(self.function(self.SETTINGS))
        self.assertEqual(context.init(), "ready", context.log)
        self.assertEqual(self.there(), {"bin", "lib"})

    def test_wrong_groups_are_told_before_anything_is_fetched(self):
        slim = self.function(self.SETTINGS)
        run = slim / "ballast-run"
        unknown = self.run_program(run, "hydrate", "--root", self.root, env={"BALLAST_GROUPS": "program"}, status=3)
        self.assertIn("group 'program': the package has no such group", unknown.stderr)
        empty = self.run_program(run, "hydrate", "--root", self.root, env={"BALLAST_GROUPS": "a,,b"}, status=2)
        self.assertIn("BALLAST_GROUPS: an empty name", empty.stderr)
        both = self.run_program(run, "hydrate", "--root", self.root, "--group", "*", "--group", "texts", status=2)
        self.assertIn("'*' is all of the tree, and stands alone", both.stderr)

    def test_a_group_without_files_is_refused_when_packing(self):
        package = self.make_package()
        self.add_settings('[groups]\nall = ["*"]\n[start]\ngroups = ["default"]\n')
        refused = self.ballast("pack", package, "--out", "slim", "--quiet", status=2)
        self.assertIn("names 'default', but no file of the tree is in it\nhint: groups with files: all", refused.stderr)

    def test_pack_estimates_what_a_start_fetches(self):
        package = self.make_package()
        whole = self.pack(package, "whole")
        self.add_settings('[groups]\ntexts = ["usr/share/many/"]\n[start]\ngroups = ["texts"]\n')
        part = self.pack(package, "part", "--repack", "--version", "part")
        self.assertEqual((whole["start_files"], part["start_files"]), (45, 40))
        self.assertEqual(whole["start_fetched_bytes"], whole["compressed_bytes"])
        self.assertLess(part["start_fetched_bytes"], 50_000)
        self.assertLess(part["start_estimate_ms"], whole["start_estimate_ms"])
        text = self.ballast("pack", package, "--out", "again", "--quiet").stdout
        self.assertRegex(text, r"(?m)^start   about 0\.1 s to fetch \S+ K?B and write 40 files of texts: a calculation \(")


class Extension(LambdaTest):
    def setUp(self):
        super().setUp()
        self.slim = self.function(noise_bytes=1_000_000)
        # As the layer's script, beside a package: /var/task is not there without root.
        self.write("layer/extensions/ballast", f'#!/bin/sh\nexec "{self.slim}/ballast-run" extension --name "${{0##*/}}"\n', 0o755)

    def extended(self, **options):
        return self.context(self.slim, [PYTHON, self.slim / "runtime.py"], layer=self.dir / "layer", **options)

    def test_init_is_over_when_the_tree_is_there(self):
        context = self.extended()
        self.assertEqual(context.init(), "ready", context.log)
        self.assert_verified()
        # In this order: the runtime starts when the extension has registered, and hydration goes on beside it.
        self.assertEqual(context.api.seen[0], ("POST", "/2020-01-01/extension/register"))
        self.assertEqual(set(context.api.seen[1:]), {("GET", "/2020-01-01/extension/event/next"),
                                                     ("GET", "/2018-06-01/runtime/invocation/next")})
        self.assertEqual(context.shutdown(), {"ballast": 0})

    def test_what_waits_holds_the_tree_and_little_else(self):
        """What SnapStart's snapshot would hold: one connection, to Lambda, one thread, no credentials that were read."""
        context = self.extended()
        self.assertEqual(context.init(), "ready", context.log)
        process = pathlib.Path("/proc", str(context.extension_processes["ballast"].pid))
        descriptors = [os.readlink(fd) for fd in (process / "fd").iterdir()]
        self.assertEqual(len([d for d in descriptors if d.startswith("socket:")]), 1, descriptors)
        self.assertEqual([d for d in descriptors if d.startswith(str(self.root))], [f"{self.tree().parent}/use.lock"])
        self.assertEqual(len(list((process / "task").iterdir())), 1)
        if not os.environ.get("BALLAST_SANITIZE"):
            resident = int(re.search(r"VmHWM:\s+(\d+) kB", (process / "status").read_text())[1])
            self.assertLess(resident, 12 * 1024)

    def test_it_outlives_a_freeze_and_a_broken_connection(self):
        context = self.extended()
        context.init()
        context.freeze()
        context.thaw()
        self.assertEqual(context.invoke("echo thawed"), ("response", "thawed\n"))
        context.api.break_connections()
        self.assertTrue(context.api.wait_for(context.api.is_ready, time.monotonic() + 10), "it asks again")
        self.assertEqual(context.invoke("echo lives"), ("response", "lives\n"))
        self.assertEqual(context.shutdown(), {"ballast": 0})

    def test_a_failed_hydration_is_told_and_left_to_the_handler(self):
        shutil.move(self.store / "packs", self.dir / "kept")
        context = self.extended()
        self.assertEqual(context.init(), "ready", context.log)
        self.assertTrue(any(re.match(r"ballast-run: error: \S+/packs/\w+: cannot open", line) for line in context.log), context.log)
        hydrate = f"{self.slim}/ballast-run hydrate 2>&1"
        self.assertIn("cannot open", context.invoke(hydrate)[1], "so the handler has the error, too")
        shutil.move(self.dir / "kept", self.store / "packs")
        self.assertTrue(context.invoke(hydrate)[1].endswith(f"{self.tree()}\n"), "and works again as soon as the store does")
        self.assertEqual(context.shutdown(), {"ballast": 0})

    def test_killed_in_init_it_is_taken_up(self):
        slow = ["strace", "-f", "-qq", "-o", str(self.dir / "trace"), "-e", "inject=pwrite64:delay_enter=600000"]
        if subprocess.run([*slow, "true"], capture_output=True).returncode != 0:
            self.skipTest("strace may not trace here")
        context = self.extended(prefix=slow, init_limit=3.0)
        self.assertEqual(context.init(), "timeout", context.log)
        context.prefix = []
        self.assertEqual(context.invoke("echo ok"), ("response", "ok\n"), context.log)
        self.assert_verified()

    def test_a_signal_ends_it(self):
        context = self.extended()
        context.init()
        process = context.extension_processes["ballast"]
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(2), -signal.SIGTERM)

    def test_outside_lambda_it_says_so(self):
        refused = self.run_program(self.slim / "ballast-run", "extension", status=2)
        self.assertIn("AWS_LAMBDA_RUNTIME_API: is not set: this is not inside a Lambda function", refused.stderr)


class Layer(LambdaTest):
    def test_the_zip_is_what_lambda_wants_and_always_the_same(self):
        self.ballast("layer", "--out", "layer.zip", "--extension")
        with zipfile.ZipFile(self.dir / "layer.zip") as layer:
            entries = {info.filename: info.external_attr >> 16 & 0o777 for info in layer.infolist()}
            self.assertEqual(layer.read("bin/ballast-run"), (BIN / "ballast-run").read_bytes())
        self.assertEqual(entries, {"ballast-wrapper": 0o755, "bin/": 0o755, "bin/ballast-run": 0o755, "extensions/": 0o755,
                                   "extensions/ballast": 0o755})
        first = (self.dir / "layer.zip").read_bytes()
        self.ballast("layer", "--out", "layer.zip", "--extension", env={"TZ": "Asia/Tokyo"})
        self.assertEqual((self.dir / "layer.zip").read_bytes(), first, "made anew over itself, byte for byte")

    def test_the_extension_is_for_who_asks(self):
        self.ballast("layer", "--out", "layer")
        self.assertEqual(sorted(p.name for p in (self.dir / "layer").rglob("*")), ["ballast-run", "ballast-wrapper", "bin"])

    def test_it_replaces_only_a_layer(self):
        self.write("work/mine", "work")
        refused = self.ballast("layer", "--out", "work", status=2)
        self.assertIn("is not empty and not a layer, which alone would be replaced", refused.stderr)
        self.function()
        refused = self.ballast("layer", "--out", "slim", status=2)
        self.assertIn("not a layer", refused.stderr)


class Doctor(LambdaTest):
    def report(self, *arguments, status=0, **options):
        return json.loads(self.run_program(self.dir / "slim/ballast-run", "doctor", "--json", *arguments, status=status, **options).stdout)

    def test_a_table_that_lines_up(self):
        self.function()
        text = self.run_program(self.dir / "slim/ballast-run", "doctor", "--root", self.root).stdout
        lines = text.splitlines()
        column = lines[0].index("found")
        for line in lines[1:]:
            self.assertEqual(line[column - 2 : column].strip(), "", line)
            self.assertNotEqual(line[column : column + 1], " ", line)
        for what in ("kernel", "memory", "io_uring", "user namespaces", "root", "flock", "store"):
            self.assertIn(f"\n{what} ", text)
        self.assertFalse(self.root.exists(), "it leaves nothing behind")

    def test_it_says_whether_the_next_start_is_warm(self):
        self.function()

        def next_start():
            return next(f for f in self.report("--root", self.root)["findings"] if f["what"] == "tree")["therefore"]

        self.assertEqual(next_start(), "the next start is cold")
        self.hydrate()
        self.assertEqual(next_start(), "the next start is warm")
        subprocess.run(["chmod", "-R", "u+w", self.tree()], check=True)
        shutil.rmtree(self.tree())
        self.assertEqual(next_start(), "the next start is cold", "the marker is there, but no tree")
        self.assertEqual(json.loads(self.hydrate("--json").stdout)["ballast"], "cold")

    def test_both_programs_say_it(self):
        slim = self.function()
        one = self.report("--root", self.root)
        other = json.loads(self.ballast("doctor", "--json", "--package", slim, "--root", self.root).stdout)
        self.assertEqual([f["what"] for f in one["findings"]], [f["what"] for f in other["findings"]])
        alone = json.loads(self.ballast("doctor", "--json", "--root", self.root).stdout)
        self.assertTrue(alone["can_hydrate"])
        self.assertEqual(next(f for f in alone["findings"] if f["what"] == "package")["state"], "lacking")

    def test_what_is_missing_is_named_with_a_way_out(self):
        self.function()
        shutil.rmtree(self.store / "packs")
        failed = self.run_program(self.dir / "slim/ballast-run", "doctor", "--root", self.root, status=1)
        self.assertRegex(failed.stdout, r"(?m)^store +MISSING  cannot open: No such file or directory$")
        self.assertRegex(failed.stderr, r"^ballast-run: error: \S+/packs/\w+: cannot open")
        file = self.write("file", "")
        root = next(f for f in self.report("--root", file, status=1)["findings"] if f["what"] == "root")
        self.assertEqual(root["state"], "missing")
        self.assertIn("choose a directory of your own", root["hint"])

    def test_credentials_are_named_and_never_shown(self):
        self.function()
        env = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI", "AWS_REGION": "eu-central-1"}
        result = self.run_program(self.dir / "slim/ballast-run", "doctor", "--root", self.root, "--store",
                                  "s3://bucket/x?endpoint=http://127.0.0.1:1", "--timeout", "1s", env=env, status=1)
        self.assertRegex(result.stdout, r"(?m)^credentials +ok +environment$")
        self.assertRegex(result.stdout, r"(?m)^store +MISSING ")
        for secret in ("AKIDEXAMPLE", "wJalrXUtnFEMI"):
            self.assertNotIn(secret, result.stdout + result.stderr)

    @unittest.skipUnless(IS_ROOT, "mounting needs root")
    def test_a_root_that_runs_nothing(self):
        self.function()
        self.root.mkdir(mode=0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=0700,noexec", "tmpfs", self.root], check=True)
        self.addCleanup(subprocess.run, ["umount", self.root], check=True)
        execution = next(f for f in self.report("--root", self.root, status=1)["findings"] if f["what"] == "execution")
        self.assertIn("noexec", execution["hint"])


class Size(CliTest):
    @unittest.skipIf(os.environ.get("BALLAST_SANITIZE"), "sanitizers make it larger")
    def test_ballast_run_is_small(self):
        stripped = self.dir / "stripped"
        subprocess.run(["strip", "-o", stripped, BIN / "ballast-run"], check=True)
        self.assertLessEqual(stripped.stat().st_size, 8 << 20)


if __name__ == "__main__":
    unittest.main()
