"""The one suite that every store passes (tests/unit/store_contract_test.cpp), against a bucket: plain and with TLS."""

import os
import pathlib
import unittest

from field_support import BIN, GatewayTest, main

SUITE = BIN.parent / "tests/unit_store"


class Contract(GatewayTest):
    def assert_passes(self, endpoint, **env):
        result = self.run_program(SUITE, "--gtest_filter=*/s3", env={"BALLAST_TEST_S3": self.url(endpoint), **env})
        self.assertRegex(result.stdout, r"\[  PASSED  \] 1[0-9] tests")

    def test_plain(self):
        self.assert_passes(self.gateway.endpoint)

    def test_with_tls(self):
        self.assert_passes(self.gateway.tls_endpoint, AWS_CA_BUNDLE=self.gateway.ca_file)


if __name__ == "__main__":
    main()
