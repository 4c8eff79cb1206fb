"""An HTTP/1.1 proxy before one server, which does to its clients what networks and S3 do: by seed and probability.

  fault_proxy.py --upstream HOST:PORT [--listen HOST:PORT] [--faults JSON]

Prints one line of JSON with its port and its control port, and ends on SIGTERM or when its standard input closes.
On the control port: GET /counters; POST /faults (the JSON below: replaces the faults, resets counters and seed);
POST /cut (resets every connection); POST /refuse?seconds=N (refuses connections for a while).

What happens to request number N depends on the seed and N alone. Faults, all off by default:

  seed             any text or number
  reset_before     probability: the connection is reset before the server sees the request
  reset_head       probability: reset within the response's head
  reset_body       probability: reset within the body
  truncate         probability: an orderly close within the body
  stall            probability: nothing more comes for stall_seconds, from somewhere in the body; then it goes on
  stall_seconds
  corrupt          probability: some bytes of the body are others
  error            probability: a burst of error_burst answers with error_status (a list) instead; half of them have
  error_burst      Retry-After: retry_after_seconds, if that is set
  error_status
  retry_after_seconds
  html             probability: a web page with status 200 instead
  duplicate        probability: the response is sent twice on a kept-alive connection
  duplicate_request  probability: the server gets the request twice; the second response is the client's
  slow             probability: the response waits slow_seconds (the slow tail)
  slow_seconds
  refuse           probability: after this request, no new connection is accepted for refuse_seconds
  refuse_seconds
  delay_seconds    added to every request
  jitter_seconds   added to every request, between 0 and this: completions change their order
  bytes_per_second, burst_bytes    a token bucket for all that goes to clients
  idle_seconds     a connection without a request for so long is closed, as S3 does after about 5
  methods          a list: only requests of these methods are harmed
"""

import argparse
import asyncio
import collections
import json
import os
import random
import signal
import socket
import struct
import sys
import threading
import time
import urllib.parse
import urllib.request

BLOCK = 1 << 20
LARGEST_HEAD = 1 << 17
LARGEST_DUPLICATE = 16 << 20
HARMS = ("reset_before", "reset_head", "reset_body", "truncate", "stall", "corrupt", "error", "html", "duplicate", "duplicate_request",
         "slow", "refuse")
NUMBERS = ("stall_seconds", "error_burst", "retry_after_seconds", "slow_seconds", "refuse_seconds", "delay_seconds", "jitter_seconds",
           "bytes_per_second", "burst_bytes", "idle_seconds")
SLOW_DOWN = b"""<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>%s</Code><Message>Please reduce your request rate.</Message><RequestId>FAULT</RequestId></Error>"""
ERROR_CODES = {503: b"SlowDown", 500: b"InternalError", 502: b"BadGateway", 504: b"GatewayTimeout", 429: b"TooManyRequests"}


class Faults:
    """The settings, and what is decided for each request."""

    def __init__(self, settings):
        unknown = set(settings) - set(HARMS) - set(NUMBERS) - {"seed", "error_status", "methods"}
        if unknown:
            raise ValueError(f"no such fault: {', '.join(sorted(unknown))}")
        self.settings = settings
        self.seed = settings.get("seed", 0)
        self.requests = 0
        self.errors_left = 0

    def number(self, name, otherwise=0):
        return self.settings.get(name, otherwise)

    def decide(self, method):
        """The harm that the next request meets, or None, and a generator for its details."""
        self.requests += 1
        dice = random.Random(f"{self.seed}:{self.requests}")
        if method not in self.settings.get("methods", [method]):
            return None, dice
        if self.errors_left > 0:
            self.errors_left -= 1
            return "error", dice
        thrown = dice.random()
        for harm in HARMS:
            thrown -= self.settings.get(harm, 0)
            if thrown < 0:
                if harm == "error":
                    self.errors_left = int(self.number("error_burst", 1)) - 1
                return harm, dice
        return None, dice


class TokenBucket:
    """Bytes that may pass: at once as many as the burst, then at the rate. For all connections together."""

    def __init__(self, bytes_per_second, burst_bytes):
        self.rate, self.burst = bytes_per_second, burst_bytes
        self.tokens, self.at = burst_bytes, time.monotonic()

    def take(self, count):
        """How many seconds to wait for them."""
        if not self.rate:
            return 0
        now = time.monotonic()
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        self.tokens -= count
        return max(0, -self.tokens / self.rate)


class Closed(Exception):
    """The peer closed the connection where that is in order."""


class Cut(Exception):
    """The connection to the client ends here, as a fault or after one."""


