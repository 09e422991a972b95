"""The offline sealer in a real browser, from a file: what it seals, the portal opens."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, expect

from procurement.bids import package as packages
from procurement.bids import payloads, sealing, sharing
from procurement.bids.package import LotOffer, Package, PackedFile
from procurement.keycards import cards
from procurement.web.cso import sealer
from tests.browser.people import WCAG
from tests.procurement.bids import sets
from tests.procurement.bids.sets import Secrets

pytestmark = pytest.mark.browser

FILE = Path(__file__).parents[2] / "static" / sealer.NAME
PDF = b"%PDF-1.7 a plan"
CODE = "3141592653589793238462643383279502884197"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """The offline file, opened from a disk by a phone without network."""
    context = chromium.new_context(viewport={"width": 360, "height": 800}, offline=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(FILE.as_uri())
    yield page
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []
    context.close()


def kit(held: Secrets, **changes: object) -> dict[str, Any]:
    """A kit as the portal gives it."""
    return {
        "v": "yn-kit/1",
        "title": "艾滋病随访关怀服务",
        "bidder": "蓝天小组",
        "deadline": "2026-04-28T17:00:00+08:00",
        "context": held.context().form(),
        "manifest": held.keys.manifest().decode(),
        "lots": [
            {"number": 1, "title": "五华区", "budget": "120000.00"},
            {"number": 2, "title": "盘龙区", "budget": "80000.00"},
        ],
        "lines": [
            {"line": "direct", "zh": "直接服务费用", "en": "Direct costs", "share": ""},
            {"line": "management_fee", "zh": "管理费", "en": "Management fee", "share": "15"},
        ],
        "most": "",
        "longest": 20000,
        "files": {
            "each": 10_485_760,
            "all": 31_457_280,
            "accepted": {".pdf": "application/pdf", ".txt": "text/plain"},
        },
        **changes,
    }


def take_kit(page: Page, held: Secrets, **changes: object) -> None:
    """Choose the kit file."""
    content = json.dumps(kit(held, **changes)).encode()
    chosen: FilePayload = {"name": "kit.json", "mimeType": "application/json", "buffer": content}
    page.set_input_files("#kit", chosen)


def attach(page: Page, *files: tuple[str, bytes]) -> None:
    """Choose files, each a name and its content."""
    chosen: list[FilePayload] = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        for name, content in files
    ]
    page.set_input_files("#attached", chosen)


def fill(page: Page) -> None:
    """Write a bid for the first lot."""
    page.fill("#lot1-direct", "5.5万")
    page.fill("#lot1-management_fee", "５,000.50 元")
    page.fill("#proposal", "每月随访一次。\n“秘密”方案甲 😀")
    page.fill("#team", "两名社工。")
    attach(page, ("方案.pdf", PDF))


def seal(page: Page) -> tuple[bytes, str]:
    """Press the button; return the envelope as saved and the code as shown."""
    page.get_by_role("button", name=re.compile("封好|^Seal$")).click()
    page.wait_for_selector("#fingerprint")
    with page.expect_download() as download:
        page.click("a[download]")
    assert download.value.suggested_filename == "ocds-yn0000-2026-000001.ybid"
    code = cards.parse(" ".join(page.locator("#code span").all_inner_texts()))
    return Path(download.value.path()).read_bytes(), code


def test_the_file_is_made_of_its_parts_and_nothing_else() -> None:
    """Make it anew with: python3 manage.py build_sealer"""
    assert FILE.read_bytes() == sealer.build()
    text = FILE.read_text()
    assert not re.search(r"https?://|fetch\(\"|XMLHttpRequest|sendBeacon|WebSocket", text)
    assert text.count("<script") == text.count("</script>") == 3


def test_a_bid_sealed_from_a_file_opens_by_every_path(page: Page) -> None:
    held = sets.secrets()
    take_kit(page, held)
    expect(page.locator("#sealer")).to_contain_text("2026-04-28 17:00（北京时间）")
    fill(page)
    expect(page.locator("#sum-1")).to_have_text("合计 60,000.50 元")
    envelope, code = seal(page)

    shown = page.locator("#fingerprint").get_attribute("data-value")
    assert shown == hashlib.sha256(envelope).hexdigest()
    assert "秘密".encode() not in envelope
    header = sealing.read(envelope)
    sealing.require_bound(header, held.context(), held.keys)
    assert header.mode == "C"
    content = sealing.open_with_code(envelope, code)
    offer = LotOffer(1, {"direct": Decimal(55000), "management_fee": Decimal("5000.50")})
    assert packages.unpack(content) == Package(
        proposal="每月随访一次。\n“秘密”方案甲 😀",
        team="两名社工。",
        offers=(offer,),
        files=(PackedFile("方案.pdf", "application/pdf", PDF),),
    )
    part = sealing.gate_part(header, held.gate)
    for pair in (("one-1", "one-2"), ("one-3", "one-4"), ("one-r1", "one-r3")):
        shares = [sealing.share(header, one, held.cards[one], held.keys) for one in pair]
        dek = sealing.combine(header, part, shares, held.keys)
        assert sealing.open_payload(envelope, dek) == content


def test_a_bid_for_the_clock_alone_opens_by_the_gate(page: Page) -> None:
    held = sets.clock()
    take_kit(page, held)
    fill(page)
    envelope, code = seal(page)
    header = sealing.read(envelope)
    sealing.require_bound(header, held.context(), held.keys)
    dek = sealing.combine(header, sealing.gate_part(header, held.gate), [], held.keys)
    assert sealing.open_payload(envelope, dek) == sealing.open_with_code(envelope, code)


def test_what_is_wrong_is_said_before_anything_is_sealed(page: Page) -> None:
    take_kit(page, sets.clock(), most="100000.00")
    page.get_by_role("button", name="封好").click()
    errors = page.locator(".errors")
    for words in ("至少为一个包", "请写服务方案", "请写人员"):
        expect(errors).to_contain_text(words)
    fill(page)
    page.fill("#lot1-direct", "12.345")
    page.fill("#lot2-direct", "9万")
    page.fill("#lot2-management_fee", "2万")
    attach(page, ("a.exe", PDF), ("b.pdf", b"no pdf"), ("c.txt", b""))
    page.get_by_role("button", name="封好").click()
    for words in (
        "请写成数字",
        "第 2 包报价超过了预算 80,000 元",
        "每个组织最多 100,000 元",
        "最多占报价的 15%",
        "不能接收“a.exe”",
        "文件“b.pdf”的内容和它的扩展名不一致",
        "文件“c.txt”是空的",
    ):
        expect(errors).to_contain_text(words)
    assert page.locator("#fingerprint").count() == 0
    assert page.evaluate("document.activeElement.className") == "errors"


def test_a_kit_that_was_changed_is_refused(page: Page) -> None:
    """Another's keys behind the fingerprint of ours: the file checks one against the other."""
    held, thief = sets.secrets(), sets.secrets()
    take_kit(page, held, manifest=thief.keys.manifest().decode())
    expect(page.locator("#sealer")).to_contain_text("这不是封标资料文件，或者它被改过")
    take_kit(page, held, v="yn-kit/2")
    expect(page.locator("#sealer")).to_contain_text("这不是封标资料文件，或者它被改过")
    take_kit(page, held)
    expect(page.locator("#sealer")).to_contain_text("投标截止")


