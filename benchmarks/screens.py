"""A picture of every page: walks the links of the portal as each person, and keeps a sheet."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import BrowserContext, Page, sync_playwright

from portal.bootstrap import ROOT
from portal.demo.world import DOMAIN, PASSWORD
from portal.embedded.processes import free_port
from portal.embedded.session import Servers

ANYONE = "anyone"
WIDTHS = (360, 1280)  # CSS pixels: a phone, a desk
LANGUAGES = ("zh-hans", "en")
TALLEST = 12_000  # CSS pixels of one picture
READY = "Ctrl-C"  # the last words of the welcome of `up`
LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"#?]*)')
HEAD = """<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>每一页 Every page</title>
<style>body { font: 16px/1.5 sans-serif; margin: 1rem }
div { white-space: nowrap; overflow-x: auto }
img { height: 30rem; object-fit: cover; object-position: top; border: 1px solid #999 }
</style>"""
NOT_A_PAGE = ("admin:", "account_logout", "set_language")

Say = Callable[[str], object]


@dataclass(frozen=True)
class Screen:
    """One page that a person may open: the name of its address, and an example."""

    name: str
    path: str

    def file(self, width: int, language: str) -> str:
        """The name of its picture."""
        return f"{re.sub(r'[^a-z0-9]+', '-', self.name)}-{width}-{language}.png"


@contextmanager
def serving(address: str, say: Say) -> Iterator[str]:
    """The portal that answers there; or one of our own with demo data, thrown away afterwards."""
    if answers(address):
        yield address
        return
    folder, port = Path(tempfile.mkdtemp(prefix="portal-screens-")), free_port()
    folder.chmod(0o755)  # the unprivileged account of PostgreSQL enters it
    say(f"{address} 没有应答，另起一份 Nothing answers there: starting a portal to throw away …")
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up", "--port", str(port)],
        cwd=ROOT,
        env={**{name: os.environ[name] for name in ("PATH", "HOME")}, "DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        if not any(READY in line for line in process.stdout or ()):
            raise RuntimeError(f"the portal did not start: see {folder}/log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        Servers(folder).remove()


def answers(address: str) -> bool:
    """Whether a portal serves this address."""
    try:
        with urllib.request.urlopen(f"{address}/status/", timeout=10) as page:
            return bool(page.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def sign_in(page: Page, who: str) -> None:
    """Sign in with a demo account."""
    page.goto("/account/login/")
    page.locator("#id_login").fill(f"{who}@{DOMAIN}")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form .button").first.click()
    page.wait_for_url("**/account/")


def walk(context: BrowserContext) -> list[Screen]:
    """Every page that links lead to, one example of each address, nearest first."""
    found: dict[str, Screen] = {}
    tried: set[str] = set()
    waiting = ["/", "/account/login/", "/account/", "/design/"]
    for path in waiting:  # grows while it is read
        name = name_of(path)
        if not name or name in found or path in tried:
            continue
        tried.add(path)
        answer = context.request.get(path)
        if answer.status == 200 and answer.headers.get("content-type", "").startswith("text/html"):
            arrived = urlsplit(answer.url).path  # a page that only leads on is no page
            found.setdefault(name_of(arrived), Screen(name_of(arrived), arrived))
            waiting += [unescape(link) for link in LINK.findall(answer.text())]
    return list(found.values())


def name_of(path: str) -> str:
    """The name of an address; none where no page is."""
    try:
        name = resolve(path).view_name
    except Resolver404:
        return ""
    return "" if name.startswith(NOT_A_PAGE) else name


def take(page: Page, screens: Sequence[Screen], folder: Path) -> None:
    """Keep a picture of each in both widths and languages."""
    folder.mkdir(parents=True, exist_ok=True)
    site = urljoin(page.url, "/")  # of every path, not only of those below this page
    for language in LANGUAGES:
        page.context.add_cookies([{"name": "django_language", "value": language, "url": site}])
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            for screen in screens:
                page.goto(screen.path)
                tall = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
                page.screenshot(
                    path=folder / screen.file(width, language),
                    full_page=True,
                    clip={"x": 0, "y": 0, "width": width, "height": tall},
                )


def sheet(pictured: dict[str, list[Screen]]) -> str:
    """The contact sheet: a row a page, its pictures side by side, loaded as one comes to them."""
    parts = [HEAD]
    for who, screens in pictured.items():
        parts.append(f"<h1>{escape(who)}: {len(screens)}</h1>")
        for screen in screens:
            parts.append(
                f"<h2>{escape(screen.name)} <small>{escape(screen.path)}</small></h2><div>"
            )
            for width in WIDTHS:
                for language in LANGUAGES:
                    file = f"{who}/{screen.file(width, language)}"
                    words = f"{screen.name} {width} {language}"
                    parts.append(
                        f'<a href="{file}"><img loading="lazy" src="{file}" alt="{words}"></a>'
                    )
            parts.append("</div>")
    return "\n".join(parts)


def run(people: Sequence[str], folder: Path, address: str, chromium: str, say: Say) -> int:
    """Walk and take pictures as each of these people; return how many pictures there are."""
    pictured: dict[str, list[Screen]] = {}
    with serving(address, say) as site, sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium or None, args=options)
        for who in people:
            context = browser.new_context(base_url=site, locale="zh-CN")
            page = context.new_page()
            page.goto("/")
            if who != ANYONE:
                sign_in(page, who)
            screens = pictured[who] = walk(context)
            say(f"{who}: {len(screens)} 页 pages")
            take(page, screens, folder / who)
            context.close()
        browser.close()
    (folder / "index.html").write_text(sheet(pictured), encoding="utf-8")
    return sum(len(screens) for screens in pictured.values()) * len(WIDTHS) * len(LANGUAGES)
