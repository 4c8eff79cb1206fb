"""The function: one page of a document becomes proofs to approve: a PNG, a PDF, and a thumbnail.

Event:  {document?: base64 of a PDF, PostScript or SVG file, or sample?: "pdf", "ps" or "svg"; page?: 1, dpi?: 150,
        proof?: false}. With no document at all, the sample in PDF is drawn.
Result: {kind, page, pages, dpi, width, height, ink, milliseconds, png, pdf, thumbnail: base64,
        proof?: {executable, mapped, open}}.
        ink is the share of pixels that are not white; a page that went wrong has none.
"""

import base64
import pathlib
import time

import ballast_run as ballast

from proofs import make_proofs

HERE = pathlib.Path(__file__).resolve().parent
DEFAULTS = {"page": 1, "dpi": 150, "proof": False}
LIMITS = {"page": (1, 10000), "dpi": (18, 600)}


def read_event(raw):
    """The event with its defaults. Raises ValueError that names what is wrong."""
    event = {**DEFAULTS, **(raw or {})}
    for name in event:
        if name not in (*DEFAULTS, "document", "sample"):
            raise ValueError(f"event has an unknown property: {name}")
    for name, (low, high) in LIMITS.items():
        if type(event[name]) is not int or not low <= event[name] <= high:
            raise ValueError(f"event/{name} must be a whole number from {low} to {high}")
    if "document" in event and "sample" in event:
        raise ValueError("event has document and sample: one of them, please")
    if event.get("sample", "pdf") not in ("pdf", "ps", "svg"):
        raise ValueError("event/sample must be pdf, ps or svg")
    return event


def document_of(event):
    if "document" in event:
        return base64.b64decode(event["document"], validate=True)
    return (HERE / f"sample.{event.get('sample', 'pdf')}").read_bytes()


@ballast.ensured()
def handler(raw_event, context):
    event = read_event(raw_event)
    started = time.perf_counter()
    proofs = make_proofs(document_of(event), event["page"], event["dpi"], event["proof"])
    text = {name: base64.b64encode(proofs.pop(name)).decode() for name in ("png", "pdf", "thumbnail")}
    return {
        "page": event["page"],
        "dpi": event["dpi"],
        "milliseconds": round(1000 * (time.perf_counter() - started), 3),
        **proofs,
        **text,
    }
