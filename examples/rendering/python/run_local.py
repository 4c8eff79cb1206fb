"""Runs the handler once, as a Lambda runtime would: reads one event, prints the result as JSON.

  python3 run_local.py [EVENT.json]      without a file, the event comes from standard input

Exit status 1 when the handler failed; the result is then Lambda's {errorType, errorMessage}.
"""

import json
import sys


def main():
    with open(sys.argv[1]) if len(sys.argv) > 1 else sys.stdin as file:
        event = json.load(file)
    try:
        from handler import handler

        print(json.dumps(handler(event, None)))
    except Exception as error:
        print(json.dumps({"errorType": type(error).__name__, "errorMessage": str(error)}))
        sys.exit(1)


if __name__ == "__main__":
    main()
