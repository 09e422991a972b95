"""Small real files made on the fly: a one-page PDF in Chinese, and plain text."""

from collections.abc import Iterable

WIDTH = 30  # characters on a line
FONT = (
    (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        b" /DescendantFonts [5 0 R] >>"
    ),
    (
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
        b" /FontDescriptor 6 0 R >>"
    ),
    (
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
        b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
    ),
)


def pdf(title: str, paragraphs: Iterable[str]) -> bytes:
    """Return a one-page A4 document that names a standard Chinese font and embeds nothing."""
    lines = [title, "", *(line for text in paragraphs for line in _wrapped(text))][:38]
    drawn = " ".join(f"<{line.encode('utf-16-be').hex()}> Tj T*" for line in lines)
    stream = f"BT /F1 14 Tf 20 TL 70 770 Td {drawn} ET".encode("ascii")
    return _assembled(
        (
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            (
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 7 0 R"
                b" /Resources << /Font << /F1 4 0 R >> >> >>"
            ),
            *FONT,
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        )
    )


def text(title: str, paragraphs: Iterable[str]) -> bytes:
    """Return a plain text file in UTF-8."""
    return "\n\n".join([title, *paragraphs]).encode()


def _wrapped(text_: str) -> list[str]:
    return [text_[start : start + WIDTH] for start in range(0, len(text_), WIDTH)] or [""]


def _assembled(objects: tuple[bytes, ...]) -> bytes:
    content = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return content + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n"
        b"<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, table, size, len(content))
    )
