"""What is asked of amendments more than once."""

from datetime import datetime

from procurement import rules
from procurement.amendments.models import Amendment
from procurement.lifecycle import Act, NotNow
from procurement.tenders import queries as tenders
from procurement.tenders.facts import facts
from procurement.tenders.models import Tender


def in_preparation(tender: Tender) -> Amendment | None:
    """Return the amendment that waits for its approval, if there is one."""
    return Amendment.objects.filter(
        tender=tender, published_at__isnull=True, withdrawn_at__isnull=True
    ).first()


def lawful_deadline(amendment: Amendment, *, at: datetime) -> datetime:
    """Return the bid deadline if the amendment were published at the instant.

    It never moves back. A change that may affect how bids are prepared, made too late, moves it
    on (Regulations Art. 31; Caiku 214 Art. 10; MOF Order 74 Art. 29), at the same hour.
    """
    tender = amendment.tender
    end = tender.tender_period_end
    if end is None or tender.published_at is None:
        raise NotNow(Act.PUBLISH_AMENDMENT, tender.stage(at))
    wanted = max(end, amendment.new_tender_period_end or end)
    if not amendment.affects_preparation:
        return wanted
    moved = rules.deadline_after_change(
        rules.load(),
        tender.procurement_method,
        facts(tender, published=tender.published_at) | {"amendment.affectsPreparation": True},
        changed_at=at,
        on=tenders.day(at),
    )
    return wanted if moved is None else max(wanted, tenders.lawful_end(moved, like=end))
