"""Under AWS's own runtime client for Node (aws-lambda-ric), behind a Runtime API that says deadlines and keeps them; and the
same for Python with a small client of these tests' own."""

from emulator_cases import EmulatorCases, EmulatorTest
from field_support import main
from lambda_platforms import LoopPython, Ric, RicWrapper


class RicNodeTest(EmulatorCases, EmulatorTest):
    platform_class = Ric


class RicWrapperTest(EmulatorCases, EmulatorTest):
    platform_class = RicWrapper

    def assert_says_that_the_store_is_down(self, result):
        """There is no handler yet: the wrapper tells the platform, which tells the caller."""
        self.assertEqual((result.error, result.payload["errorType"]), ("Unhandled", "Ballast.unavailable"), result)
        for said in (result.payload["errorMessage"], self.platform.log()):
            self.assertIn(f"s3://{self.bucket}/some/prefix", said)


class LoopPythonTest(EmulatorCases, EmulatorTest):
    platform_class = LoopPython


if __name__ == "__main__":
    main()
