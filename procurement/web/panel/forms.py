"""Forms of the panel: the declaration, and the judgement of one offer."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from procurement.evaluation.queries import Judgement
from procurement.tenders.parts import Criterion

YES, NO = "yes", "no"
Typed = Mapping[str, object] | None


class DeclarationForm(forms.Form):
    """Whether there is an interest, and which."""

    has_interest = forms.ChoiceField(
        label=_("您和上面任何一家，有没有这样的关系"),
        widget=forms.RadioSelect,
        choices=[
            (NO, _("没有，和每一家都没有")),
            (YES, _("有。我回避，不参加这次评审")),
        ],
        error_messages={"required": _("请选“没有”或“有”。")},
    )
    declaration = forms.CharField(
        label=_("是什么关系"),
        help_text=_("选“有”的时候写，例如：两年前在这家组织工作过。只有本单位审批人看得到。"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class JudgementForm(forms.Form):
    """Whether an offer meets the requirements, points by criterion, and why not."""

    use_required_attribute = False

    is_responsive = forms.ChoiceField(
        label=_("这份报价符合采购文件的要求吗"),
        widget=forms.RadioSelect,
        choices=[(YES, _("符合要求")), (NO, _("不符合要求，不再打分"))],
        error_messages={"required": _("请选“符合要求”或“不符合要求”。")},
    )
    comment = forms.CharField(
        label=_("意见"),
        help_text=_("选“不符合要求”时一定要写：不符合采购文件的哪一条。"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": _("意见太长，请写在 2,000 字以内。")},
    )

    def __init__(
        self,
        criteria: Sequence[Criterion],
        data: Typed = None,
        *,
        judged: Judgement,
    ) -> None:
        super().__init__(data, initial=_initial(judged))
        self.criteria = criteria
        asked = data is None or data.get("is_responsive") != NO
        for criterion in criteria:
            self.fields[_name(criterion)] = _points(criterion, asked=asked)
        self.order_fields(["is_responsive", *map(_name, criteria), "comment"])

    def points(self) -> dict[int, Decimal]:
        """Return the points that were typed, by criterion."""
        given = {c.pk: self.cleaned_data.get(_name(c)) for c in self.criteria}
        return {key: points for key, points in given.items() if points is not None}


def _name(criterion: Criterion) -> str:
    return f"points_{criterion.pk}"


def _points(criterion: Criterion, *, asked: bool) -> forms.DecimalField:
    label = _("%(name)s（0 到 %(weight)s 分）")
    words = {"name": criterion.name, "weight": criterion.weight}
    outside = _("请打 0 到 %(weight)s 分。") % {"weight": criterion.weight}
    return forms.DecimalField(
        label=label % words,
        help_text=criterion.description,
        required=asked,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        validators=[MinValueValidator(0, outside), MaxValueValidator(criterion.weight, outside)],
        error_messages={
            "required": outside,
            "invalid": _("请写成数字，例如 52 或 52.5。"),
            "max_decimal_places": _("最多写两位小数。"),
        },
    )


def _initial(judged: Judgement) -> dict[str, object]:
    if judged.verdict is None:
        return {}
    points = {f"points_{key}": points for key, points in judged.points.items()}
    return {
        "is_responsive": YES if judged.verdict.is_responsive else NO,
        "comment": judged.verdict.comment,
        **points,
    }
