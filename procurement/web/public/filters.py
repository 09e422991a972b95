"""What lists can be narrowed by. The address holds the whole state; nothing is remembered."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from organizations.register import pairs
from organizations.register.pairs import Pairs
from organizations.terms import Population, Service
from procurement.publication import queries
from procurement.publication.models import AwardListing, Listing
from procurement.publication.queries import Facet, State
from procurement.rules import SHANGHAI
from procurement.web.public import places, words
from procurement.web.widgets import DateInput, MoneyInput

NEWEST, CLOSING = "newest", "closing"
LONGEST = 100  # characters of a word to look for
FIRST, LAST = date(1990, 1, 1), date(2999, 12, 31)  # days beyond are the same question
ORDERS = {NEWEST: "-tender_period_start", CLOSING: "tender_period_end"}
ANY = _("不限")
ORDER_NAMES = [(NEWEST, _("最新公告在前")), (CLOSING, _("最快截止在前"))]
WITHOUT = "without_"  # before the name of a filter: how many there would be without it


def _state_choices() -> list[tuple[str, Any]]:
    return [(state.value, words.STATES[state]) for state in State]


class ListFilter(filters.FilterSet):  # type: ignore[misc]
    """A filter set that can leave one question out: how facets count."""

    def without(self, name: str) -> QuerySet[Any]:
        """Return the rows that every filter but one keeps."""
        found: QuerySet[Any] = self.queryset.all()
        for each, value in self.cleaned().items():
            if each != name:
                found = self.filters[each].filter(found, value)
        return found

    def cleaned(self) -> dict[str, Any]:
        """Return what was understood of the address, mistakes left out."""
        self.form.is_valid()
        return dict(self.form.cleaned_data)

    def chosen(self) -> dict[str, Any]:
        """Return the filters that are set, in order."""
        return {name: v for name, v in self.cleaned().items() if v not in (None, "", [])}


class TenderFilter(ListFilter):
    """Tenders by words, state, kind, place, people, money, dates and agency."""

    q = filters.CharFilter(label=_("词语"), method="by_words", max_length=LONGEST)
    status = filters.ChoiceFilter(
        label=_("状态"), choices=_state_choices, method="by_state", empty_label=ANY
    )
    region = filters.ChoiceFilter(
        label=_("地区"), choices=places.choices, method="by_region", empty_label=ANY
    )
    service = filters.ChoiceFilter(
        label=_("服务"),
        choices=Service.choices,
        field_name="services",
        method="by_code",
        empty_label=ANY,
    )
    population = filters.ChoiceFilter(
        label=_("服务人群"),
        choices=Population.choices,
        field_name="populations",
        method="by_code",
        empty_label=ANY,
    )
    method = filters.ChoiceFilter(label=_("采购方式"), choices=words.methods, empty_label=ANY)
    budget_from = filters.NumberFilter(
        label=_("预算不少于"), field_name="budget", lookup_expr="gte", widget=MoneyInput
    )
    budget_to = filters.NumberFilter(
        label=_("预算不超过"), field_name="budget", lookup_expr="lte", widget=MoneyInput
    )
    closes_from = filters.DateFilter(
        label=_("截止不早于"), field_name="tender_period_end", widget=DateInput, method="from_day"
    )
    closes_to = filters.DateFilter(
        label=_("截止不晚于"), field_name="tender_period_end", widget=DateInput, method="to_day"
    )
    agency = filters.CharFilter(label=_("采购人"), method="by_agency", max_length=LONGEST)
    sort = filters.ChoiceFilter(
        label=_("排序"),
        choices=ORDER_NAMES,
        empty_label=None,
        method="by_order",
    )

    def __init__(self, data: Mapping[str, Any], at: datetime) -> None:
        self.at = at
        super().__init__(data, queries.tenders())

    def by_words(self, found: QuerySet[Listing], _name: str, value: str) -> QuerySet[Listing]:
        """Keep the rows in which the words occur."""
        return queries.matching(found, value)

    def by_state(self, found: QuerySet[Listing], _name: str, value: str) -> QuerySet[Listing]:
        """Keep the rows that stand there now."""
        return found.filter(queries.in_state(value, self.at))

    def by_region(self, found: QuerySet[Listing], _name: str, value: str) -> QuerySet[Listing]:
        """Keep what is for a place: in it, in a part of it, or in the whole around it."""
        return found.filter(regions__overlap=places.covering(value))

    def by_code(self, found: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        """Keep the rows whose list of codes holds this one."""
        return found.filter(**{f"{name}__contains": [value]})

    def from_day(self, found: QuerySet[Listing], name: str, value: date) -> QuerySet[Listing]:
        """Keep the deadlines of this day, in Asia/Shanghai, and later ones."""
        return found.filter(**{f"{name}__gte": _midnight(value)})

    def to_day(self, found: QuerySet[Listing], name: str, value: date) -> QuerySet[Listing]:
        """Keep the deadlines of this day, to its end, and earlier ones."""
        return found.filter(**{f"{name}__lt": _midnight(min(value, LAST) + timedelta(days=1))})

    def by_agency(self, found: QuerySet[Listing], _name: str, value: str) -> QuerySet[Listing]:
        """Keep an agency's rows: by its number, or by words of its name."""
        return found.filter(Q(agency_id=value) | Q(agency_name__icontains=value))

    def by_order(self, found: QuerySet[Listing], _name: str, value: str) -> QuerySet[Listing]:
        """Closing soonest is a question about what is still open for bids."""
        if value == CLOSING:
            return found.filter(tender_period_end__gte=self.at)
        return found

    @property
    def order(self) -> str:
        """Return the field that orders the rows; what is only planned has no tender date yet."""
        if self.cleaned().get("status") == State.PLANNED:
            return "-planned_at"
        return ORDERS.get(self.cleaned().get("sort") or NEWEST, ORDERS[NEWEST])

    def rows(self) -> QuerySet[Listing]:
        """Return what the list shows."""
        return self.called(self.qs)

    def called(self, found: QuerySet[Listing]) -> QuerySet[Listing]:
        """Leave out what is only planned, unless it was asked for."""
        if self.cleaned().get("status") == State.PLANNED:
            return found.filter(planned_at__isnull=False)
        return found.filter(tender_period_start__isnull=False)

    def facets(self) -> dict[str, Facet]:
        """Return how many of each there would be, each facet without its own filter."""
        open_to_all = self.without("status").filter(
            Q(tender_period_start__isnull=False) | Q(status="planned")
        )
        return {
            "total": queries.total(self.rows()),
            "status": queries.state_facet(open_to_all, self.at),
            "service": Facet(self.called(self.without("service")), "services", is_array=True),
            "population": Facet(
                self.called(self.without("population")), "populations", is_array=True
            ),
            "method": Facet(self.called(self.without("method")), "method"),
            "region": Facet(
                self.called(self.without("region")), "regions", is_array=True, prefix=4
            ),
        }

    def loosened(self) -> dict[str, Facet]:
        """Return, for each filter that is set, how many there would be without it."""
        return {
            f"{WITHOUT}{name}": queries.total(self.called(self.without(name)))
            for name in self.chosen()
            if name != "sort"
        }


