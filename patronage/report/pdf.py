"""Sheets become one PDF: each is an SVG that vl-convert writes as a PDF of one page."""

from __future__ import annotations

import re

import vl_convert

from patronage.report.errors import ReportError

REFERENCE = re.compile(rb"\b(\d+) 0 R\b")


def pdf_of(sheets: list[str]) -> bytes:
    """Return one PDF with a page per SVG; the same bytes for the same. Raises ReportError."""
    objects: dict[int, bytes] = {}
    kids = []
    for sheet in sheets:
        parts = objects_of(vl_convert.svg_to_pdf(sheet))
        kids.append(len(objects) + 3)  # 1 is the catalogue, 2 the list of pages
        order = in_order(parts)
        numbers = {number: kids[-1] + place for place, number in enumerate(order)}

        def renumbered(found: re.Match[bytes], numbers: dict[int, int] = numbers) -> bytes:
            return b"%d 0 R" % numbers.get(int(found[1]), 2)  # but for the list of its own

        for number in order:
            head, stream, data = parts[number].partition(b"stream\n")
            objects[numbers[number]] = REFERENCE.sub(renumbered, head) + stream + data
    refer = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R >>\n"
    objects[2] = b"<< /Type /Pages /Count %d /Kids [%s] >>\n" % (len(kids), refer)
    written, places = b"%PDF-1.7\n%\x80\x80\x80\x80\n", []
    for number in range(1, len(objects) + 1):
        places.append(len(written))
        written += b"%d 0 obj\n%sendobj\n" % (number, objects[number])
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        written + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, rows)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(written))
    )  # fmt: skip


def in_order(parts: dict[int, bytes]) -> list[int]:
    """Numbers of a page's objects, the page first, each as it is first referred to.

    vl-convert numbers them, and lists a page's fonts, as a hash has it. Changes the page.
    """
    lists = [number for number, body in parts.items() if b"/Type /Pages" in body]
    page = next((number for number, body in parts.items() if b"/Type /Page\n" in body), None)
    if page is None:
        raise ReportError("the charts' PDF has no page")
    parts[page] = re.sub(
        rb"(?<=/Font <<\n)((?: +/\w+ \d+ 0 R\n)+)",
        lambda found: b"".join(sorted(found[1].splitlines(keepends=True))),
        parts[page],
    )
    order, left = [], [page]
    while left:
        number = left.pop(0)
        if number in order or number in lists:
            continue
        order.append(number)
        head = parts[number].partition(b"stream\n")[0]
        left += [int(found) for found in REFERENCE.findall(head)]
    return order


def objects_of(pdf: bytes) -> dict[int, bytes]:
    """The numbered objects of a PDF as vl-convert writes it, by its table at the end."""
    start = int(pdf[pdf.rindex(b"startxref") :].split()[1])
    table = re.match(rb"xref\s+0 \d+\s+((?:\d{10} \d{5} [nf]\s+)+)", pdf[start:])
    if not table:
        raise ReportError("the charts' PDF is of an unknown kind: another release of vl-convert?")
    places = sorted(int(line[:10]) for line in re.findall(rb"\d{10} \d{5} n", table[1]))
    found = {}
    for place, after in zip(places, [*places[1:], start], strict=True):
        named = re.match(rb"(\d+) 0 obj\n", pdf[place:after])
        if not named:
            raise ReportError("the charts' PDF has an object without a number")
        body = pdf[place + named.end() : after]
        found[int(named[1])] = body[: body.rindex(b"endobj")]
    return found
