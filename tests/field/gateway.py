"""A throw-away Ceph with its S3 gateway (radosgw): one monitor, one OSD in memory, no authentication between them.

  with Gateway() as gateway:
      gateway.client().create_bucket("some")

Everything is under a temporary directory and listens on 127.0.0.1; nothing of /etc/ceph or /var/lib/ceph is read or
written. The daemons die with this process, however it ends.

As a program (tests/field/gateway):

  gateway -- COMMAND ARG...   runs COMMAND with a gateway: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION,
                              AWS_ENDPOINT_URL_S3, AWS_CA_BUNDLE, BALLAST_TEST_BUCKET (it exists and is empty) and
                              BALLAST_TEST_GATEWAY (a state file) are set
  gateway start STATE         starts one in the background and writes STATE; it ends with `stop`, with the process that
                              started it, or after an hour
  gateway stop STATE

Exit status 77: Ceph is not installed (CTest takes it for skipped).
"""

import contextlib
import ctypes
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid

from s3_client import S3Client

PROGRAMS = ("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "monmaptool", "openssl")
MISSING_STATUS = 77
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)

CONFIGURATION = """
[global]
fsid = {fsid}
mon_host = v2:{address}:{mon_v2}/0,v1:{address}:{mon_v1}/0
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
# radosgw asks for `secure` by default, which only cephx can give.
ms_mon_client_mode = crc
keyring = {dir}/keyring
run_dir = {dir}/run
admin_socket = {dir}/run/$name.$pid.sock
pid_file = {dir}/run/$name.pid
log_file = {dir}/$name.log
crash_dir = {dir}/crash
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
# Proposals wait this long for others to join them; there are no others.
paxos_propose_interval = 0.05
paxos_min_wait = 0.02
[mon]
mon_data = {dir}/mon
mon_initial_members = a
[osd]
osd_data = {dir}/osd
osd_objectstore = memstore
memstore_device_bytes = {memory_bytes}
osd_class_load_list = *
osd_class_default_list = *
[client]
rgw_data = {dir}/rgw
rgw_frontends = beast endpoint={address}:{port} ssl_endpoint={address}:{tls_port} ssl_certificate={dir}/server.crt ssl_private_key={dir}/server.key
rgw_dns_name = s3.localhost
rgw_thread_pool_size = 64
rgw_num_control_oids = 1
rgw_run_sync_thread = false
rgw_enable_lc_threads = false
rgw_enable_quota_threads = false
debug_rgw = {debug}
"""


def missing():
    """What is not installed, as a sentence, or None."""
    absent = [program for program in PROGRAMS if shutil.which(program) is None]
    return f"{', '.join(absent)} not installed; scripts/setup test installs Ceph's gateway" if absent else None


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Users:
    """Two users. The second has no rights on what the first makes."""

    MAIN = ("BALLASTTESTMAIN00001", "main-secret-0123456789abcdefghijklmnopqr")
    OTHER = ("BALLASTTESTOTHER0001", "other-secret-123456789abcdefghijklmnopqr")


class RunningGateway:
    """What a gateway is to those who use it, wherever it runs."""

    def __init__(self, state):
        self.state = state
        self.endpoint = state["endpoint"]
        self.tls_endpoint = state["tls_endpoint"]
        self.ca_file = state["ca_file"]
        self.access_key, self.secret_key = Users.MAIN
        self.other_user = Users.OTHER

    def client(self, keys=Users.MAIN, tls=False):
        return S3Client(self.tls_endpoint if tls else self.endpoint, *keys, ca_file=self.ca_file)

    def create_bucket(self, prefix="ballast-test"):
        """A fresh bucket of the main user."""
        bucket = f"{prefix}-{uuid.uuid4().hex[:12]}"
        self.client().create_bucket(bucket)
        return bucket

    def environment(self):
        """What AWS's tools, rclone and ballast need to find it. The region is any: the gateway takes all."""
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key, "AWS_REGION": "us-east-1",
                "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL_S3": self.endpoint, "AWS_CA_BUNDLE": self.ca_file,
                "AWS_EC2_METADATA_DISABLED": "true"}


