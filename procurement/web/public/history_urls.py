"""Addresses of imported history; the public audience includes them."""

from django.urls import path

from procurement.web.public import history

urlpatterns = [
    path("history/", history.history_list, name="history-list"),
    path("history/<int:pk>/", history.history, name="history"),
]
