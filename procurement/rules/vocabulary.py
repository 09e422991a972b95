"""The closed lists of words a rulebook is written in."""

from enum import StrEnum


class Kind(StrEnum):
    """The shape of a demand; one function of the engine answers each."""

    MIN_INTERVAL = "min-interval"
    MAX_INTERVAL = "max-interval"
    REQUIRED_FIELD = "required-field"
    REQUIRED_NOTICE = "required-notice"
    MIN_COUNT = "min-count"
    MAX_RATIO = "max-ratio"
    MIN_RATIO = "min-ratio"
    RATIO_RANGE = "ratio-range"
    FORBIDDEN_VALUE = "forbidden-value"
    REQUIRED_ROLE = "required-role"
    EXCLUSION = "exclusion"


class Severity(StrEnum):
    """`block` refuses the act; `breach` goes on the public record."""

    BLOCK = "block"
    BREACH = "breach"


class Override(StrEnum):
    """Whether the text allows exceptions (原则上, 一般) when the reason is recorded."""

    NONE = "none"
    REASON_REQUIRED = "reason-required"


class LegalForce(StrEnum):
    """The rank of the instrument a rule comes from."""

    LAW = "law"
    ADMINISTRATIVE_REGULATION = "administrative-regulation"
    MINISTRY_RULE = "ministry-rule"
    NORMATIVE_DOCUMENT = "normative-document"
    PORTAL_POLICY = "portal-policy"


class Verification(StrEnum):
    """How far the wording of a rule was checked against its source."""

    FULL_TEXT = "full-text"
    QUOTATION = "quotation"
    SECONDARY = "secondary"
    NONE = "none"
    PORTAL_POLICY = "portal-policy"

    @property
    def is_policy(self) -> bool:
        """There is no statute to verify: the rule is the portal's own."""
        return self is Verification.PORTAL_POLICY

    @property
    def is_read(self) -> bool:
        """The provision itself was read, in full or in a near-verbatim quotation."""
        return self in (Verification.FULL_TEXT, Verification.QUOTATION)


class Unit(StrEnum):
    """What a figure counts."""

    CALENDAR_DAY = "calendar-day"
    WORKING_DAY = "working-day"
    YEAR = "year"
    RATIO = "ratio"
    RATIO_POOL_TO_DRAWN = "ratio-pool-to-drawn"
    RATIO_OF_OPEN_TENDER_THRESHOLD = "ratio-of-open-tender-threshold"
    SUPPLIER = "supplier"
    BIDDER = "bidder"
    PERSON = "person"
    RESPONDENT = "respondent"


class Phase(StrEnum):
    """The part of a procurement's life a rule belongs to."""

    PLANNING = "planning"
    PUBLICATION = "publication"
    TENDER = "tender"
    ENQUIRY = "enquiry"
    ELIGIBILITY = "eligibility"
    EVALUATION = "evaluation"
    AWARD = "award"
    CHALLENGE = "challenge"
    COMPLAINT = "complaint"
    CONTRACT = "contract"
    IMPLEMENTATION = "implementation"
    RECORDS = "records"


class Outcome(StrEnum):
    """The answer to "was this rule kept?": `unknown` means cannot tell, never broken."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


class Instrument(StrEnum):
    """What the winner signs."""

    CONTRACT = "contract"
    GRANT = "grant"


class OcdsMethod(StrEnum):
    """OCDS `tender.procurementMethod`: who could take part."""

    OPEN = "open"
    SELECTIVE = "selective"
    LIMITED = "limited"
    DIRECT = "direct"


class AwardBy(StrEnum):
    """What decides between bids."""

    SCORE = "score"
    LOWEST_PRICE = "lowest-price"
    SCORE_OR_LOWEST = "score-or-lowest"
    AGREED = "agreed"


class Source(StrEnum):
    """Whether a method rests on statute or on the portal's own policy."""

    STATUTE = "statute"
    POLICY = "policy"