class AwardFilter(ListFilter):
    """Awards by words, agency, supplier, place, year, kind and amount."""

    q = filters.CharFilter(label=_("词语"), method="by_words", max_length=LONGEST)
    agency = filters.CharFilter(
        label=_("采购人"), method="by_party", field_name="agency", max_length=LONGEST
    )
    supplier = filters.CharFilter(
        label=_("供应商"), method="by_party", field_name="supplier", max_length=LONGEST
    )
    region = filters.ChoiceFilter(
        label=_("地区"), choices=places.choices, method="by_region", empty_label=ANY
    )
    year = filters.NumberFilter(
        label=_("年份"), method="by_year", min_value=1990, max_value=2999, decimal_places=0
    )
    method = filters.ChoiceFilter(label=_("采购方式"), choices=words.methods, empty_label=ANY)
    amount_from = filters.NumberFilter(
        label=_("金额不少于"), field_name="amount", lookup_expr="gte", widget=MoneyInput
    )
    amount_to = filters.NumberFilter(
        label=_("金额不超过"), field_name="amount", lookup_expr="lte", widget=MoneyInput
    )

    def __init__(self, data: Mapping[str, Any], *, are_few: bool = False) -> None:
        self.are_few = are_few  # asked of indexes: the same, but dear where nearly all match
        super().__init__(data, queries.awards())

    @property
    def seeks(self) -> bool:
        """Say whether it asks something that can be asked in two ways."""
        return bool(self.chosen().keys() & {"q", "agency", "supplier"})

    def by_words(
        self, found: QuerySet[AwardListing], _name: str, value: str
    ) -> QuerySet[AwardListing]:
        """Keep the awards whose title, agency, supplier or tender holds each word."""
        saying = queries.awards_indexed_under if self.are_few else queries.awards_saying
        for word in value.split():
            found = found.filter(saying(word))
        return found

    def by_party(
        self, found: QuerySet[AwardListing], name: str, value: str
    ) -> QuerySet[AwardListing]:
        """Keep the awards of an agency or a supplier: by number, or by words of its name."""
        named = Q(**{f"{name}_name__icontains": value})
        if self.are_few:
            found = found.alias(**{f"{name}_pairs": Pairs(f"{name}_name")})
            named &= Q(**{f"{name}_pairs__contains": pairs.of(value)})
        return found.filter(Q(**{f"{name}_id": value}) | named)

    def by_region(
        self, found: QuerySet[AwardListing], _name: str, value: str
    ) -> QuerySet[AwardListing]:
        """Keep what is for a place."""
        return found.filter(regions__overlap=places.covering(value))

    def by_year(
        self, found: QuerySet[AwardListing], _name: str, value: Decimal
    ) -> QuerySet[AwardListing]:
        """Keep one calendar year in Asia/Shanghai."""
        first, following = date(int(value), 1, 1), date(int(value) + 1, 1, 1)
        return found.filter(awarded_at__gte=_midnight(first), awarded_at__lt=_midnight(following))


def _midnight(day: date) -> datetime:
    return datetime.combine(min(max(day, FIRST), LAST), time(0), SHANGHAI)
