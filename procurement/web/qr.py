"""A QR code as the path of an inline SVG: no picture file, nothing kept."""

from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_Q

QUIET = 4  # modules of white around it (ISO/IEC 18004)


@dataclass(frozen=True)
class Code:
    """What the template draws: the side in modules, and the dark modules as one path."""

    side: int
    path: str


def code(text: str) -> Code:
    """Return the QR code of a text, a quarter of which may be unreadable (level Q)."""
    drawn = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=QUIET)
    drawn.add_data(text)
    drawn.make()
    rows = drawn.get_matrix()
    strokes = (
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return Code(len(rows), "".join(strokes))
