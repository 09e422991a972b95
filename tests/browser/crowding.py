"""Where letters are lost on a page: beyond the edge, over each other, cut off."""

from playwright.sync_api import Page

SIZES = ((640, "100%"), (360, "200%"))  # a screen of 1280 px at 200 %; a phone's text at 200 %
TALL = 800  # CSS pixels
ENLARGE = "size => { document.documentElement.style.fontSize = size; }"
LOST = """() => {
    const found = [], lines = [], clipped = new Map();
    const isClipped = box => {
        if (!box) return false;
        if (!clipped.has(box))
            clipped.set(box, getComputedStyle(box).clip !== "auto" || isClipped(box.parentElement));
        return clipped.get(box);
    };
    const isShown = box => box.checkVisibility({visibilityProperty: true})
        && !box.closest("svg, select") && !isClipped(box);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
        if (!node.data.trim() || !isShown(node.parentElement)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const at of range.getClientRects()) {
            const air = at.height / 4;  // a line of letters is lower than its box
            if (at.width > 2)
                lines.push({left: at.left, right: at.right, top: at.top + air,
                    bottom: at.bottom - air, words: node.data.trim().slice(0, 30)});
        }
    }
    lines.sort((a, b) => a.top - b.top);
    lines.forEach((a, place) => {
        if (a.right > innerWidth + 1) found.push("beyond the edge: " + a.words);
        for (let next = place + 1; next < lines.length && lines[next].top < a.bottom; next++) {
            const b = lines[next], across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            if (across > 3 && Math.min(a.bottom, b.bottom) - b.top > 3)
                found.push("over each other: " + a.words + " | " + b.words);
        }
    });
    for (const box of document.querySelectorAll("main *")) {
        const style = getComputedStyle(box);
        const cuts = way => ["hidden", "clip"].includes(way);
        if (box.matches("input, textarea") || !isShown(box)) continue;
        if (cuts(style.overflowX) && box.scrollWidth > box.clientWidth + 1
            || cuts(style.overflowY) && box.scrollHeight > box.clientHeight + 1)
            found.push("cut off: " + box.outerHTML.slice(0, 80));
    }
    return found.slice(0, 3);
}"""


def crowded(page: Page) -> list[str]:
    """What is lost of an open page at 200 %, the page enlarged and its letters alone."""
    found: list[str] = []
    for width, size in SIZES:
        page.set_viewport_size({"width": width, "height": TALL})
        page.evaluate(ENLARGE, size)
        wide = page.evaluate("document.documentElement.scrollWidth")
        lost = page.evaluate(LOST)
        found += [f"{wide} px wide at {width} px and {size}"] if wide > width else []
        found += [f"at {width} px and {size} {each}" for each in lost]
    page.evaluate(ENLARGE, "")
    return found