class Stream:
    """A socket with what was read of it too early."""

    def __init__(self, connected):
        self.socket = connected
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffered = b""
        self.loop = asyncio.get_running_loop()

    async def read_head(self):
        """Through the empty line. Closed when nothing came at all."""
        while b"\r\n\r\n" not in self.buffered:
            got = await self.loop.sock_recv(self.socket, 1 << 16)
            if not got:
                if self.buffered:
                    raise ConnectionError("closed within a head")
                raise Closed
            self.buffered += got
            if len(self.buffered) > LARGEST_HEAD:
                raise ConnectionError("head too large")
        end = self.buffered.index(b"\r\n\r\n") + 4
        head, self.buffered = self.buffered[:end], self.buffered[end:]
        return head

    async def read_line(self):
        while b"\n" not in self.buffered:
            got = await self.loop.sock_recv(self.socket, 1 << 16)
            if not got:
                raise ConnectionError("closed within a chunk's head")
            self.buffered += got
        end = self.buffered.index(b"\n") + 1
        line, self.buffered = self.buffered[:end], self.buffered[end:]
        return line

    async def blocks(self, length, buffer):
        """Yields views of the next `length` bytes (None: to the end), each valid until the next."""
        while length is None or length > 0:
            if self.buffered:
                got = self.buffered if length is None else self.buffered[:length]
                self.buffered = self.buffered[len(got):]
                block = memoryview(got)
            else:
                count = await self.loop.sock_recv_into(self.socket, buffer if length is None else buffer[:length])
                if count == 0:
                    if length is None:
                        return
                    raise ConnectionError("closed within a body")
                block = buffer[:count]
            if length is not None:
                length -= len(block)
            yield block

    async def send(self, block):
        await self.loop.sock_sendall(self.socket, block)

    def reset(self):
        """Closes so that the peer sees a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()


class Head:
    """A request's or response's head, as far as framing needs it."""

    def __init__(self, text):
        self.text = text
        lines = text.split(b"\r\n")
        self.first = lines[0].split(b" ", 2)
        self.fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            self.fields[name.strip().lower()] = value.strip()

    @property
    def chunked(self):
        return b"chunked" in self.fields.get(b"transfer-encoding", b"").lower()

    @property
    def length(self):
        return int(self.fields[b"content-length"]) if b"content-length" in self.fields else None

    @property
    def closes(self):
        return b"close" in self.fields.get(b"connection", b"").lower()


class Proxy:
    def __init__(self, upstream, faults):
        self.upstream = upstream
        self.listener = None
        self.connections = set()
        self.use(faults)

    def use(self, settings):
        self.faults = Faults(settings)
        self.bucket = TokenBucket(self.faults.number("bytes_per_second"), self.faults.number("burst_bytes"))
        self.counters = collections.Counter()

    async def pause(self, seconds):
        """Counted, so that tests can ask for it and need no clock."""
        if seconds:
            self.counters["paused_ms"] += round(seconds * 1000)
            await asyncio.sleep(seconds)

    async def listen(self, host, port):
        self.address = (host, port)
        self.listener = socket.create_server(self.address, backlog=256)
        self.listener.setblocking(False)
        self.address = self.listener.getsockname()
        asyncio.get_running_loop().add_reader(self.listener, self.accept)

    def accept(self):
        try:
            client, _ = self.listener.accept()
        except OSError:  # gone again
            return
        task = asyncio.create_task(self.serve(client))
        self.connections.add(task)
        task.add_done_callback(self.connections.discard)

    async def refuse(self, seconds):
        """Connections are refused, as by a host that has nothing on the port."""
        if self.listener is None:
            return
        asyncio.get_running_loop().remove_reader(self.listener)
        self.listener.close()
        self.listener = None
        await asyncio.sleep(seconds)
        await self.listen(*self.address[:2])

    async def serve(self, accepted):
        """One connection of a client; each has one of its own to the server."""
        client = Stream(accepted)
        self.counters["connections"] += 1
        client.server = None
        try:
            while await self.exchange(client):
                pass
            client.close()
        except (Closed, Cut):
            client.close()
        except (asyncio.CancelledError, OSError):
            self.counters["broken_connections"] += 1
            client.reset()
        finally:
            if client.server:
                client.server.close()

    async def exchange(self, client):
        """One request and its response. False when the connection is not to be kept."""
        idle = self.faults.number("idle_seconds")
        try:
            request = Head(await asyncio.wait_for(client.read_head(), idle or None))
        except asyncio.TimeoutError:
            self.counters["idle_closes"] += 1
            raise Closed from None
        method = request.first[0].decode()
        self.counters["requests"] += 1
        self.counters[f"requests_{method}"] += 1
        harm, dice = self.faults.decide(method)
        if harm:
            self.counters["faults"] += 1
            self.counters[f"fault_{harm}"] += 1
        wait = self.faults.number("delay_seconds") + dice.random() * self.faults.number("jitter_seconds")
        if harm == "slow":
            wait += self.faults.number("slow_seconds", 3)
        await self.pause(wait)
        if harm == "reset_before":
            client.reset()
            raise Cut
        if harm in ("error", "html"):
            return await self.answer_instead(client, request, harm, dice)
        if harm == "refuse":
            asyncio.create_task(self.refuse(self.faults.number("refuse_seconds", 0.5)))
        return await self.forward(client, request, harm, dice)

    async def answer_instead(self, client, request, harm, dice):
        """The server never sees the request; its body is read and dropped, as a load balancer would."""
        if request.fields.get(b"expect", b"").lower() != b"100-continue":
            await self.relay_body(client, None, request)
            kept = True
        else:
            kept = False  # the client may or may not send its body now
        if harm == "html":
            head, body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", b"<html><body>Welcome to nginx!</body></html>"
        else:
            status = dice.choice(self.faults.number("error_status", [503]))
            head = b"HTTP/1.1 %d Slow Down\r\nContent-Type: application/xml\r\n" % status
            retry_after = self.faults.number("retry_after_seconds", None)
            if retry_after is not None and dice.random() < 0.5:
                head += b"Retry-After: %d\r\n" % retry_after
            body = SLOW_DOWN % ERROR_CODES.get(status, b"InternalError")
        head += b"Content-Length: %d\r\nConnection: %s\r\n\r\n" % (len(body), b"keep-alive" if kept else b"close")
        await client.send(head + (b"" if request.first[0] == b"HEAD" else body))
        return kept

    async def forward(self, client, request, harm, dice):
        for attempt in range(2):
            fresh = client.server is None
            if fresh:
                connected = socket.socket()
                connected.setblocking(False)
                await asyncio.get_running_loop().sock_connect(connected, self.upstream)
                client.server = Stream(connected)
            try:
                await client.server.send(request.text)
                sending = asyncio.create_task(self.relay_body(client, client.server, request))
                try:
                    response = await self.read_response(client, request)
                except BaseException:
                    sending.cancel()
                    raise
                break
            except (Closed, OSError):
                # The server closed the kept connection meanwhile; that is none of the client's business.
                client.server.close()
                client.server = None
                if fresh or attempt or request.chunked or request.length:
                    raise ConnectionError("the server closed") from None
        if harm == "duplicate_request" and not request.chunked and not request.length:
            await sending
            length, chunked = self.framing(request, response)
            if length is not None and not chunked:
                async for _ in client.server.blocks(length, memoryview(bytearray(BLOCK))):
                    pass
                await client.server.send(request.text)
                response = await self.read_response(client, request)
        kept = await self.relay_response(client, request, response, harm, dice)
        await asyncio.wait([sending], timeout=1)
        if not sending.done():
            # A response before the body's end; clients differ in whether they go on sending.
            kept = False
            sending.cancel()
        elif sending.exception():
            raise sending.exception()
        return kept and not request.closes and not response.closes

    async def read_response(self, client, request):
        while True:
            response = Head(await client.server.read_head())
            if not response.first[1].startswith(b"1"):
                return response
            await client.send(response.text)  # 100 Continue

    async def relay_body(self, source, target, head):
        """A request's body. Without a target it is dropped."""
        buffer = memoryview(bytearray(BLOCK if head.chunked or (head.length or 0) >= BLOCK else 1 << 16))

        async def pass_on(block):
            if target:
                await target.send(block)

        if head.chunked:
            await self.relay_chunks(source, pass_on, buffer)
        elif head.length:
            async for block in source.blocks(head.length, buffer):
                self.counters["bytes_up"] += len(block)
                await pass_on(block)

    @staticmethod
    async def relay_chunks(source, pass_on, buffer):
        while True:
            line = await source.read_line()
            await pass_on(line)
            size = int(line.split(b";")[0], 16)
            if size == 0:
                while True:  # trailers
                    line = await source.read_line()
                    await pass_on(line)
                    if line == b"\r\n":
                        return
            async for block in source.blocks(size + 2, buffer):
                await pass_on(block)

    @staticmethod
    def framing(request, response):
        """(length or None, chunked) of a response's body."""
        if request.first[0] == b"HEAD" or response.first[1] in (b"204", b"304"):
            return 0, False
        return response.length, response.chunked

    async def relay_response(self, client, request, response, harm, dice):
        length, chunked = self.framing(request, response)
        if harm == "reset_head":
            await client.send(response.text[:dice.randrange(1, len(response.text))])
            # So that what was sent arrives before the reset.
            await asyncio.sleep(0.005)
            client.reset()
            raise Cut
        within = dice.randrange(length) if length else 0
        copy = bytearray() if harm == "duplicate" and length is not None and length <= LARGEST_DUPLICATE else None
        buffer = memoryview(bytearray(BLOCK if length is None or length >= BLOCK else max(length, 1 << 12)))
        sent = 0
        head = response.text

        async def pass_on(block):
            nonlocal sent, head
            await self.pause(self.bucket.take(len(block)))
            if harm in ("reset_body", "truncate", "stall", "corrupt") and length and sent <= within < sent + len(block):
                at = within - sent
                if harm == "corrupt":
                    block = bytearray(block)
                    for i in range(at, min(at + 1 + dice.randrange(64), len(block))):
                        block[i] ^= 1 + dice.randrange(255)
                else:
                    await client.send(head + bytes(block[:at]))
                    head = b""
                    if harm != "stall":
                        if harm == "reset_body":
                            await asyncio.sleep(0.005)
                            client.reset()
                        raise Cut
                    block = bytes(block[at:])
                    sent += at
                    await self.pause(self.faults.number("stall_seconds", 5))
            if copy is not None:
                copy.extend(block)
            sent += len(block)
            self.counters["bytes_down"] += len(block)
            # Small answers leave as one packet.
            if head and len(block) < 1 << 16:
                block, head = head + bytes(block), b""
            elif head:
                await client.send(head)
                head = b""
            await client.send(block)
            # Reads and writes that need not wait do not let others run.
            await asyncio.sleep(0)

        if chunked:
            await self.relay_chunks(client.server, pass_on, buffer)
        else:
            async for block in client.server.blocks(length, buffer):
                await pass_on(block)
        if head:
            await client.send(head)
        if copy is not None:
            await client.send(response.text + bytes(copy))
        return length is not None or chunked

    def cut(self):
        for task in list(self.connections):
            task.cancel()

    async def control(self, reader, writer):
        try:
            head = Head(await reader.readuntil(b"\r\n\r\n"))
            body = await reader.readexactly(head.length or 0)
            url = urllib.parse.urlsplit(head.first[1].decode())
            query = dict(urllib.parse.parse_qsl(url.query))
            status, answer = 200, {}
            if url.path == "/counters":
                answer = dict(self.counters) | {"open_connections": len(self.connections)}
            elif url.path == "/faults":
                try:
                    self.use(json.loads(body))
                except ValueError as error:
                    status, answer = 400, {"error": str(error)}
            elif url.path == "/cut":
                self.cut()
            elif url.path == "/refuse":
                asyncio.create_task(self.refuse(float(query["seconds"])))
                await asyncio.sleep(0)
            else:
                status, answer = 404, {"error": "no such thing"}
            text = json.dumps(answer).encode()
            writer.write(b"HTTP/1.1 %d -\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (status, len(text), text))
            await writer.drain()
        finally:
            writer.close()


async def serve(upstream, listen, faults):
    proxy = Proxy(upstream, faults)
    await proxy.listen(*listen)
    control = await asyncio.start_server(proxy.control, "127.0.0.1", 0)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), loop.call_soon_threadsafe(ended.set)), daemon=True).start()
    print(json.dumps({"port": proxy.address[1], "control_port": control.sockets[0].getsockname()[1]}), flush=True)
    await ended.wait()


