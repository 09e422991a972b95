"""What an uploaded file really is. Pure: bytes in, media type out."""

from pathlib import PurePath

import filetype
from django.utils.translation import gettext_lazy as _

from organizations.refusals import Invalid

MAXIMUM_BYTES = 10 * 1024 * 1024

# allow-list: suffix -> media type. What a county office and a volunteer group really exchange.
ACCEPTED = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".txt": "text/plain",
}
ACCEPT_ATTRIBUTE = ",".join(ACCEPTED)

# containers that `filetype` names by their outer form
_OUTER = {"application/zip": {".docx", ".xlsx", ".odt", ".ods"}}


class Unacceptable(Invalid):
    """A file that cannot be taken; the message says why and what to do."""


def _is_text(content: bytes) -> bool:
    try:
        return "\x00" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def recognise(name: str, content: bytes) -> str:
    """Return the media type of a file whose suffix and content agree.

    Raises Unacceptable for an empty, oversized (over 10 MB), unknown or mislabelled file.
    """
    suffix = PurePath(name).suffix.lower()
    if not content:
        raise Unacceptable(_("文件“%(name)s”是空的，请重新选择。") % {"name": name}, "file")
    if len(content) > MAXIMUM_BYTES:
        raise Unacceptable(
            _("文件“%(name)s”超过 10 MB，请压缩或分成几个文件后再上传。") % {"name": name}, "file"
        )
    expected = ACCEPTED.get(suffix)
    if expected is None:
        raise Unacceptable(
            _("不能接收“%(name)s”这种格式，请换成 PDF、图片、Word 或 Excel 文件。")
            % {"name": name},
            "file",
        )
    found = filetype.guess_mime(content)
    matches = (
        _is_text(content)
        if expected == "text/plain"
        else found == expected or suffix in _OUTER.get(found or "", set())
    )
    if not matches:
        raise Unacceptable(
            _("文件“%(name)s”的内容和它的扩展名不一致，请用原来的程序另存一份再上传。")
            % {"name": name},
            "file",
        )
    return expected
