"""The offline sealer: one HTML file that needs no server. Its fingerprint is public."""

import base64
import hashlib
import json
from pathlib import Path

from django.conf import settings

from procurement.publication.models import Entry, NoticeKind

FILE = "sealer.html"
NAME = f"sealer/{FILE}"  # below static/
SCRIPTS = ("js/seal.js", "js/sealer-words.js", "js/sealer.js")
STYLE = "sealer/sealer.css"
FRAME = "cso/sealer_frame.html"


def offline() -> bytes:
    """Return the file as it is offered."""
    return (_static() / NAME).read_bytes()


def fingerprint() -> str:
    """Return the SHA-256 of the file, in hexadecimal: what the log states and the page shows."""
    return hashlib.sha256(offline()).hexdigest()


def stated() -> Entry | None:
    """Return the entry of the log that states this very file, if the last statement does."""
    last = Entry.objects.filter(kind=NoticeKind.SEALER).order_by("index").last()
    if last is None or json.loads(bytes(last.body)).get("sha256") != fingerprint():
        return None
    return last


def build() -> bytes:
    """Return the file made of its parts, each as it is; its own policy lets it reach no network."""
    style = (_static() / STYLE).read_text(encoding="utf-8")
    scripts = [(_static() / name).read_text(encoding="utf-8") for name in SCRIPTS]
    allowed = " ".join(_hashed(script) for script in scripts)
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src {_hashed(style)}; "
        "base-uri 'none'; form-action 'none'"
    )
    page = (settings.BASE_DIR / "templates" / FRAME).read_text(encoding="utf-8")
    parts = {
        "policy": f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        "style": f"<style>{style}</style>",
        "scripts": "\n".join(f"<script>{script}</script>" for script in scripts),
    }
    for name, part in parts.items():
        page = page.replace(f"<!-- {name} -->", part)
    return page.encode()


def write() -> Path:
    """Make the file anew and return where it is."""
    path = _static() / NAME
    path.write_bytes(build())
    return path


def _static() -> Path:
    return Path(settings.BASE_DIR) / "static"


def _hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
