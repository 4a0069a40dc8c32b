"""PDF files made by hand, so that tests know what stands where in them."""

import zlib

LINE = 16  # points from one line to the next


def pdf(pages: list[list[tuple[str, int]]], *, picture: bool = False, content: bytes | None = None) -> bytes:
    """Each page is lines of (text, size in points) in Helvetica, from the top; an empty text leaves a blank line.

    `picture` puts a grey image on pages without lines; `content` replaces the drawing instructions of every page.
    """
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    image = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
    objects.append(image + b"\nstream\n\x80\nendstream")
    kids = []
    for lines in pages:
        drawn = content if content is not None else _drawn(lines, picture)
        packed = zlib.compress(drawn)
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed))
        resources = b"<< /Font << /F1 3 0 R >> /XObject << /I1 4 0 R >> >>"
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources %b /Contents %d 0 R >>"
        objects.append(page % (resources, len(objects)))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (b" ".join(kids), len(kids))
    return _file(objects)


def _drawn(lines: list[tuple[str, int]], picture: bool) -> bytes:
    if picture and not lines:
        return b"q 400 0 0 400 90 200 cm /I1 Do Q"
    parts, height = [], 780
    for text, size in lines:
        if text:
            safe = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("latin-1")
            parts.append(b"BT /F1 %d Tf 72 %d Td (%b) Tj ET" % (size, height, safe))
        height -= max(LINE, size + 4)
    return b"\n".join(parts)


def _file(objects: list[bytes]) -> bytes:
    whole, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return whole + end % (len(objects) + 1, table, len(objects) + 1, len(whole))
