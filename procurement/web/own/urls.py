"""Addresses of a person's own pages, below /account/."""

from django.urls import path

from procurement.web.own import contacts, hooks, inbox, mail, watches

app_name = "own"

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/open/", inbox.open_message, name="inbox-open"),
    path("watches/", watches.watch_list, name="watch-list"),
    path("watches/new/", watches.new, name="watch-new"),
    path("watches/<int:pk>/", watches.watch, name="watch"),
    path("watches/<int:pk>/end/", watches.end, name="watch-end"),
    path("watches/<int:pk>/hook/", hooks.hook, name="hook"),
    path("watches/<int:pk>/hook/try/", hooks.try_again, name="hook-try"),
    path("watches/<int:pk>/hook/end/", hooks.end, name="hook-end"),
    path("mail/", mail.mail, name="mail"),
    path("contacts/", contacts.contact_list, name="contact-list"),
    path("contacts/<slug:channel>/", contacts.contact, name="contact"),
    path("contacts/<slug:channel>/confirm/", contacts.confirm, name="contact-confirm"),
    path("contacts/<slug:channel>/end/", contacts.end, name="contact-end"),
]
