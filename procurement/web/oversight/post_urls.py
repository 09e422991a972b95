"""Addresses below /oversight/letters/: how letters went, and what they say."""

from django.urls import path

from procurement.web.oversight import post

app_name = "post"

urlpatterns = [
    path("", post.letter_list, name="home"),
    path("samples/", post.letter_samples, name="samples"),
]
