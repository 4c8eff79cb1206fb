"""Under @vercel/fun: its own runtimes for Node and Python, where the handler hydrates; and AWS's runtime client for Node as a
`provided` bootstrap, where `ballast-run exec` has hydrated before it starts."""

from emulator_cases import EmulatorCases, EmulatorTest
from field_support import main
from lambda_platforms import Fun, FunBootstrap, FunPython


class FunNodeTest(EmulatorCases, EmulatorTest):
    platform_class = Fun


class FunPythonTest(EmulatorCases, EmulatorTest):
    platform_class = FunPython


class FunBootstrapTest(EmulatorCases, EmulatorTest):
    platform_class = FunBootstrap

    def assert_says_that_the_store_is_down(self, result):
        """The process ends before there is a handler: the platform says that it did, the log says why."""
        self.assertEqual(result.error, "Unhandled", result)
        self.assertIn("exited before completing request", result.payload["errorMessage"])
        [line] = [line for line in self.platform.log().splitlines() if "error: " in line]
        self.assertIn(f"ballast-run: error: s3://{self.bucket}/some/prefix", line)


if __name__ == "__main__":
    main()
