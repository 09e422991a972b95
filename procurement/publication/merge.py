"""Releases folded into one record, by the standard's own merging library."""

import json
from collections.abc import Mapping
from typing import Any, cast

from ocdsmerge.merge import Merger

from procurement.publication.models import Entry

# Fields merged as a whole list or left out, among those this portal publishes (OCDS 1.1 merging,
# "whole list merge" and "discarded fields"). Arrays of objects with an id merge by id.
_WHOLE = "wholeListMerge"
_OMIT = "omitWhenMerged"
MERGE_RULES: dict[tuple[str, ...], str] = {
    ("tag",): _OMIT,
    ("date",): _OMIT,
    ("id",): _OMIT,
    ("parties", "roles"): _WHOLE,
    ("tender", "submissionMethod"): _WHOLE,
    ("tender", "additionalProcurementCategories"): _WHOLE,
    ("tender", "items", "additionalClassifications"): _WHOLE,
    ("tender", "items", "deliveryLocation", "gazetteer", "identifiers"): _WHOLE,
    ("tender", "lots", "awardCriteria", "criteria"): _WHOLE,
    ("tender", "awardCriteria", "criteria"): _WHOLE,
    ("tender", "selectionCriteria", "criteria"): _WHOLE,
    ("tender", "procurementMethodRationaleClassifications"): _WHOLE,
    ("awards", "relatedLots"): _WHOLE,
    ("bids", "details", "relatedLots"): _WHOLE,
    ("tender", "amendments", "changes"): _WHOLE,
}
_MERGER = Merger(merge_rules=MERGE_RULES)


def fold(compiled: Mapping[str, Any] | None, release: Mapping[str, Any]) -> dict[str, Any]:
    """Return the compiled release after one more release; `compiled` is None for the first.

    A field that a release says as null is left out, and so is an object that has none left.
    """
    releases = [dict(compiled), dict(release)] if compiled else [dict(release)]
    folded = _whole(_MERGER.create_compiled_release(releases))
    return cast("dict[str, Any]", folded)


def _whole(value: object) -> object:
    """Return a value without the empty objects that fields taken back leave behind."""
    match value:
        case dict():
            kept = ((key, _whole(inner)) for key, inner in value.items())
            return {key: inner for key, inner in kept if inner != {}}
        case list():
            return [_whole(each) for each in value]
    return value


def release_of(entry: Entry) -> dict[str, Any]:
    """Return the release an entry holds."""
    release: dict[str, Any] = json.loads(bytes(entry.body))
    return release
