"""How a static program finds a host: by DNS and by /etc/hosts, where there is no C library and nothing else of a system."""

import os
import shutil
import socket
import struct
import subprocess
import threading
import unittest

from field_support import IS_ROOT, S3Test, main
from stand_ins import StandInS3


class NameServer:
    """Answers every question for an IPv4 address with 127.0.0.1, on a loopback address of its own; for `with`."""

    ADDRESS = "127.0.53.1"  # resolv.conf names no ports: it has to be 53

    def __enter__(self):
        self.asked = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((self.ADDRESS, 53))
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.socket.close()

    def serve(self):
        while True:
            try:
                question, sender = self.socket.recvfrom(512)
            except OSError:
                return
            labels, at = [], 12
            while question[at]:
                labels.append(question[at + 1:at + 1 + question[at]].decode())
                at += 1 + question[at]
            kind = struct.unpack("!H", question[at + 1:at + 3])[0]
            self.asked.append(".".join(labels))
            answers = [struct.pack("!HHHIH4B", 0xC00C, 1, 1, 60, 4, 127, 0, 0, 1)] if kind == 1 else []
            header = question[:2] + struct.pack("!HHHHH", 0x8180, 1, len(answers), 0, 0)
            self.socket.sendto(header + question[12:at + 5] + b"".join(answers), sender)


@unittest.skipIf(os.environ.get("BALLAST_SANITIZE"), "sanitizers need a dynamic program")
@unittest.skipUnless(IS_ROOT, "chroot needs root")
class InAnEmptyChroot(S3Test):
    def setUp(self):
        super().setUp()
        self.pack(self.small_package())
        self.chroot = self.dir / "chroot"
        (self.chroot / "etc").mkdir(parents=True)
        (self.chroot / "tmp").mkdir()
        shutil.copytree(self.dir / "slim", self.chroot / "slim")
        self.server = self.enterContext(StandInS3(self.store, public=True))

    def hydrate_from(self, host):
        store = f"s3://stand-in?endpoint=http://{host}:{self.server.port}&region=us-east-1"
        result = subprocess.run(["chroot", self.chroot, "/slim/ballast-run", "hydrate", "--package", "/slim", "--root", "/tmp/ballast",
                                 "--store", store, "--timeout", "20s"], capture_output=True, text=True,
                                env={"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true"})
        self.assertEqual(result.returncode, 0, result.stderr)
        self.root = self.chroot / "tmp/ballast"
        self.assert_verified()
        self.assertNotEqual(self.server.requests, [])

    def test_a_bucket_is_found_by_dns(self):
        with NameServer() as names:
            (self.chroot / "etc/resolv.conf").write_text(f"nameserver {names.ADDRESS}\n")
            self.hydrate_from("packs.example")
            self.assertEqual(set(names.asked), {"packs.example"})

    def test_a_bucket_is_found_by_the_hosts_file(self):
        (self.chroot / "etc/hosts").write_text("127.0.0.1 packs.example\n")
        self.hydrate_from("packs.example")


if __name__ == "__main__":
    main()
