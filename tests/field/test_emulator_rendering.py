"""The rendering function in Node and in Python, with all of its tree, under emulators: SVG, PostScript and PDF in; PNG, PDF and
thumbnail out, by programs out of the tree."""

import base64
import json
import struct

from emulator_cases import EmulatorTest
from field_support import BIN, main
from lambda_platforms import Fun, FunPython, Ric
from rendering_example import REPOSITORY, packed

LETTER = json.loads((REPOSITORY / "examples/rendering/function/event-letter.json").read_text())
# Of the sample, at 72 dots an inch: width and height.
PAGES = [({"sample": "svg"}, (315, 223)), ({"sample": "ps", "page": 2}, (595, 842)), ({"sample": "pdf"}, None)]


def png_size(data):
    assert data.startswith(b"\x89PNG\r\n\x1a\n"), data[:20]
    return struct.unpack(">II", data[16:24])


class RenderingCases:
    # Shared by the classes below, to be compared.
    pictures = {}

    def deploy_rendering(self):
        slim = packed(self.dir, self.platform.language, BIN / "ballast")
        self.ballast("push", slim, "--store", self.store, "--quiet")
        self.deploy("rendering", slim)

    def proofs(self, event):
        result = self.platform.invoke("rendering", {"dpi": 72, **event})
        self.assertIsNone(result.error, f"{result.payload}\n{self.platform.log()}")
        page = result.payload
        png, pdf, thumbnail = (base64.b64decode(page[name]) for name in ("png", "pdf", "thumbnail"))
        self.assertEqual(png_size(png), (page["width"], page["height"]))
        self.assertGreater(page["ink"], 0.001, "the page is not blank")
        self.assertTrue(pdf.startswith(b"%PDF-"))
        self.assertEqual(max(png_size(thumbnail)), 200)
        return page, png

    def test_svg_postscript_and_pdf_become_proofs(self):
        self.deploy_rendering()
        # The first call of all, and with it the whole tree.
        page, _ = self.proofs({"sample": "pdf", "proof": True})
        self.assertRegex(page["proof"]["executable"], r"^/tmp/ballast/[0-9a-f]{32}/tree/usr/bin/gs$")
        self.assertTrue(any("/tree/usr/lib/x86_64-linux-gnu/libgs.so" in file for file in page["proof"]["mapped"]))
        self.assertGreater(self.requests(), 10)
        for event, size in PAGES:
            page, png = self.proofs(event)
            self.assertEqual(page["kind"], event["sample"])
            if size:
                self.assertEqual((page["width"], page["height"]), size)
            # The same page, whatever the language: the same programs drew it.
            self.assertEqual(self.pictures.setdefault(event["sample"], (png, page["ink"])), (png, page["ink"]))
        self.assertEqual(self.requests(), 0)
        if self.platform.language == "node":
            page, _ = self.proofs(LETTER)
            self.assertEqual((page["kind"], page["pages"]), ("pdf", 1))
        missing = self.platform.invoke("rendering", {"sample": "svg", "page": 7})
        self.assertEqual(missing.error, "Handled")
        if self.platform.tells_errors:
            self.assertIn("page 7: the document has 1", missing.payload["errorMessage"])


class FunNodeTest(RenderingCases, EmulatorTest):
    platform_class = Fun


class RicNodeTest(RenderingCases, EmulatorTest):
    platform_class = Ric


class FunPythonTest(RenderingCases, EmulatorTest):
    platform_class = FunPython


if __name__ == "__main__":
    main()
