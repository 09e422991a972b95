"""Addresses of the cso audience."""

from django.urls import path

from procurement.web.cso import home, preparing, reading, sealing, submitting, tender

app_name = "cso"

TENDER = "tenders/<str:ocid>/"
RECEIPT = "receipts/<str:receipt_number>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("calls/", home.call_list, name="calls"),
    path("enquiries/", home.enquiry_list, name="enquiries"),
    path("bids/", home.bid_list, name="bids"),
    path(TENDER, tender.tender, name="tender"),
    path(f"{TENDER}ask/", tender.enquiry_ask, name="enquiry-ask"),
    path(f"{TENDER}bid/", preparing.overview, name="bid"),
    path(f"{TENDER}bid/price/", preparing.price, name="bid-price"),
    path(f"{TENDER}bid/files/", preparing.files, name="bid-files"),
    path(f"{TENDER}bid/files/<int:file_id>/remove/", preparing.file_remove, name="bid-file-remove"),
    path(f"{TENDER}bid/check/", submitting.check, name="bid-check"),
    path(f"{TENDER}bid/submit/", submitting.submit, name="bid-submit"),
    path(f"{TENDER}bid/withdraw/", submitting.withdraw, name="bid-withdraw"),
    path(f"{TENDER}bid/seal/", sealing.seal, name="bid-seal"),
    path(f"{TENDER}bid/kit.json", sealing.kit, name="bid-kit"),
    path(f"{TENDER}bid/upload/", sealing.upload, name="bid-upload"),
    path(f"{TENDER}bid/promise/", sealing.promise, name="bid-promise"),
    path(f"{TENDER}bid/deliver/", sealing.deliver, name="bid-deliver"),
    path(f"{TENDER}bid/<slug:slug>/", preparing.text, name="bid-text"),
    path(RECEIPT, reading.receipt, name="receipt"),
    path(f"{RECEIPT}<int:place>.json", reading.receipt_file, name="receipt-file"),
    path(f"{RECEIPT}open/", reading.open_own, name="bid-open"),
    path(f"{RECEIPT}bid/", reading.result, name="bid-result"),
    path(f"{RECEIPT}files/<int:file_id>/", reading.file, name="bid-file"),
]
