"""The proxy does what its faults say, and nothing without them."""

import concurrent.futures
import hashlib
import http.client
import http.server
import random
import threading
import time
import unittest

from fault_proxy import FaultProxy, Faults

BODY = random.Random(1).randbytes(3_000_000)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # connections that break are what this is about

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            self.server.seen.append(self.path)
            if self.path == "/chunked":
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for at in range(0, 100_000, 30_000):
                    part = BODY[at:min(at + 30_000, 100_000)]
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                self.wfile.write(b"0\r\n\r\n")
                return
            body = BODY if self.path == "/large" else self.path.encode() * 10
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET

        def do_PUT(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = hashlib.sha256(body).hexdigest().encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)


class ProxyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(("127.0.0.1", 0), Server.Handler)
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.proxy = cls.enterClassContext(FaultProxy(f"127.0.0.1:{cls.server.server_port}"))

    def setUp(self):
        self.server.seen = []
        self.proxy.set()

    def connect(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy.port, timeout=10)
        self.addCleanup(connection.close)
        return connection

    def get(self, path="/large", connection=None, method="GET"):
        connection = connection or self.connect()
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read(), response.headers

    def wait_for(self, what, seconds=30):
        """Until `what()` is true; fails when it does not become so."""
        end = time.monotonic() + seconds
        while not what():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.005)

    def accepts(self):
        try:
            return self.get("/small")[0] == 200
        except ConnectionRefusedError:
            return False

    def test_without_faults_it_only_relays(self):
        connection = self.connect()
        for _ in range(3):
            self.assertEqual(self.get("/large", connection)[1], BODY)
            self.assertEqual(self.get("/small", connection)[1], b"/small" * 10)
            self.assertEqual(self.get("/chunked", connection)[1], BODY[:100_000])
            self.assertEqual(self.get("/small", connection, "HEAD")[1], b"")
            connection.request("PUT", "/put", BODY)
            self.assertEqual(connection.getresponse().read(), hashlib.sha256(BODY).hexdigest().encode())
        counters = self.proxy.counters()
        self.assertEqual(counters["connections"], 1)
        self.assertEqual(counters["requests"], 15)
        self.assertEqual(counters["requests_PUT"], 3)
        self.assertEqual(counters["bytes_up"], 3 * len(BODY))
        # Bodies, without their heads; a chunked one with its chunks' sizes.
        self.assertLess(counters["bytes_down"] - 3 * (len(BODY) + 60 + 100_000 + 64), 3 * 100)
        self.assertEqual(counters["faults"], 0)

    def test_expect_continue_is_answered(self):
        connection = self.connect()
        connection.putrequest("PUT", "/put")
        connection.putheader("Content-Length", "5")
        connection.putheader("Expect", "100-continue")
        connection.endheaders()
        self.assertTrue(connection.sock.recv(1000).startswith(b"HTTP/1.1 100"))
        connection.send(b"hello")
        self.assertEqual(connection.getresponse().read(), hashlib.sha256(b"hello").hexdigest().encode())

    def test_resets_come_where_they_are_asked_for(self):
        for harm, seen in (("reset_before", 0), ("reset_head", 1), ("reset_body", 1)):
            self.server.seen = []
            self.proxy.set(**{harm: 1})
            with self.assertRaises((ConnectionResetError, http.client.RemoteDisconnected, http.client.BadStatusLine), msg=harm):
                self.get()
            self.assertEqual(len(self.server.seen), seen, harm)
            self.assertEqual(self.proxy.counters()[f"fault_{harm}"], 1)

    def test_truncate_closes_in_order_within_the_body(self):
        self.proxy.set(truncate=1)
        with self.assertRaises(http.client.IncompleteRead) as caught:
            self.get()
        self.assertLess(len(caught.exception.partial), len(BODY))
        self.assertTrue(BODY.startswith(caught.exception.partial))

    def test_stall_goes_on_afterwards(self):
        self.proxy.set(stall=1, stall_seconds=0.05)
        self.assertEqual(self.get()[1], BODY)
        self.assertEqual(self.proxy.counters()["paused_ms"], 50)

    def test_corrupt_keeps_the_length(self):
        self.proxy.set(corrupt=1, seed=3)
        first = self.get()[1]
        self.assertEqual(len(first), len(BODY))
        self.assertLessEqual(sum(a != b for a, b in zip(first, BODY)), 64)
        self.assertNotEqual(first, BODY)
        self.proxy.set(corrupt=1, seed=3)
        self.assertEqual(self.get()[1], first, "the same seed does the same")
        self.proxy.set(corrupt=1, seed=4)
        self.assertNotEqual(self.get()[1], first, "another one does not")

    def test_errors_come_in_bursts_with_and_without_retry_after(self):
        self.proxy.set(error=0.2, error_burst=3, error_status=[500, 503], retry_after_seconds=2, seed=5)
        connection = self.connect()
        answers = [self.get("/small", connection) for _ in range(60)]
        statuses = [status for status, _, _ in answers]
        self.assertEqual(set(statuses), {200, 500, 503})
        run = "".join("x" if status != 200 else "." for status in statuses).strip("x").split(".")
        self.assertTrue(all(len(part) % 3 == 0 for part in run), run)
        self.assertEqual({headers["Retry-After"] for status, _, headers in answers if status != 200}, {None, "2"})
        self.assertTrue(all(b"<Code>SlowDown</Code>" in body for status, body, _ in answers if status == 503))
        self.assertEqual(self.proxy.counters()["connections"], 1)

    def test_html_comes_in_place_of_the_servers_answer(self):
        self.proxy.set(html=1)
        status, body, headers = self.get()
        self.assertEqual((status, headers["Content-Type"]), (200, "text/html"))
        self.assertIn(b"nginx", body)
        self.assertEqual(self.server.seen, [])

    def test_duplicate_sends_the_response_twice(self):
        self.proxy.set(duplicate=1)
        connection = self.connect()
        connection.connect()
        connection.sock.sendall(b"GET /small HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.sock.settimeout(1)
        received = b""
        try:
            while received.count(b"HTTP/1.1 200") < 2 or not received.endswith(b"/small" * 10):
                received += connection.sock.recv(1 << 16)
        except TimeoutError:
            pass
        self.assertEqual(received.count(b"HTTP/1.1 200"), 2)
        self.assertEqual(self.server.seen, ["/small"])

    def test_duplicate_request_reaches_the_server_twice(self):
        self.proxy.set(duplicate_request=1)
        self.assertEqual(self.get()[1], BODY)
        self.assertEqual(self.server.seen, ["/large"] * 2)

    def test_slow_and_delay_add_up_and_jitter_changes_the_order(self):
        self.proxy.set(slow=1, slow_seconds=0.03, delay_seconds=0.01)
        self.get("/small")
        self.assertEqual(self.proxy.counters()["paused_ms"], 40)
        self.proxy.set(jitter_seconds=0.4, seed=1)
        ended = []
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for number in range(8):
                pool.submit(lambda n: (self.get(f"/{n}"), ended.append(n)), number)
                self.wait_for(lambda: self.proxy.counters()["requests"] == number + 1)
        self.assertNotEqual(ended, sorted(ended))

    def test_bandwidth_has_a_burst_and_then_a_rate(self):
        self.proxy.set(bytes_per_second=5_000_000, burst_bytes=4_000_000)
        self.get()
        self.assertEqual(self.proxy.counters()["paused_ms"], 0, "3 of the 4 MB that may come at once")
        self.get()
        self.assertGreater(self.proxy.counters()["paused_ms"], 0, "beyond them, at the rate")

    def test_refuses_for_a_while(self):
        self.proxy.refuse(0.5)
        with self.assertRaises(ConnectionRefusedError):
            self.get("/small")
        self.wait_for(self.accepts)
        self.proxy.set(refuse=1, refuse_seconds=0.4)
        self.assertEqual(self.get("/small")[0], 200)
        with self.assertRaises(ConnectionRefusedError):
            self.get("/small")
        self.proxy.set()
        self.wait_for(self.accepts)

    def test_idle_connections_are_closed_in_order(self):
        self.proxy.set(idle_seconds=0.2)
        connection = self.connect()
        self.get("/small", connection)
        self.assertEqual(connection.sock.recv(1), b"")
        self.assertEqual(self.proxy.counters()["idle_closes"], 1)

    def test_cut_resets_what_is_open(self):
        self.proxy.set(stall=1, stall_seconds=30)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            running = pool.submit(self.get)
            self.wait_for(lambda: self.proxy.counters()["paused_ms"])
            self.proxy.cut()
            with self.assertRaises(ConnectionResetError):
                running.result(5)

    def test_only_the_methods_named_are_harmed(self):
        self.proxy.set(error=1, methods=["PUT"])
        self.assertEqual(self.get("/small")[0], 200)
        connection = self.connect()
        connection.request("PUT", "/put", b"x")
        self.assertEqual(connection.getresponse().status, 503)

    def test_a_fault_that_does_not_exist_is_refused(self):
        with self.assertRaisesRegex(ValueError, "no such fault: sabotage"):
            Faults({"sabotage": 1})


if __name__ == "__main__":
    unittest.main()
