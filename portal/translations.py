"""Translations: compiled without gettext, and compared with what the code says."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.conf import settings

SOURCES = ("portal", "procurement", "organizations", "learning", "templates")
SUFFIXES = {".py", ".html", ".txt"}
LANGUAGE = "en"  # Chinese is the text itself


@dataclass(frozen=True)
class Faults:
    """What is wrong with a catalogue, as lists of its Chinese sentences."""

    missing: list[str]
    untranslated: list[str]
    fuzzy: list[str]
    stale: list[str]

    def lines(self) -> Iterator[str]:
        """One line per fault, for people."""
        for title, sentences in (
            ("not in the catalogue", self.missing),
            ("without a translation", self.untranslated),
            ("marked fuzzy", self.fuzzy),
            ("no longer used", self.stale),
        ):
            for sentence in sentences:
                yield f"{title}: {sentence}"


def catalogue_path() -> Path:
    """The committed catalogue of English."""
    return Path(settings.LOCALE_PATHS[0]) / LANGUAGE / "LC_MESSAGES" / "django.po"


def compile_translations() -> int:
    """Writes the .mo file of every catalogue that is newer than it; returns how many."""
    written = 0
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
                continue
            draft = target.with_suffix(".draft")
            polib.pofile(str(source)).save_as_mofile(str(draft))
            draft.replace(target)
            written += 1
    return written


def compare(catalogue: polib.POFile, extracted: polib.POFile) -> Faults:
    """What the committed catalogue lacks or has too much of, against the sentences of the code."""
    have = {(entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete}
    need = {(entry.msgctxt, entry.msgid): entry for entry in extracted if not entry.obsolete}
    shared = [have[key] for key in need if key in have]
    return Faults(
        missing=[key[1] for key in need if key not in have],
        untranslated=[e.msgid for e in shared if not _has_text(e) and "fuzzy" not in e.flags],
        fuzzy=[e.msgid for e in shared if "fuzzy" in e.flags],
        stale=[key[1] for key in have if key not in need],
    )


def extract(root: Path) -> polib.POFile:
    """Every sentence that the code and the templates under `root` mark for translation.

    Works on a copy, so that the tree stays as it is. Raises FileNotFoundError without gettext.
    """
    if shutil.which("xgettext") is None:
        raise FileNotFoundError("xgettext is missing: apt-get install gettext")
    with tempfile.TemporaryDirectory(prefix="portal-messages-") as folder:
        copy = Path(folder)
        for source in _sources(root):
            target = copy / source.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        (copy / "locale").mkdir()
        command = [sys.executable, "-m", "django", "makemessages", "-l", LANGUAGE, "-v", "0"]
        command += ["--no-location", "--no-wrap"]
        # No settings: Django's command then looks at this folder alone.
        done = subprocess.run(
            command, cwd=copy, check=False, capture_output=True, text=True, env=_environment(copy)
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return polib.pofile(str(copy / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"))


def faults(root: Path) -> Faults:
    """What is wrong with the committed catalogue today."""
    path = catalogue_path()
    catalogue = polib.pofile(str(path)) if path.exists() else polib.POFile()
    return compare(catalogue, extract(root))


def _has_text(entry: polib.POEntry) -> bool:
    if entry.msgid_plural:
        return bool(entry.msgstr_plural) and all(entry.msgstr_plural.values())
    return bool(entry.msgstr)


def _sources(root: Path) -> Iterator[Path]:
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                yield path


def _environment(home: Path) -> dict[str, str]:
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(home), "LC_ALL": "C.UTF-8"}
