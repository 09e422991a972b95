"""Addresses below /oversight/breaches/: what was late in the province."""

from django.urls import path

from procurement.web.oversight import breaches

app_name = "breaches"

urlpatterns = [
    path("", breaches.breach_list, name="home"),
    path("<int:pk>/", breaches.breach, name="breach"),
]
