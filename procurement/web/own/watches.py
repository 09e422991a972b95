"""What a person watches: the list, beginning one, changing how soon it tells, ending it."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations import instants
from organizations.refusals import NotFound
from organizations.web.access import signed_in
from organizations.web.requests import MemberRequest
from procurement.watches import actions, queries
from procurement.watches.models import Kind, Pace, Watch
from procurement.watches.searches import search

SOONEST = {Kind.TENDER: Pace.AT_ONCE, Kind.AGENCY: Pace.DAILY, Kind.SEARCH: Pace.DAILY}


class PaceForm(forms.Form):
    """How soon to be told."""

    pace = forms.ChoiceField(
        label=_("什么时候告诉您"),
        choices=Pace.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择什么时候告诉您。")},
    )


@dataclass(frozen=True)
class Row:
    """One thing that is, or can be, watched, as the pages show it."""

    kind: Kind
    subject: str
    title: str
    watch: Watch | None = None

    @property
    def name(self) -> str:
        """Its title; a search in words."""
        return self.title or search().in_words(self.subject) or str(_("所有新的采购项目"))

    @property
    def url(self) -> str:
        """Its public page."""
        if self.kind is Kind.SEARCH:
            return f"{reverse('public:tender-list')}?{self.subject}"
        page = "public:tender" if self.kind is Kind.TENDER else "public:organization"
        return reverse(page, args=[self.subject])


def row_of(watch: Watch) -> Row:
    """Return a watch as the pages show it."""
    return Row(Kind(watch.kind), watch.subject, watch.title, watch)


@require_safe
@signed_in
def watch_list(request: MemberRequest) -> HttpResponse:
    """Everything the person watches; at most as many as one person may."""
    rows = [row_of(watch) for watch in queries.own(request.actor)[: actions.MOST]]
    return render(request, "own/watches.html", {"rows": rows, "most": actions.MOST})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: MemberRequest) -> HttpResponse:
    """Ask how soon to be told of a thing, and begin to watch it."""
    kind, given = _asked(request.GET)
    subject, title = queries.settled(kind, given)
    known = queries.own(request.actor).filter(kind=kind, subject=subject).first()
    if known is not None and request.method != "POST":
        return redirect("own:watch", known.pk)
    form = PaceForm(
        request.POST if request.method == "POST" else None, initial={"pace": SOONEST[kind]}
    )
    row = Row(kind, subject, title)
    if request.method == "POST" and form.is_valid():
        pace = Pace(form.cleaned_data["pace"])
        try:
            actions.watch(kind, subject, pace=pace, by=request.actor, at=instants.now())
        except actions.TooMany as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("已关注：%(name)s。") % {"name": row.name})
            return redirect("own:watch-list")
    return render(request, "own/watch_new.html", {"form": form, "row": row})


def _asked(query: QueryDict) -> tuple[Kind, str]:
    """Return which thing an address names."""
    for kind in Kind:
        if kind.value in query:
            return kind, query.get(kind.value, "")
    raise NotFound


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def watch(request: MemberRequest, pk: int) -> HttpResponse:
    """Show one watch, and change how soon it tells."""
    found = get_object_or_404(queries.own(request.actor), pk=pk)
    form = PaceForm(
        request.POST if request.method == "POST" else None, initial={"pace": found.pace}
    )
    if request.method == "POST" and form.is_valid():
        actions.change(found, pace=Pace(form.cleaned_data["pace"]), by=request.actor)
        messages.success(request, _("已保存。"))
        return redirect("own:watch-list")
    return render(request, "own/watch.html", {"form": form, "row": row_of(found)})


@require_POST
@signed_in
def end(request: MemberRequest, pk: int) -> HttpResponse:
    """End a watch."""
    found = queries.own(request.actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    name = row_of(found).name
    actions.unwatch(found, by=request.actor)
    messages.success(request, _("已不再关注：%(name)s。") % {"name": name})
    return redirect("own:watch-list")