def test_the_file_fits_a_phone_reads_well_and_speaks_english(page: Page) -> None:
    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        found = Axe().run(page, options=WCAG).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []

    fits()
    take_kit(page, sets.secrets())
    page.get_by_role("button", name="封好").click()
    fits()
    page.get_by_role("button", name="English").click()
    assert page.title() == "Seal your bid on your own device"
    expect(page.locator(".errors")).to_contain_text("Please give a price for at least one lot.")
    fill(page)
    seal(page)
    expect(page.locator("#sealed")).to_contain_text("This is your receipt code.")
    fits()


def test_every_phrase_is_in_both_languages(page: Page) -> None:
    words = page.evaluate("SealerWords")
    scripts = FILE.read_text()
    for name, said in words.items():
        assert len(said) == 2, name
        assert re.search("[一-鿿]", said[0]), name
        assert not re.search("[一-鿿]", said[1]), name
        assert set(re.findall(r"{\w+}", said[0])) == set(re.findall(r"{\w+}", said[1])), name
    used = set(re.findall(r'(?:say|row)\("(\w+)"|data-word="(\w+)"', scripts))
    assert {one or other for one, other in used} <= set(words)


def test_the_parts_of_the_twin_agree_with_python(page: Page) -> None:
    """Shares, padding, check digits and names: the same numbers on both sides."""
    shares = page.evaluate(
        "Array.from(Seal.parts.split(new Uint8Array([7, 0, 255]), 3, 5), (s) => Array.from(s))"
    )
    numbered = {place: bytes(share) for place, share in enumerate(shares, 1)}
    some = {place: numbered[place] for place in (2, 4, 5)}
    assert sharing.join(some) == b"\x07\x00\xff"
    unite = "Array.from(Seal.parts.unite([2, 4, 5], shares.map((s) => Uint8Array.from(s))))"
    assert bytes(page.evaluate(f"(shares) => {unite}", shares)) == b"\x07\x00\xff"
    sizes = [8, 16383, 16384, 16385, 65535, 65536, 65537, 1_000_003, 31_457_280]
    assert page.evaluate("(sizes) => sizes.map(Seal.parts.padded)", sizes) == [
        payloads.padded(size) for size in sizes
    ]
    assert page.evaluate("(code) => Seal.printed(code)", CODE) == list(cards.printed(CODE))
    code = page.evaluate("Seal.makeCode()")
    assert cards.parse("".join(cards.printed(code))) == code


def test_a_large_bid_is_sealed_in_seconds(page: Page) -> None:
    held = sets.secrets()
    place, manifest = held.context().form(), held.keys.manifest().decode()
    text = page.evaluate(
        """async ([place, manifest, code]) => {
          const sealed = await Seal.seal(new Uint8Array(3000000).fill(65), place, manifest, code);
          return btoa(sealed.reduce((all, byte) => all + String.fromCharCode(byte), ""));
        }""",
        [place, manifest, CODE],
    )
    assert sealing.open_with_code(base64.b64decode(text), CODE) == b"A" * 3_000_000
