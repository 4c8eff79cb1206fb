"""`ballast simulate`: what a person reads, what a program reads, and what is refused."""

import gzip
import json
import math
import shutil
import subprocess
import unittest

from support import BIN, CliTest


def report(at, milliseconds, init=None):
    """A REPORT line that ends `at` seconds after 2024-01-31T10:00:00Z."""
    stamp = f"2024-01-31T{10 + at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}.000Z"
    line = f"{stamp} REPORT RequestId: {at:08x}\tDuration: {milliseconds:.2f} ms\tBilled Duration: {milliseconds + 1:.0f} ms\t"
    line += "Memory Size: 256 MB\tMax Memory Used: 75 MB\t"
    return line + (f"Init Duration: {init:.2f} ms\t" if init else "") + "\n"


class Simulate(CliTest):
    def simulate(self, *arguments, **options):
        return json.loads(self.ballast("simulate", "--json", *arguments, **options).stdout)

    def make_log(self):
        """Ten minutes apart four times, once twenty minutes, then two at once: cold at first, after twenty, and the other."""
        times = [60, 660, 1260, 1860, 3060, 3060]
        inits = [250, None, None, None, 300, 350]
        return self.write("report.log", "".join(report(at, 500, init) for at, init in zip(times, inits)))

    def test_a_deeply_nested_line_of_the_functions_own_is_passed_over(self):
        event = ('{"time":"2026-01-31T10:00:00.000Z","type":"platform.report","record":{"requestId":"a","metrics":'
                 '{"durationMs":5.0,"billedDurationMs":5,"memorySizeMB":128,"maxMemoryUsedMB":60}}}\n')
        own = '{"note":"platform.report","in":' + "[" * 100 + "]" * 100 + "}\n"
        self.write("own.log", event + own + event)
        result = json.loads(self.ballast("simulate", "--trace", "own.log", "--json").stdout)
        self.assertEqual(result["invocations"], 2)

    def test_a_busy_function_in_a_large_log_is_no_long_record(self):
        minutes = ",".join(map(str, range(1, 1441)))
        idle = "".join(f"o,a,f{number},http{',0' * 1440}\n" for number in range(6000))
        self.write("azure.csv", f"HashOwner,HashApp,HashFunction,Trigger,{minutes}\no,a,busy,http{',400' * 1440}\n{idle}")
        self.assertGreater((self.dir / "azure.csv").stat().st_size, 16 << 20)
        result = json.loads(self.ballast("simulate", "--trace", "azure.csv", "--json").stdout)
        self.assertEqual(result["invocations"], 1440 * 400)

    def test_says_in_one_look_who_waits(self):
        self.make_log()
        text = self.ballast("simulate", "--trace", "report.log", "--preset", "2019", "--try-pings", "1",
                            "--try-provisioned", "2", "--strategy", "as is=recorded", "--strategy", "offloaded=1s,warm:2ms").stdout
        lines = text.splitlines()
        self.assertEqual(lines[0], "report.log: 6 invocations in 50 min, 256 MB")
        self.assertEqual(lines[2], "Of 6 invocations 3 (50.00 %) wait for a new context: 300 ms on average, 350 ms at most.")
        self.assertEqual(lines[3], "The log itself has 3 cold starts (50.00 %), init 300 ms on average. Lambda also initialises contexts ahead of need, so")
        rows = {line.split("  ")[0]: line.split() for line in lines}
        self.assertEqual(rows["as is"][2:4], ["3", "50.00"])
        self.assertEqual(rows["offloaded"][1:3], ["3", "50.00"])
        self.assertIn("simulated: most-recent routing, idle expiry 640s, maximum age 7384s; seed 1", text)

    def test_json_holds_all_of_it(self):
        self.make_log()
        found = self.simulate("--trace", "report.log", "--preset", "2019")
        self.assertEqual((found["format"], found["invocations"], found["memory_mb"]), ("lambda", 6, 256))
        self.assertEqual(found["log"]["cold"], 3)
        self.assertEqual(found["log"]["cold_by_hour"], [3])
        first = found["strategies"][0]
        self.assertEqual((first["name"], first["cold"], first["requests"]), ("as is", 3, 6))
        # Six times 500 ms and the three inits: 256 MB, in whole milliseconds.
        seconds = (3 * 500 + 750 + 800 + 850) / 1000
        self.assertAlmostEqual(first["usd"]["compute"], seconds / 4 * 0.0000166667, places=12)
        self.assertAlmostEqual(first["usd"]["requests"], 6 * 2e-7, places=12)
        self.assertEqual(sum(hour["cold"] for hour in first["hours"]), first["cold"])
        self.assertEqual(sum(hour["requests"] for hour in first["hours"]), 6)
        self.assertEqual([option["provisioned"] for option in found["provisioned"]], [1, 2, 5, 10])
        self.assertEqual([option["pings_at_once"] for option in found["pings"]], [1, 2, 5])
        self.assertEqual(found["provisioned"][1]["cold"], 0)

    def test_reads_standard_input_and_compressed_logs_alike(self):
        log = self.make_log()
        plain = self.simulate("--trace", "report.log")
        (self.dir / "report.log.gz").write_bytes(gzip.compress(log.read_bytes()))
        packed = self.simulate("--trace", "report.log.gz")
        self.assertEqual(plain["strategies"], packed["strategies"])
        if shutil.which("zstd"):
            subprocess.run(["zstd", "-q", log], check=True)
            self.assertEqual(self.simulate("--trace", "report.log.zst")["strategies"], plain["strategies"])
        with log.open() as standard_input:
            piped = subprocess.run([BIN / "ballast", "simulate", "--trace", "-", "--json"], stdin=standard_input,
                                   capture_output=True, check=True)
        self.assertEqual(json.loads(piped.stdout)["strategies"], plain["strategies"])

    def test_a_model_is_reproducible_and_near_theory(self):
        # No service time to speak of: a request is cold when none came in the 600 s before, e^-2 of all.
        model = ["--rate", str(2 / 600), "--duration", "1000d", "--service", "0s", "--idle-expiry", "600s"]
        first = self.simulate(*model)
        self.assertEqual(first, self.simulate(*model))
        other = self.simulate(*model, "--seed", "2")
        self.assertNotEqual(first["strategies"][0]["cold"], other["strategies"][0]["cold"])
        for found in (first, other):
            requests, cold = (found["strategies"][0][key] for key in ("requests", "cold"))
            p = math.exp(-2)
            self.assertLess(abs(cold / requests - p), 4 * math.sqrt(p * (1 - p) / requests))
            self.assertLess(abs(requests - 288_000), 4 * math.sqrt(288_000))

    def test_the_daily_curve_and_bursts_are_in_the_hours(self):
        hours = self.simulate("--rate", "1", "--duration", "1d", "--daily", ",".join(["0"] * 12 + ["1"] * 12),
                              "--burst-every", "6h", "--burst-size", "500")["strategies"][0]["hours"]
        counts = [hour["requests"] for hour in hours]
        # Bursts at 3, 9, 15 and 21 h, and nothing else before noon: the first hour is that of the first burst.
        self.assertEqual(counts[:9], [500, 0, 0, 0, 0, 0, 500, 0, 0])
        self.assertEqual(len(counts), 21)
        for i, count in enumerate(counts[9:]):
            expected = 7200 + (500 if i in (3, 9) else 0)
            self.assertLess(abs(count - expected), 5 * math.sqrt(7200))

    def test_a_share_can_be_held_in_ci(self):
        self.make_log()
        self.ballast("simulate", "--trace", "report.log", "--preset", "2019", "--max-cold", "50")
        held = self.ballast("simulate", "--trace", "report.log", "--preset", "2019", "--max-cold", "49", status=1)
        self.assertIn("ballast: error: report.log: 50.00 % of invocations are cold, more than the 49 % of --max-cold", held.stderr)

    def test_fit_finds_the_expiry_that_made_a_log(self):
        # A lone context that lives for 640 s: gaps below are warm, gaps above cold.
        rows, at = ["start_s,duration_ms,cold\n"], 0.0
        for i in range(400):
            gap = 300 + (i * 7919) % 700
            at += gap
            rows.append(f"{at},1000,{'true' if i == 0 or gap - 1 >= 640 else 'false'}\n")
        self.write("known.csv", "".join(rows))
        fit = json.loads(self.ballast("simulate", "--trace", "known.csv", "--fit", "--json").stdout)
        self.assertEqual(fit["expiry"]["idle"], "640s")
        self.assertEqual(fit["expiry"]["max_age"], "never")
        self.assertLess(fit["fitted_error"], 0.001)
        self.assertGreater(fit["plain_error"], 0.001)

    def test_a_length_without_a_unit_is_seconds(self):
        plain = self.simulate("--rate", "0.1", "--duration", "86400", "--idle-expiry", "600", "--deploy-every", "3600")
        named = self.simulate("--rate", "0.1", "--duration", "1d", "--idle-expiry", "10m", "--deploy-every", "1h")
        self.assertEqual(plain, named)
        self.assertEqual(plain["platform"]["idle_expiry"], "10m")
        for flag in ("--service", "--init"):
            failed = self.ballast("simulate", "--rate", "1", "--duration", "100", flag, "200", status=2)
            self.assertIn(f"ballast: error: {flag}: '200' is not a length of time", failed.stderr)
        failed = self.ballast("simulate", "--rate", "1", "--duration", "100", "--idle-expiry", "5..7m", status=2)
        self.assertIn("--idle-expiry: '5' has no unit, and the other has one", failed.stderr)

    def test_a_strategy_adds_to_what_is_recorded(self):
        self.make_log()
        found = self.simulate("--trace", "report.log", "--preset", "2019", "--strategy", "as is=recorded",
                              "--strategy", "more=recorded+850ms", "--strategy", "each=recorded-50ms,each:10ms")["strategies"]
        self.assertEqual([one["wait"]["max_ms"] for one in found], [350, 1200, 300])
        self.assertEqual([one["strategy"]["cold"] for one in found], ["recorded", "recorded+850ms", "recorded-50ms"])
        self.assertEqual(found[2]["strategy"]["each_ms"], 10)
        self.assertAlmostEqual(found[2]["latency"]["mean_ms"], found[0]["latency"]["mean_ms"] - 3 * 50 / 6 + 10)
        # A model records nothing: --init says what a cold start takes.
        model = self.simulate("--rate", "0.001", "--duration", "864000", "--init", "300ms", "--strategy", "a=recorded+100ms")
        self.assertEqual(model["strategies"][0]["wait"]["mean_ms"], 400)

    def test_takes_the_ways_of_a_comparison(self):
        self.make_log()
        rows = [{"name": "as it is", "cold_ms": 0, "each_ms": 0, "works": True},
                {"name": "offloaded", "cold_ms": 412.3, "each_ms": 0.6, "per_cold_usd": 0.0000072, "month_usd": 3.0,
                 "tmp_bytes": 1536 << 20, "works": True},
                {"name": "image", "cold_ms": None}, {"name": "bundled", "cold_ms": 3, "works": False}]
        self.write("compare.json", json.dumps({"ways": rows}))
        result = self.ballast("simulate", "--json", "--trace", "report.log", "--preset", "2019", "--compare", "compare.json")
        self.assertEqual(result.stderr.splitlines(),
                         ["ballast: warning: image is left out: what it adds to a cold start is not known",
                          "ballast: warning: bundled is left out: it does not work"])
        found = json.loads(result.stdout)
        as_it_is, offloaded = found["strategies"]
        self.assertEqual((as_it_is["name"], offloaded["name"]), ("as it is", "offloaded"))
        self.assertEqual([one["name"] for one in found["left_out"]], ["image", "bundled"])
        self.assertAlmostEqual(offloaded["wait"]["mean_ms"], as_it_is["wait"]["mean_ms"] + 412.3)
        self.assertAlmostEqual(offloaded["latency"]["mean_ms"], as_it_is["latency"]["mean_ms"] + 412.3 / 2 + 0.6)
        months = (found["last_s"] - found["first_s"]) / (30 * 86400)
        self.assertAlmostEqual(offloaded["usd"]["other"], 3 * 0.0000072 + 3.0 * months)
        self.assertGreater(offloaded["usd"]["tmp"], 0)
        # Beside strategies of one's own, and where nothing is recorded.
        both = self.ballast("simulate", "--json", "--rate", "0.001", "--duration", "864000", "--strategy", "own=1s",
                            "--compare", "compare.json")
        self.assertEqual([one["name"] for one in json.loads(both.stdout)["strategies"]], ["own", "as it is", "offloaded"])
        self.assertIn("no init time is recorded", both.stderr)

    def test_curves_are_in_the_json_when_asked_for(self):
        self.make_log()
        self.assertNotIn("curves", self.simulate("--trace", "report.log"))
        found = self.simulate("--trace", "report.log", "--preset", "2019", "--curves")
        curves = found["curves"]
        # Ends are 600 s apart, starts and ends 599.5 s; the last two come after nearly twenty minutes, at once.
        gaps = {(row["from_s"], row["to_s"]): row for row in curves["gaps"] if row["requests"]}
        self.assertEqual({key: (row["requests"], row["cold"], row["recorded_cold"]) for key, row in gaps.items()},
                         {(480, 600): (3, 0, 0), (900, 1200): (1, 1, 1)})
        self.assertEqual((curves["first"], curves["in_flight"]["requests"], curves["in_flight"]["cold"]), (1, 1, 1))
        self.assertEqual(sum(row["requests"] for row in curves["gaps"]) + 2, found["invocations"])
        by_expiry = {row["idle_expiry_s"]: row["cold"] for row in curves["by_expiry"]}
        self.assertEqual((by_expiry[60], by_expiry[600], by_expiry[1200]), (6, 3, 2))
        self.assertEqual((min(by_expiry), max(by_expiry)), (60, 3600))
        rates = curves["by_rate"]
        self.assertGreater(len(rates), 20)
        for row in rates[:5]:
            self.assertLess(abs(row["cold_share"] - math.exp(-row["per_second"] * 640)), 0.02)
        self.assertEqual(found, self.simulate("--trace", "report.log", "--preset", "2019", "--curves"))

    def test_writes_a_page_that_holds_the_json(self):
        self.make_log()
        page = ["--trace", "report.log", "--preset", "2019", "--html", "page.html"]
        found = self.simulate(*page)
        html = (self.dir / "page.html").read_text()
        held = html.split('<script type="application/json" id="report">')[1].split("</script>")[0]
        self.assertEqual(json.loads(held), found)
        self.assertIn("curves", found)
        self.ballast("simulate", *page)
        failed = self.ballast("simulate", "--trace", "report.log", "--fit", "--html", "page.html", status=2)
        self.assertIn("--html: has no page for --fit", failed.stderr)
        failed = self.ballast("simulate", "--trace", "report.log", "--html", "absent/page.html", status=3)
        self.assertEqual(failed.stdout, "")

    def test_refuses_with_the_way_out(self):
        self.make_log()
        self.write("broken.log", "x\n2024-01-31T10:00:00Z REPORT RequestId: a\tDuration: x ms\n")
        self.write("rows.csv", "1,2\n")
        self.write("none.json", '{"ways": [{"name": "a", "cold_ms": null}]}')
        self.write("times.csv", "start_ms,duration_ms\n1,2\n4000000000000,2\n")
        cases = [
            (2, [], "simulate: nothing to simulate\nhint: name a log with --trace FILE, or a model with --rate R --duration TIME"),
            (2, ["--trace", "report.log", "--rate", "1"], "simulate: both --trace and --rate are given"),
            (2, ["--rate", "1"], "--rate: does not say for how long"),
            (2, ["--trace", "report.log", "--strategy", "x"], "--strategy: 'x' has no name and cold start"),
            (2, ["--trace", "report.log", "--preset", "1999"], "--preset: '1999' is not a preset\nhint: those there are: 2017, 2019, 2020-spares, 2021"),
            (2, ["--trace", "report.log", "--idle-expiry", "long"], "--idle-expiry: 'long' is not a length of time"),
            (2, ["--trace", "report.log", "--routing", "x"], "--routing: 'x' is not a rule"),
            (2, ["--trace", "report.log", "--format", "x"], "--format: 'x' is not a log's format"),
            (3, ["--trace", "absent.log"], "absent.log: cannot be opened: No such file or directory"),
            (4, ["--trace", "broken.log"], "broken.log:2: a REPORT line's duration cannot be read"),
            (4, ["--trace", "rows.csv"], "rows.csv:1: the duration's unit is not known"),
            (3, ["--trace", "report.log", "--compare", "absent.json"], "absent.json: cannot open: No such file or directory"),
            (4, ["--trace", "report.log", "--compare", "rows.csv"], "rows.csv: is not a report of 'ballast compare --json'\nhint: write one"),
            (2, ["--trace", "report.log", "--compare", "none.json"], "none.json: has no way whose cold start is known"),
            (2, ["--trace", "report.log", "--strategy", "x=recorded*2"], "--strategy: 'recorded*2' is not a cold start"),
            (4, ["--trace", "times.csv"], "the log: spans more than ten years"),
        ]
        for status, arguments, text in cases:
            with self.subTest(arguments=arguments):
                failed = self.ballast("simulate", *arguments, status=status)
                self.assertIn("ballast: error: " + text, failed.stderr)
                self.assertEqual(failed.stdout, "")

    def test_memory_does_not_grow_with_the_log(self):
        def peak(lines, *flags):
            path = self.write("long.csv", "")
            with path.open("w") as file:
                file.write("start_s,duration_ms\n")
                file.writelines(f"{i},100\n" for i in range(lines))
            program = "import resource,subprocess,sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); " \
                      "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
            found = subprocess.run(["python3", "-c", program, BIN / "ballast", "simulate", "--trace", path, "--window", "10000",
                                    "--try-pings", "0", "--try-provisioned", "0", *flags], capture_output=True, check=True, text=True)
            return int(found.stdout)
        for flags in ([], ["--curves", "--json"]):
            with self.subTest(flags=flags):
                small, large = peak(100_000, *flags), peak(2_000_000, *flags)
                # 64 MB more of log; in KB.
                self.assertLess(large, small + 8_000)


if __name__ == "__main__":
    unittest.main()
