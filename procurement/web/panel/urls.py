"""Addresses of the panel audience."""

from django.urls import path

from procurement.web.panel import judging, seats

app_name = "panel"

urlpatterns = [
    path("", seats.home, name="home"),
    path("<str:ocid>/", seats.seat, name="seat"),
    path("<str:ocid>/finish/", seats.finish, name="finish"),
    path("<str:ocid>/offers/<int:offer_id>/", judging.offer, name="offer"),
]
