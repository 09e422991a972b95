"""Addresses below /oversight/rules/: who changes the book, and how."""

from django.urls import path

from procurement.web.oversight import book, years

app_name = "book"

urlpatterns = [
    path("", book.home, name="home"),
    path("changes/new/", book.change_new, name="change-new"),
    path("changes/<int:pk>/", book.change, name="change"),
    path("changes/<int:pk>/approve/", book.change_approve, name="change-approve"),
    path("changes/<int:pk>/decline/", book.change_decline, name="change-decline"),
    path("years/new/", years.year_new, name="year-new"),
    path("years/<int:pk>/", years.year, name="year"),
    path("years/<int:pk>/confirm/", years.year_confirm, name="year-confirm"),
    path("years/<int:pk>/decline/", years.year_decline, name="year-decline"),
]