class Gateway(RunningGateway):
    """Starts on `with`, and is ready inside it.

    address: where radosgw listens; another than 127.0.0.1 to be reached from a network namespace.
    """

    def __init__(self, address="127.0.0.1", memory_bytes=4 << 30, debug=0):
        self.dir = None
        self.daemons = []
        self.address, self.memory_bytes, self.debug = address, memory_bytes, debug

    def __enter__(self):
        reason = missing()
        if reason:
            raise FileNotFoundError(reason)
        # The monitor syncs each step to disk, which takes seconds where a disk is real.
        in_memory = os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > 1 << 30
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="ballast-gateway-", dir="/dev/shm" if in_memory else None))
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # Killed, not asked: an OSD that ends in order would write its memory to disk first.
        for daemon in reversed(self.daemons):
            daemon.kill()
        for daemon in self.daemons:
            daemon.wait()
        self.daemons = []
        if self.dir:
            shutil.rmtree(self.dir, ignore_errors=True)

    def start(self):
        mon_v2, mon_v1, port, tls_port = free_ports(4)
        super().__init__({"endpoint": f"http://{self.address}:{port}", "tls_endpoint": f"https://{self.address}:{tls_port}",
                          "ca_file": str(self.dir / "ca.pem"), "pid": os.getpid()})
        for name in ("mon", "osd", "rgw", "run", "crash"):
            (self.dir / name).mkdir()
        (self.dir / "keyring").touch()
        fsid = str(uuid.uuid4())
        # The cluster talks over loopback wherever radosgw listens.
        (self.dir / "ceph.conf").write_text(CONFIGURATION.format(
            dir=self.dir, fsid=fsid, address="127.0.0.1", mon_v2=mon_v2, mon_v1=mon_v1, memory_bytes=self.memory_bytes,
            port=port, tls_port=tls_port, debug=self.debug).replace("endpoint=127.0.0.1:", f"endpoint={self.address}:"))
        self.make_certificates()

        self.tool("monmaptool", "--create", "--fsid", fsid, "--addv", "a", f"[v2:127.0.0.1:{mon_v2},v1:127.0.0.1:{mon_v1}]",
                  self.dir / "monmap")
        self.tool("ceph-mon", "--mkfs", "-i", "a", "--monmap", self.dir / "monmap")
        self.daemon("ceph-mon", "-i", "a")
        osd = str(uuid.uuid4())
        self.tool("ceph", "osd", "new", osd)
        self.tool("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        self.daemon("ceph-osd", "-i", "0")
        # Waits for the OSD, and makes the first pools.
        for name, (access, secret) in (("main", Users.MAIN), ("other", Users.OTHER)):
            self.tool("radosgw-admin", "user", "create", f"--uid={name}", f"--display-name={name}", f"--access-key={access}",
                      f"--secret-key={secret}")
        self.daemon("radosgw", "-n", "client.rgw")
        self.wait_until_ready(time.monotonic() + 60)

    def wait_until_ready(self, deadline):
        """Until an object could be written and read, which makes the last pools."""
        while True:
            for daemon in self.daemons:
                if daemon.poll() is not None:
                    raise RuntimeError(f"{daemon.args[0]} ended with status {daemon.returncode}: {self.said()}")
            try:
                client = self.client()
                bucket = self.create_bucket("warm-up")
                client.put(bucket, "key", b"x")
                client.delete(bucket, "key")
                client.expect("DELETE", f"/{bucket}")
                return
            except (OSError, RuntimeError) as error:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"the gateway is not ready: {error}: {self.said()}") from error
                time.sleep(0.1)

    def said(self):
        return "\n".join(path.read_text(errors="replace")[-2000:] for path in sorted(self.dir.glob("*.out")))

    def tool(self, program, *arguments):
        command = [program, *map(str, arguments)]
        if program != "monmaptool":
            command[1:1] = ["-c", str(self.dir / "ceph.conf")]
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, preexec_fn=die_with_parent,
                                cwd=self.dir, env=self.clean_environment())
        if result.returncode != 0:
            raise RuntimeError(f"{command}: {result.stderr[-2000:]}")

    def daemon(self, program, *arguments):
        with open(self.dir / f"{program}.out", "wb") as out:
            self.daemons.append(subprocess.Popen([program, "-c", self.dir / "ceph.conf", *arguments, "-f"], stdout=out, stderr=out,
                                                 stdin=subprocess.DEVNULL, preexec_fn=die_with_parent, cwd=self.dir,
                                                 env=self.clean_environment()))

    @staticmethod
    def clean_environment():
        return {k: v for k, v in os.environ.items() if not k.startswith(("CEPH_", "AWS_"))}

    def make_certificates(self):
        """A CA of its own, and a certificate for 127.0.0.1, s3.localhost and BUCKET.s3.localhost (OpenSSL
        takes no wildcard directly below a top-level name)."""
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

        def openssl(*arguments):
            subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, cwd=self.dir)

        openssl("req", "-x509", *curve, "-days", "2", "-subj", "/CN=Ballast test CA", "-keyout", "ca.key", "-out", "ca.pem")
        openssl("req", *curve, "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr")
        (self.dir / "extensions").write_text(f"subjectAltName=DNS:localhost,DNS:s3.localhost,DNS:*.s3.localhost,IP:127.0.0.1,IP:{self.address}\n")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile",
                "extensions", "-out", "server.crt")