class FaultProxy:
    """A proxy in a process of its own, from its start by `with` to the end of that."""

    def __init__(self, endpoint, listen="127.0.0.1", **faults):
        """`endpoint`: the URL of the server, or HOST:PORT."""
        self.upstream = urllib.parse.urlsplit(endpoint if "//" in endpoint else f"//{endpoint}").netloc
        self.host, self.first_faults = listen, faults

    def __enter__(self):
        import subprocess
        self.process = subprocess.Popen([sys.executable, "-B", __file__, "--upstream", self.upstream, "--listen", f"{self.host}:0",
                                         "--faults", json.dumps(self.first_faults)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            raise RuntimeError("the fault proxy did not start")
        ports = json.loads(line)
        self.port = ports["port"]
        self.endpoint = f"http://{self.host}:{self.port}"
        self.control = f"http://127.0.0.1:{ports['control_port']}"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def ask(self, path, body=None):
        with urllib.request.urlopen(self.control + path, data=body, timeout=30) as answer:
            return json.loads(answer.read())

    def set(self, **faults):
        """Replaces the faults; counters begin at nothing."""
        self.ask("/faults", json.dumps(faults).encode())

    def counters(self):
        return collections.Counter(self.ask("/counters"))

    def cut(self):
        self.ask("/cut", b"")

    def refuse(self, seconds):
        self.ask(f"/refuse?seconds={seconds}", b"")


def host_and_port(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upstream", type=host_and_port, required=True)
    parser.add_argument("--listen", type=host_and_port, default=("127.0.0.1", 0))
    parser.add_argument("--faults", type=json.loads, default={})
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.upstream, arguments.listen, arguments.faults))
    # The thread that waits for the end of the standard input would hold the interpreter.
    os._exit(0)


if __name__ == "__main__":
    main()
