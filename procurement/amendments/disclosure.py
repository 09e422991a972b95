"""What the public sees of an amendment: the new values, and before beside after."""

from dataclasses import dataclass
from datetime import datetime

from procurement.amendments.models import Amendment
from procurement.ocds import fragments
from procurement.ocds.fragments import Fragment
from procurement.publication.log import REMOVED
from procurement.pulse.models import Outage
from procurement.pulse.rule import TEXT
from procurement.rules import SHANGHAI


@dataclass(frozen=True)
class _Now:
    """What the tender says after the amendment; what it no longer says is taken back."""

    amendment: Amendment

    def says(self, name: str, value: object) -> object:
        """Return a value, or REMOVED when the amendment emptied its field."""
        change = self.amendment.changes.get(name)
        return REMOVED if change and not change["after"] else value


def amendment_notice(
    amendment: Amendment, number: int, at: datetime, receipt: Fragment
) -> Fragment:
    """Return the sections of an amendment release: the new values, and before beside after."""
    tender, now = amendment.tender, _Now(amendment)
    contact = {
        "name": now.says("contact_name", tender.contact_name),
        "telephone": now.says("contact_telephone", tender.contact_telephone),
    }
    return {
        "parties": [
            fragments.party(tender.procuring_entity, "buyer", "procuringEntity", "payer")
            | {"contactPoint": contact}
        ],
        "tender": {
            "id": tender.ocid,
            "description": now.says("description", tender.description),
            "quantityDescription": now.says("quantity", tender.quantity),
            "tenderPeriod": fragments.period(None, tender.tender_period_end),
            "enquiryPeriod": fragments.period(None, tender.enquiry_period_end),
            "awardPeriod": {
                "startDate": tender.tender_period_end,
                "endDate": now.says(
                    "award_expected_date", fragments.end_of_day(tender.award_expected_date)
                ),
            },
            "contractPeriod": {
                "startDate": now.says(
                    "contract_start", fragments.start_of_day(tender.contract_start)
                ),
                "endDate": now.says("contract_end", fragments.end_of_day(tender.contract_end)),
            },
            "bidOpening": {
                "date": tender.tender_period_end,
                "address": {"streetAddress": now.says("opening_address", tender.opening_address)},
            },
            "amendments": [_change(amendment, number, at)],
        },
        "notice": {"receipt": receipt},
    }


def outage_rationale(outage: Outage) -> str:
    """Return why the clock moves a deadline on: when the portal was away, and the rule.

    Part of the public record, and so in Chinese.
    """
    began, ended = (
        each.astimezone(SHANGHAI) for each in (outage.portal_began_at, outage.portal_ended_at)
    )
    seconds = round((outage.ended_at - outage.began_at).total_seconds())
    return (
        f"平台在 {began:%Y-%m-%d %H:%M:%S} 至 {ended:%Y-%m-%d %H:%M:%S} 之间有 {seconds} 秒"
        f"不能接收投标，按公布的规则延后投标截止时间。{TEXT}"
    )


def _change(amendment: Amendment, number: int, at: datetime) -> Fragment:
    """Return what was changed and why, each value before beside after."""
    return {
        "id": str(number),
        "date": at,
        "rationale": amendment.rationale,
        "description": "；".join(
            f"{change['label']}：{change['before'] or '（无）'} → {change['after'] or '（无）'}"
            for change in amendment.changes.values()
        ),
        "differences": [
            {
                "id": name,
                "title": change["label"],
                "before": change["before"],
                "after": change["after"],
            }
            for name, change in amendment.changes.items()
        ],
    }