def raise_on_signals():
    """So that `with` ends in order on SIGTERM as it does on an interrupt."""
    def stop(number, _frame):
        raise SystemExit(128 + number)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def run_command(command):
    raise_on_signals()
    with Gateway() as gateway:
        state = gateway.dir / "state.json"
        state.write_text(json.dumps(gateway.state))
        environment = {**os.environ, **gateway.environment(), "BALLAST_TEST_BUCKET": gateway.create_bucket(),
                       "BALLAST_TEST_GATEWAY": str(state)}
        child = subprocess.Popen(command, env=environment, preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM))
        try:
            return child.wait()
        except KeyboardInterrupt:
            return child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()


def supervise(state_file, owner, longest_seconds, ready):
    """The background process: a gateway until told to stop, or nobody needs it any more."""
    raise_on_signals()
    # Opened first: an owner that is already gone must be noticed too.
    owner_fd = os.pidfd_open(owner)
    with Gateway() as gateway:
        # Readers find a whole file or none.
        whole = pathlib.Path(f"{state_file}.{os.getpid()}")
        whole.write_text(json.dumps(gateway.state))
        whole.rename(state_file)
        try:
            os.write(ready, b"1")
            os.close(ready)
            select.select([owner_fd], [], [], longest_seconds)
        finally:
            state_file.unlink(missing_ok=True)


def start(state_file):
    """Returns when the gateway in the background is ready."""
    stop(state_file)
    owner = os.getppid()
    readable, writable = os.pipe()
    log = tempfile.NamedTemporaryFile(prefix="ballast-gateway-", suffix=".log", delete=False)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setsid()
            os.close(readable)
            null = os.open(os.devnull, os.O_RDWR)
            os.dup2(null, 0)
            # Whoever reads our output waits for its end, not for the gateway's.
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
            supervise(state_file, owner, 3600, writable)
            status = 0
        except SystemExit as end:
            status = end.code
        except BaseException as error:  # the log is read below
            print(f"gateway: error: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(status)
    os.close(writable)
    is_ready = os.read(readable, 1) == b"1"
    text = pathlib.Path(log.name).read_text(errors="replace")
    os.unlink(log.name)
    if not is_ready:
        print(text, file=sys.stderr)
        return 1
    print(f"gateway: process {child}, {json.loads(state_file.read_text())['endpoint']}")
    return 0


def stop(state_file):
    try:
        pid = json.loads(state_file.read_text())["pid"]
        process = os.pidfd_open(pid)
        # A number that was given to another process since is not ours to end.
        if b"gateway" not in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
            raise ProcessLookupError
        signal.pidfd_send_signal(process, signal.SIGTERM)
        if not select.select([process], [], [], 20)[0]:
            signal.pidfd_send_signal(process, signal.SIGKILL)
    except (FileNotFoundError, ProcessLookupError, json.JSONDecodeError):
        pass
    state_file.unlink(missing_ok=True)
    return 0


def main(arguments):
    if len(arguments) < 2 or arguments[0] not in ("--", "start", "stop"):
        print(__doc__, file=sys.stderr)
        return 2
    if arguments[0] != "stop" and missing():
        print(f"gateway: skipped: {missing()}", file=sys.stderr)
        return MISSING_STATUS
    if arguments[0] == "--":
        return run_command(arguments[1:])
    return (start if arguments[0] == "start" else stop)(pathlib.Path(arguments[1]).absolute())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
