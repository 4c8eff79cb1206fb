"""What a customer approves before something is printed: the page as a picture, as a PDF, and small."""

import os
import pathlib
import re
import subprocess
import tempfile

import ballast_run as ballast

TIMEOUT_SECONDS = 20
THUMBNAIL_SIDE = 200
GS = ("gs", "-q", "-dSAFER", "-dNOPAUSE")


def run(*command):
    """Runs a program out of the tree; its standard output. Raises RuntimeError with what it said."""
    program, *arguments = map(str, command)
    try:
        done = ballast.run([program, *arguments], capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"{program}: took longer than {TIMEOUT_SECONDS} s") from error
    if done.returncode != 0:
        said = (done.stderr + done.stdout).strip().split("\n")[0]
        raise RuntimeError(f"{program}: failed: {said or f'exit status {done.returncode}'}")
    return done.stdout


def kind_of(document):
    """What the first bytes say that it is."""
    start = document[:1024]
    if b"%PDF-" in start:
        return "pdf"
    if start.startswith(b"%!"):
        return "ps"
    if re.match(rb"(\xef\xbb\xbf)?\s*(<\?xml|<!--|<!DOCTYPE svg|<svg)", start):
        return "svg"
    raise ValueError("document: neither PDF, PostScript nor SVG")


def to_pdf(kind, source, target):
    """Ghostscript distils PostScript, librsvg converts SVG."""
    if kind == "ps":
        run(*GS, "-dBATCH", "-sDEVICE=pdfwrite", f"-sOutputFile={target}", "-f", source)
    elif kind == "svg":
        run("rsvg-convert", "--format=pdf", f"--output={target}", source)


def files_of(pid):
    """The files of a running process: its executable, what it has mapped, what it has open."""
    lines = pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines()
    opened = (os.readlink(entry.path) for entry in os.scandir(f"/proc/{pid}/fd"))
    return {
        "executable": os.readlink(f"/proc/{pid}/exe"),
        "mapped": sorted({line[line.index("/"):] for line in lines if "/" in line}),
        "open": sorted({target for target in opened if target.startswith("/")}),
    }


def run_with_proof(*command):
    """Runs gs without -dBATCH: with the page drawn it says so and waits for more PostScript on its standard input, and
    while it waits, what it runs from can be read out of /proc."""
    mark = "page drawn"
    with ballast.popen([*map(str, command), "-c", f"({mark}\n) print flush"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, text=True) as gs:
        said = ""
        for line in gs.stdout:
            said += line
            if mark in line:
                break
        else:
            raise RuntimeError(f"gs: failed: {said.strip()}")
        proof = files_of(gs.pid)
        gs.communicate("quit\n", timeout=TIMEOUT_SECONDS)
    return proof


def draw_page(source, target, dpi, with_proof):
    """Draws the first page of a PDF; what gs ran from, when that is asked for."""
    command = [*GS, "-sDEVICE=png16m", f"-r{dpi}", "-dTextAlphaBits=4", "-dGraphicsAlphaBits=4", "-dFirstPage=1", "-dLastPage=1",
               f"-sOutputFile={target}"]
    if with_proof:
        return run_with_proof(*command, "-f", source)
    run(*command, "-dBATCH", "-f", source)
    return None


def make_proofs(document, page, dpi, with_proof=False):
    """A page of `document` (bytes): kind, pages, width, height, ink, png, pdf, thumbnail, and proof when it is asked for.

    Raises RuntimeError that names the program that failed, ValueError for a document or page that is none.
    """
    kind = kind_of(document)
    with tempfile.TemporaryDirectory(prefix="rendering-") as name:
        directory = pathlib.Path(name)
        source = directory / f"document.{kind}"
        source.write_bytes(document)
        pdf = source if kind == "pdf" else directory / "converted.pdf"
        to_pdf(kind, source, pdf)
        pages = int(re.search(r"^Pages:\s+(\d+)$", run("pdfinfo", pdf), re.MULTILINE)[1])
        if page > pages:
            raise ValueError(f"page {page}: the document has {pages}")

        one, png, thumbnail = directory / "page.pdf", directory / "page.png", directory / "thumbnail.png"
        run("pdfseparate", "-f", page, "-l", page, pdf, one)
        proof = draw_page(one, png, dpi, with_proof)
        run("convert", png, "-strip", "-thumbnail", f"{THUMBNAIL_SIDE}x{THUMBNAIL_SIDE}", thumbnail)
        # All that is not white made black: the mean is then the share of white.
        width, height, ink = run("convert", png, "-fill", "black", "+opaque", "white", "-format", "%w %h %[fx:1-mean]", "info:").split()
        return {
            "kind": kind, "pages": pages, "width": int(width), "height": int(height), "ink": round(float(ink), 4),
            "png": png.read_bytes(), "pdf": one.read_bytes(), "thumbnail": thumbnail.read_bytes(),
            **({"proof": proof} if proof else {}),
        }
