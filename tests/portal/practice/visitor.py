"""Somebody who practises with a browser: reads pages, fills in forms, presses their buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from django.http import HttpResponse, HttpResponseBase
from django.test import Client

TICKED = {"radio", "checkbox"}


@dataclass
class Form:
    """A form as it stands on the page: what is in its fields, and its buttons by their words."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class Page(HTMLParser):
    """The forms that are sent, and the links, of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self._open: list[tuple[str, dict[str, str]]] = []  # link, button or text area read now
        self._words = ""
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, a field, or the beginning of a link or a button."""
        told = {name: value or "" for name, value in attrs}
        if tag in {"a", "button", "textarea"}:
            self._open.append((tag, told))
            self._words = ""
        elif tag == "form":
            self.forms.append(Form(told.get("action", "") if told.get("method") == "post" else "-"))
        elif tag == "select":
            self._select = told["name"]
            self.forms[-1].names.add(self._select)
        elif tag == "option" and self._select:
            if "selected" in told or self._select not in self.forms[-1].fields:
                self.forms[-1].fields[self._select] = told.get("value", "")
        elif tag == "input" and "name" in told and self.forms:
            self.forms[-1].names.add(told["name"])
            if told.get("type") not in TICKED or "checked" in told:
                self.forms[-1].fields[told["name"]] = told.get("value", "")

    def handle_data(self, data: str) -> None:
        """Gather the words of what is open."""
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        """Note a link, a button or a text area with its words."""
        if tag == "select":
            self._select = ""
        if not self._open or self._open[-1][0] != tag:
            return
        _tag, told = self._open.pop()
        words = " ".join(self._words.split())
        if tag == "a":
            self.links.setdefault(words, told.get("href", ""))
        elif tag == "button" and self.forms:
            self.forms[-1].buttons[words] = (told.get("name", ""), told.get("value", ""))
        elif tag == "textarea":
            self.forms[-1].names.add(told["name"])
            self.forms[-1].fields[told["name"]] = self._words.strip()


class Visitor:
    """One browser, on one page; whatever is not on the page cannot be done."""

    def __init__(self) -> None:
        self.client = Client()
        self.at = "/"
        self.page = Page("")

    def goes_to(self, address: str) -> "Visitor":
        """Open an address."""
        return self._lands(self.client.get(address, follow=True), address)

    def follows(self, words: str) -> "Visitor":
        """Follow the first link whose words contain these."""
        found = [href for text, href in self.page.links.items() if words in text]
        assert found, f"no link “{words}” on {self.at}: {list(self.page.links)}"
        return self.goes_to(urljoin(self.at, found[0].partition("#")[0]))

    def presses(self, words: str, **typed: str) -> "Visitor":
        """Fill in the form with this button, and press it; each field must be there."""
        found = [
            (form, button)
            for form in self.page.forms
            for text, button in form.buttons.items()
            if words in text and form.action != "-"
        ]
        assert found, f"no button “{words}” on {self.at}: {[f.buttons for f in self.page.forms]}"
        form, (name, value) = found[0]
        assert typed.keys() <= form.names, f"{sorted(form.names)} on {self.at}"
        given = form.fields | typed | ({name: value} if name else {})
        address = urljoin(self.at, form.action)
        return self._lands(self.client.post(address, given, follow=True), address)

    def sees(self, *words: str) -> "Visitor":
        """Check that words are on the page."""
        for each in words:
            assert each in self.page.text, f"“{each}” is not on {self.at}"
        return self

    def _lands(self, response: HttpResponseBase, address: str) -> "Visitor":
        chain: list[tuple[str, int]] = getattr(response, "redirect_chain", [])
        self.at = chain[-1][0] if chain else address
        assert response.status_code == 200, f"{response.status_code} on {self.at}"
        assert isinstance(response, HttpResponse)
        self.page = Page(response.content.decode())
        return self
