"""Addresses of the component page."""

from django.urls import path

from procurement.web.components import views

app_name = "components"

urlpatterns = [
    path("", views.index, name="index"),
]
