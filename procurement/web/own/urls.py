"""Addresses of a person's own pages, below /account/."""

from django.urls import path

from procurement.web.own import inbox, watches

app_name = "own"

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/open/", inbox.open_message, name="inbox-open"),
    path("watches/", watches.watch_list, name="watch-list"),
    path("watches/new/", watches.new, name="watch-new"),
    path("watches/<int:pk>/", watches.watch, name="watch"),
    path("watches/<int:pk>/end/", watches.end, name="watch-end"),
]
