"""Addresses of the two logs: their page, and what programs and witnesses ask for."""

from django.urls import path, register_converter

from procurement.publication.tree import Log
from procurement.web.public import log_cosigning, log_files, log_pages, receipt_page


class LogName:
    """A log in an address: /log/notices/, /log/receipts/."""

    regex = "notices|receipts"

    def to_python(self, value: str) -> Log:
        """Return the log of a name."""
        return Log[value.upper()]

    def to_url(self, value: Log) -> str:
        """Return the name of a log."""
        return Log(value).name.lower()


register_converter(LogName, "log")

urlpatterns = [
    path("log/", log_pages.log, name="log"),
    path("log/keys", log_files.keys, name="log-keys"),
    path("log/<log:log>/checkpoint", log_files.checkpoint, name="log-checkpoint"),
    path("log/<log:log>/heads/<int:size>", log_files.head, name="log-head"),
    path("log/<log:log>/entries/<int:index>", log_files.entry, name="log-entry"),
    path("log/<log:log>/proof/<int:index>", log_files.proof, name="log-proof"),
    path("log/<log:log>/proof/<int:index>.json", log_files.proof, name="log-proof-json"),
    path(
        "log/<log:log>/consistency/<int:old>/<int:new>",
        log_files.consistency,
        name="log-consistency",
    ),
    path(
        "log/<log:log>/consistency/<int:old>/<int:new>.json",
        log_files.consistency,
        name="log-consistency-json",
    ),
    path("log/<log:log>/tile/entries/<path:place>", log_files.bundle, name="log-bundle"),
    path("log/<log:log>/tile/<str:level>/<path:place>", log_files.tile, name="log-tile"),
    path("log/<log:log>/cosignatures/", log_cosigning.cosignatures, name="log-cosignatures"),
    path("notices/<slug:release_id>/verify/", log_pages.notice, name="notice-verify"),
    path("verify/", receipt_page.receipt, name="receipt-check"),
]
