"""The start-up program cannot write to a store: no code for it is linked."""

import re
import unittest

from support import BIN

# What only code that writes, lists or removes has: names of classes, which stay in a stripped program, permissions that S3 asks for,
# and parts of its answers. (Shorter words than these become instructions, and parts of HTTP's own names are everywhere.)
WRITING = [
    b"N7ballast5StoreE", b"N7ballast7S3StoreE", b"N7ballast9FileStoreE",
    b"s3:PutObject", b"s3:DeleteObject", b"s3:ListBucket", b"s3:ListMultipartUploadParts", b"s3:AbortMultipartUpload",
    b"CompleteMultipartUpload", b"InitiateMultipartUploadResult/UploadId", b"ListBucketResult/Contents/Key", b"uploadId",
]
READING = [b"N7ballast8S3SourceE", b"N7ballast10FileSourceE", b"s3:GetObject"]
WRITING_FILES = {"store.cpp", "open_store.cpp", "file_store.cpp", "s3_store.cpp", "multipart_upload.cpp", "listing.cpp"}
READING_FILES = {"object_source.cpp", "open_source.cpp", "file_source.cpp", "s3_source.cpp", "s3_client.cpp"}


def found(program, words):
    code = (BIN / program).read_bytes()
    return [word for word in words if word in code]


def linked_files():
    """The source files of the store that the linker took into ballast-run, by the map that it wrote."""
    members = (BIN.parent / "ballast-run.map").read_text(errors="replace")
    return set(re.findall(r"libballast_store\.a\((?:\S*/)?(\w+\.cpp)\.o\)", members))


class StartUpReadsOnly(unittest.TestCase):
    def test_no_word_of_writing_is_in_ballast_run(self):
        self.assertEqual(found("ballast-run", WRITING), [])
        self.assertEqual(found("ballast-run", READING), READING)

    def test_the_same_look_finds_them_in_ballast(self):
        self.assertEqual(found("ballast", WRITING), WRITING)

    def test_no_file_that_writes_is_linked_into_ballast_run(self):
        self.assertEqual(linked_files() & WRITING_FILES, set())
        self.assertEqual(READING_FILES - linked_files(), set())


if __name__ == "__main__":
    unittest.main()
