"""Which fields a drafter may set, and which of them an amendment may still change."""

from procurement.tenders.parts import CostPolicyLine, Criterion, Expert, Lot

EDITABLE = frozenset(
    {
        "title",
        "summary",
        "description",
        "quantity",
        "services",
        "populations",
        "consultation_summary",
        "consultation_responses",
        "procurement_method",
        "method_rationale",
        "advice_answers",
        "stated_figures",
        "invitation_mode",
        "instrument",
        "award_by",
        "fixed_price",
        "approval_authority",
        "approval_number",
        "approval_date",
        "single_source_supplier",
        "publicity_period_end",
        "value_amount",
        "ceiling_amount",
        "grant_maximum",
        "budget_reference",
        "in_catalogue",
        "catalogue_source",
        "fiscal_year",
        "midterm_years",
        "full_cost_covered",
        "indirect_rate_cap",
        "eligibility",
        "hosted_may_bid",
        "notice_period_end",
        "documents_end",
        "enquiry_period_end",
        "tender_period_end",
        "award_expected_date",
        "contract_start",
        "contract_end",
        "documents_place",
        "documents_method",
        "documents_price",
        "opening_address",
        "opening_policy",
        "contact_name",
        "contact_telephone",
        "challenge_method",
        "challenge_department",
        "challenge_telephone",
        "challenge_address",
        "non_discrimination_declared",
        "negative_list_declared",
        "privacy_checked",
        "sme_reserved",
        "sme_reason",
        "designated_media_url",
        "designated_media_date",
        "rule_reasons",
    }
)

# The pool is frozen for this method and these services, and for the regions; it is drawn once.
FROZEN_BY_DRAW = frozenset({"procurement_method", "invitation_mode", "services"})

# Lists that a draft holds as rows of their own.
PARTS = {
    "lots": Lot,
    "criteria": Criterion,
    "cost_policy": CostPolicyLine,
    "experts": Expert,
}

# A change may not alter the subject or the qualification conditions (MOF Order 87 Art. 27).
AMENDABLE = (
    "description",
    "quantity",
    "enquiry_period_end",
    "tender_period_end",
    "opening_address",
    "contact_name",
    "contact_telephone",
    "award_expected_date",
    "contract_start",
    "contract_end",
)
