"""Addresses below /practice/, each behind `in_rehearsal`."""

from django.urls import path

from portal.practice import views

app_name = "practice"

urlpatterns = [
    path("", views.home, name="home"),
    path("part/", views.take_part, name="part"),
    path("forward/", views.move, name="forward"),
    path("begin/", views.begin, name="begin"),
    path("<str:ocid>/", views.journey_page, name="journey"),
]
