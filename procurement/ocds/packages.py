"""Releases in the packages that tools read: stored bytes are placed, never made anew."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from ocdsmerge.merge import Merger

from procurement.publication import merge
from procurement.publication.links import absolute
from procurement.publication.log import plain

VERSION = "1.1"
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
PORTAL_EXTENSION = "/static/ocds/extensions/portal/1.0.0/extension.json"
REGISTRY = "https://raw.githubusercontent.com/open-contracting-extensions"
REGISTERED = (
    f"{REGISTRY}/ocds_bid_extension/v1.1.5/extension.json",
    f"{REGISTRY}/ocds_enquiry_extension/v1.1.5/extension.json",
    f"{REGISTRY}/ocds_lots_extension/v1.1.5/extension.json",
    f"{REGISTRY}/ocds_location_extension/v1.1.5/extension.json",
    f"{REGISTRY}/ocds_process_title_extension/v1.1.5/extension.json",
    f"{REGISTRY}/ocds_bidOpening_extension/master/extension.json",
    f"{REGISTRY}/ocds_legalBasis_extension/1.1/extension.json",
    f"{REGISTRY}/ocds_awardCriteria_extension/master/extension.json",
    f"{REGISTRY}/ocds_pagination_extension/master/extension.json",
)

_VERSIONS = Merger(merge_rules=merge.MERGE_RULES)


def extensions() -> list[str]:
    """Return the addresses of the extensions whose fields the releases use."""
    return [*REGISTERED, absolute(PORTAL_EXTENSION)]


def _envelope(uri: str, at: datetime) -> dict[str, Any]:
    """Return what every package says about itself."""
    return {
        "uri": uri,
        "version": VERSION,
        "publishedDate": plain(at),
        "extensions": extensions(),
        "publisher": {"name": str(settings.SITE_NAME_ZH), "uri": absolute("/")},
        "license": LICENSE,
        "publicationPolicy": absolute("/about/"),
    }


def release_package(
    bodies: Iterable[bytes], *, uri: str, at: datetime, following: str = ""
) -> bytes:
    """Return a release package around stored releases, byte for byte as they are in the log.

    `at` is the time of the newest release; `following` the address of the next page, if any.
    """
    head = _envelope(uri, at)
    if following:
        head["links"] = {"next": following}
    opened = json.dumps(head, ensure_ascii=False).encode()[:-1]
    return opened + b', "releases": [' + b",".join(bodies) + b"]}"


def record_package(
    ocid: str, bodies: list[bytes], compiled: Mapping[str, Any], *, uri: str, at: datetime
) -> bytes:
    """Return the record of one process: its releases, merged, and every value's history."""
    releases = [json.loads(body) for body in bodies]
    record = {
        "ocid": ocid,
        "releases": releases,
        "compiledRelease": compiled,
        "versionedRelease": _VERSIONS.create_versioned_release(releases),
    }
    return json.dumps({**_envelope(uri, at), "records": [record]}, ensure_ascii=False).encode()
