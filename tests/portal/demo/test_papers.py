"""Papers of the rehearsal are real files that the portal itself accepts."""

import re

from portal.demo import papers
from procurement.documents import kinds


def test_a_pdf_is_recognised_and_its_table_points_at_its_objects() -> None:
    content = papers.pdf("采购文件", ["每月随访一次。" * 20, "费用透明。"])
    assert kinds.recognise("采购文件.pdf", content) == "application/pdf"
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n", content)]
    for number, place in enumerate(places, start=1):
        assert content[place:].startswith(b"%d 0 obj" % number)
    start = int(re.findall(rb"startxref\n(\d+)", content)[0])
    assert content[start:].startswith(b"xref\n")


def test_a_text_is_recognised() -> None:
    content = papers.text("评分办法", ["方案：优得满分。"])
    assert kinds.recognise("评分办法.txt", content) == "text/plain"
