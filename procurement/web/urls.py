"""Every address of the procurement app, by audience: the audiences are the trust boundaries."""

from django.urls import include, path

from procurement.web import letters, pulse

letter_urls = [
    path("<uuid:token>/", letters.follow, name="follow"),
    path("<uuid:token>/stop/", letters.stop, name="stop"),
    path("<uuid:token>/end/", letters.end, name="end"),
    path("<uuid:token>/mail/", letters.mail, name="mail"),
    path("<slug:slug>/", letters.short, name="short"),
]

urlpatterns = [
    path("oversight/breaches/", include("procurement.web.oversight.breach_urls")),
    path("oversight/letters/", include("procurement.web.oversight.post_urls")),
    path("oversight/rules/", include("procurement.web.oversight.urls")),
    path("agency/", include("procurement.web.agency.urls")),
    path("panel/", include("procurement.web.panel.urls")),
    path("cso/", include("procurement.web.cso.urls")),
    path("n/", include((letter_urls, "letters"))),
    path("account/", include("procurement.web.own.urls")),
    path("pulse/", include((pulse.urlpatterns, "pulse"))),
    path("design/", include("procurement.web.components.urls")),
    path("", include("procurement.web.public.urls")),
]
