"""Addresses of the opening keys: sets, cards, drills."""

from django.urls import path

from procurement.web.agency import ceremony, key_cards, key_drills, keys

SET = "keys/<int:pk>/"
CARD = f"{SET}cards/<slug:member>/"
DRILL = f"{SET}drills/<int:drill>/"

urlpatterns = [
    path("tenders/<str:ocid>/ceremony/", ceremony.ceremony, name="ceremony"),
    path("keys/", keys.key_list, name="key-list"),
    path("keys/new/", keys.key_new, name="key-new"),
    path(SET, keys.key_set, name="key-set"),
    path(f"{SET}publish/", keys.key_publish, name="key-publish"),
    path(f"{SET}retire/", keys.key_retire, name="key-retire"),
    path(CARD, key_cards.card, name="key-card"),
    path(f"{CARD}make/", key_cards.make, name="key-card-make"),
    path(f"{CARD}confirm/", key_cards.confirm, name="key-card-confirm"),
    path(f"{CARD}lost/", key_cards.lost, name="key-card-lost"),
    path(f"{SET}drills/new/", key_drills.drill_new, name="key-drill-new"),
    path(DRILL, key_drills.drill, name="key-drill"),
    path(f"{DRILL}stop/", key_drills.drill_stop, name="key-drill-stop"),
]
