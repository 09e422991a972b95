"""The catalogue against the code, and its compilation without gettext."""

import shutil
from pathlib import Path

import polib
import pytest
from pytest_django import Settings

from portal import translations


def _catalogue(*entries: polib.POEntry) -> polib.POFile:
    catalogue = polib.POFile()
    catalogue.extend(entries)
    return catalogue


def _entry(sentence: str, english: str = "", **more: object) -> polib.POEntry:
    return polib.POEntry(msgid=sentence, msgstr=english, **more)


def test_a_complete_catalogue_has_no_faults() -> None:
    extracted = _catalogue(_entry("公告"))
    assert list(translations.compare(_catalogue(_entry("公告", "Notice")), extracted).lines()) == []


def test_each_fault_is_named_with_its_sentence() -> None:
    extracted = _catalogue(_entry("公告"), _entry("合同"), _entry("供应商"))
    catalogue = _catalogue(
        _entry("合同"), _entry("供应商", "Supplier", flags=["fuzzy"]), _entry("旧句", "Old")
    )
    assert list(translations.compare(catalogue, extracted).lines()) == [
        "not in the catalogue: 公告",
        "without a translation: 合同",
        "marked fuzzy: 供应商",
        "no longer used: 旧句",
    ]


def test_every_plural_form_is_needed() -> None:
    extracted = _catalogue(_entry("%(n)s 项", msgid_plural="%(n)s 项"))
    half = _entry("%(n)s 项", msgid_plural="%(n)s 项", msgstr_plural={0: "%(n)s item", 1: ""})
    assert translations.compare(_catalogue(half), extracted).untranslated == ["%(n)s 项"]


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs gettext")
def test_sentences_of_code_and_templates_are_found(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        '{% load i18n %}{% translate "采购公告" %}'
        "{% blocktranslate trimmed %}\n您好\n{% endblocktranslate %}"
    )
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal" / "words.py").write_text('_ = str\n_("中标公告")\n')
    found = sorted(entry.msgid for entry in translations.extract(tmp_path))
    assert found == sorted(["采购公告", "您好", "中标公告"])


def test_without_gettext_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="apt-get install gettext"):
        translations.extract(tmp_path)


def test_only_changed_catalogues_are_compiled(tmp_path: Path, settings: Settings) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    _catalogue(_entry("公告", "Notice")).save(str(folder / "django.po"))

    assert (translations.compile_translations(), translations.compile_translations()) == (1, 0)
    compiled = polib.mofile(str(folder / "django.mo"))
    assert [(entry.msgid, entry.msgstr) for entry in compiled] == [("公告", "Notice")]
