"""Addresses of the deciding desk: answers, the opening, the panel, the award."""

from django.urls import path

from procurement.web.agency import answering, deciding, deciding_award, deciding_panel

TENDER = "tenders/<str:ocid>/"

urlpatterns = [
    path("enquiries/", answering.enquiry_list, name="enquiry-list"),
    path("enquiries/<int:pk>/", answering.enquiry_answer, name="enquiry-answer"),
    path(f"{TENDER}opening/", deciding.opening, name="opening"),
    path(f"{TENDER}bids/<str:receipt_number>/", deciding.bid, name="bid"),
    path(f"{TENDER}files/<int:file_id>/", deciding.bid_file, name="bid-file"),
    path(f"{TENDER}panel/", deciding_panel.panel, name="panel"),
    path(f"{TENDER}panel/<int:seat_id>/release/", deciding_panel.release, name="panel-release"),
    path(f"{TENDER}award/", deciding_award.award, name="award"),
]
