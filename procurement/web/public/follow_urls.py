"""Addresses of feeds, calendars and the sheet for the wall: how people hear of it in time."""

from django.urls import path

from procurement.web.public import calendars, feeds, wall

urlpatterns = [
    path("tenders.atom", feeds.tenders, name="tender-feed"),
    path("awards.atom", feeds.awards, name="award-feed"),
    path("breaches.atom", feeds.breaches, name="breach-feed"),
    path("tenders/<slug:ocid>.atom", feeds.notices, name="notice-feed"),
    path("tenders.ics", calendars.tenders, name="tender-calendar"),
    path("tenders/<slug:ocid>.ics", calendars.tender, name="calendar"),
    path("tenders/<slug:ocid>/wall/", wall.wall, name="wall"),
]
