"""Addresses of what is looked at rather than read: figures, and the calendar of deadlines."""

from django.urls import path

from procurement.web.public import deadlines, figures

urlpatterns = [
    path("figures/", figures.figure_page, name="figures"),
    path("calendar/", deadlines.calendar, name="deadlines"),
]
