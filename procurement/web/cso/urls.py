"""Addresses of the cso audience."""

from django.urls import URLPattern

app_name = "cso"

urlpatterns: list[URLPattern] = []
