"""A tender on one sheet of A4 for a notice board: what, for whom, by when, how to ask and check."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from organizations.instants import now
from procurement.publication.links import absolute
from procurement.publication.models import Entry, NoticeKind
from procurement.templatetags.display import moment, yuan
from procurement.web import qr
from procurement.web.public import places, sections, words
from procurement.web.public.sections import Fact
from procurement.web.public.story import Story, find

CALLS = (NoticeKind.TENDER, NoticeKind.AMENDMENT, NoticeKind.CANCELLATION)
LONG_TITLE, LONG = 36, 330  # characters of the title and of the rest; more is set smaller
# What fits on the sheet in large type, in characters; the rest is read by the code.
LONGEST = {"title": 80, "what": 150, "who": 110, "standing": 110, "name": 40, "address": 40}


@dataclass(frozen=True)
class Sheet:
    """What is on the sheet, in the reader's language; the agency's own words stay Chinese."""

    title: str
    agency: str
    standing: str
    facts: list[Fact]
    notice: Entry
    code: qr.Code
    address: str
    verify: str

    @property
    def is_long(self) -> bool:
        """Whether all is set smaller, so that it stays one sheet."""
        told = sum(_room(fact.text) for fact in self.facts)
        return _room(self.title) > LONG_TITLE or told > LONG

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the notice in groups of eight, as people compare them."""
        digest = bytes(self.notice.leaf_hash).hex()
        return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


@require_safe
def wall(request: HttpRequest, ocid: str) -> HttpResponse:
    """The sheet of one tender, as it stands now; what is only planned has none."""
    told = Story(*find(ocid), now())
    calls = [entry for entry in told.entries if entry.kind in CALLS]
    if not calls:
        raise Http404
    return render(request, "public/wall.html", {"story": told, "sheet": _sheet(told, calls[-1])})


def _sheet(told: Story, notice: Entry) -> Sheet:
    address = absolute(reverse("public:tender", args=[told.ocid]))
    return Sheet(
        title=cut(told.listing.title, LONGEST["title"]),
        agency=cut(told.listing.agency_name, LONGEST["name"]),
        standing=cut(told.sentence, LONGEST["standing"]),
        facts=[*_what(told), *_whom_to_ask(told)],
        notice=notice,
        code=qr.code(address),
        address=address,
        verify=absolute(reverse("public:notice-verify", args=[notice.release_id])),
    )


def _what(told: Story) -> list[Fact]:
    """Return what is bought, for whom, where, for how much, and who may take part."""
    listing, tender = told.listing, told.tender
    plain = listing.summary or tender.get("description", "")
    method, hosted = tender.get("procurementMethod", ""), tender.get("hostedGroupsMayBid")
    facts = (
        Fact(_("要做什么"), cut(plain, LONGEST["what"]), is_content=True),
        Fact(_("服务谁"), words.populations(listing.populations)),
        Fact(_("地区"), places.names(listing.regions[:4])),
        Fact(_("预算"), yuan(listing.budget)),
        Fact(_("谁可以投标"), words.who_may_bid(method, hosted=bool(hosted)) if method else ""),
        Fact(
            _("资格要求"),
            cut(tender.get("eligibilityCriteria", ""), LONGEST["who"]),
            is_content=True,
        ),
    )
    return [fact for fact in facts if fact.text]


def _whom_to_ask(told: Story) -> list[Fact]:
    """Return how to ask, and the office with its telephone."""
    office = sections.office(told.record)
    point = office.get("contactPoint", {})
    address = office.get("address", {}).get("streetAddress", "")
    name = " ".join(filter(None, (point.get("name"), point.get("telephone"))))
    facts = (
        Fact(_("怎样提问"), _asking(told)),
        Fact(_("电话"), cut(name, LONGEST["name"]), is_content=True),
        Fact(_("地址"), cut(address, LONGEST["address"]), is_content=True),
    )
    return [fact for fact in facts if fact.text]


def _asking(told: Story) -> str:
    until = told.listing.enquiry_period_end
    if until and told.at > until:
        return _("提问已经截止。问题和答复都在网页上，谁都可以看。")
    if until is None or not told.is_open:
        return ""
    when = {"when": moment(until)}
    return _("%(when)s 以前，扫码在网页上提问，答复给所有人看。也可以打电话问怎样参加。") % when


def _room(text: str) -> float:
    """Return how much room a text takes, in Chinese characters; a Latin letter takes half."""
    return sum(0.5 if letter.isascii() else 1 for letter in text)


def cut(text: str, most: int) -> str:
    """Return a text on one line, cut where the sheet has no more room for it."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 2].rstrip()}……"
