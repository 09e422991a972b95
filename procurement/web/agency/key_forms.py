"""Forms of the opening keys: a name, a holder, digits typed back, witnesses, reasons."""

from collections.abc import Iterable, Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from procurement.keycards.models import KeyCard

AGENCY, ELSEWHERE = "agency", "elsewhere"


class SetForm(forms.Form):
    """What a set is called."""

    use_required_attribute = False
    label = forms.CharField(
        label=_("这套钥匙叫什么"),
        help_text=_("会向公众公开，例如“2027 年度开标钥匙”。"),
        max_length=80,
        error_messages={"required": _("请给这套钥匙起个名字，例如“2027 年度开标钥匙”。")},
    )


class HolderForm(forms.Form):
    """Who holds a card."""

    use_required_attribute = False
    holder = forms.CharField(
        label=_("持卡人姓名"),
        help_text=_("会向公众公开。请先得到本人同意。"),
        max_length=60,
        error_messages={"required": _("请写持卡人的姓名，会向公众公开。")},
    )
    affiliation = forms.CharField(
        label=_("所在单位"),
        help_text=_("例如“县卫生健康局”“县审计局”“县社会组织联合会”。"),
        max_length=120,
        error_messages={"required": _("请写持卡人所在的单位，例如“县审计局”。")},
    )
    whose = forms.ChoiceField(
        label=_("这个人是哪边的"),
        choices=[(AGENCY, _("本单位的人")), (ELSEWHERE, _("外单位的人"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选这个人是不是本单位的。")},
    )


class DigitsForm(forms.Form):
    """The digits of a card as its holder types them; shown again only to correct them."""

    use_required_attribute = False
    digits = forms.CharField(
        label=_("卡上的数字"),
        help_text=_("8 组，每组 6 位，组与组之间空一格。也可以用扫码枪扫卡上的二维码。"),
        max_length=400,
        widget=forms.Textarea(
            {
                "rows": 3,
                "class": "digits",
                "inputmode": "numeric",
                "autocomplete": "off",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": _("请输入卡上的数字，8 组，每组 6 位。")},
    )


class CardForm(DigitsForm):
    """Which card, and its digits."""

    card = forms.ChoiceField(
        label=_("谁的卡"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("请选这是谁的卡。"),
            "invalid_choice": _("这张卡不能用在这一步，请从列出的持卡人里选择。"),
        },
    )
    field_order: Iterable[str] = ("card", "digits")

    def __init__(self, cards: Iterable[KeyCard], data: Mapping[str, object] | None = None) -> None:
        super().__init__(data)
        self.cards = {card.member: card for card in cards}
        field = self.fields["card"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
        field.choices = [
            (card.member, f"{card.holder}（{card.affiliation}） {card.member}")
            for card in self.cards.values()
        ]

    def chosen(self) -> KeyCard:
        """Return the card that was chosen."""
        return self.cards[self.cleaned_data["card"]]


class WitnessesForm(forms.Form):
    """Who watches."""

    use_required_attribute = False
    witnesses = forms.CharField(
        label=_("见证人"),
        help_text=_("至少两位，姓名用顿号分开。会向公众公开。"),
        max_length=300,
        error_messages={"required": _("请写至少两位见证人的姓名，用顿号分开，会向公众公开。")},
    )


class ReasonForm(forms.Form):
    """Why a card is lost, a set given up, a drill stopped."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("原因"),
        help_text=_("会向公众公开，请不要写私人情况。"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("请写明原因，会向公众公开。")},
    )
