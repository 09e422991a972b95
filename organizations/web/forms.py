"""The four short forms by which a group describes itself; each sets parts of its profile."""

from collections.abc import Collection
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations.csos import queries as csos
from organizations.csos.actions import Profile
from organizations.csos.assessment import Decides, Facts, suggest_type
from organizations.csos.models import (
    FIRST_YEAR,
    INDEPENDENT_FORMS,
    LAST_YEAR,
    CsoType,
    LegalForm,
)
from organizations.regions import queries as regions
from organizations.regions.models import Level, Region
from organizations.register.models import Organization, validate_credit_code
from organizations.terms import Population, Service

OFFICE, CHARTER, ACCOUNTS = "office", "charter", "accounts"


def region_choices() -> list[tuple[str, StrOrPromise | list[tuple[str, str]]]]:
    """Prefectures and counties as grouped choices in the reader's language; none is preset."""
    groups = regions.options(get_language() or settings.LANGUAGE_CODE)
    return [("", _("请选择")), *groups]


def area_choices() -> list[tuple[str, str]]:
    """The province and its prefectures: where a group works, on one screen."""
    language = get_language() or settings.LANGUAGE_CODE
    areas = Region.objects.exclude(level=Level.COUNTY)
    return [(area.code, area.label(language)) for area in areas]


def held_choices(codes: Collection[str]) -> list[tuple[str, str]]:
    """The province and its prefectures, and after them the counties already chosen."""
    language = get_language() or settings.LANGUAGE_CODE
    held = Region.objects.filter(code__in=codes, level=Level.COUNTY)
    return area_choices() + [(area.code, area.label(language)) for area in held]


def host_choices() -> list[tuple[str, StrOrPromise]]:
    """The organisations that may answer for an unregistered group."""
    language = get_language() or settings.LANGUAGE_CODE
    hosts = [(str(host.pk), host.label(language)) for host in csos.hosts()]
    return [("", _("没有，或还没有找到")), *hosts]


class AskedNumber(forms.IntegerField):
    """A number asked of everyone; the form says when it can do without."""

    def clean(self, value: object) -> int | None:
        """Return the number, or None where nothing was typed."""
        return None if value in self.empty_values else super().clean(value)


class AskedChoice(forms.ChoiceField):
    """A choice asked of everyone; the form says when it can do without."""

    def clean(self, value: object) -> str:
        """Return the choice, or nothing where nothing was chosen."""
        return "" if value in self.empty_values else str(super().clean(value))


class NameForm(forms.Form):
    """Step 1: what the group is called, where it is, and what kind of group it is."""

    use_required_attribute = False  # two answers may be left out when a type is chosen

    name = forms.CharField(
        label=_("组织名称"),
        max_length=120,
        help_text=_("有登记证书的，请与证书一致。没有登记的，写大家平时用的名字。"),
    )
    name_en = forms.CharField(label=_("英文名称"), max_length=160, required=False)
    region = forms.ChoiceField(
        label=_("在哪个县（市、区）"),
        choices=region_choices,
        help_text=_("写办公或平时活动的地方。"),
    )
    paid_staff = AskedNumber(
        label=_("领工资的有几个人"),
        min_value=0,
        max_value=9999,
        help_text=_("专职、兼职都算。没有就写 0。"),
    )
    structures = forms.MultipleChoiceField(
        label=_("组织里有哪些"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            (OFFICE, _("固定的办公地点")),
            (CHARTER, _("写下来的章程")),
            (ACCOUNTS, _("自己的账目")),
        ],
    )
    decides = AskedChoice(
        label=_("大事由谁决定"),
        widget=forms.RadioSelect,
        choices=[
            (Decides.MEMBERS, _("参加的人一起商量")),
            (Decides.COORDINATOR, _("一位负责人或几位骨干")),
            (Decides.BOARD, _("按章程产生的理事会")),
        ],
    )
    cso_type = forms.ChoiceField(
        label=_("组织类型"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("", _("请按上面的回答帮我选")), *CsoType.choices],
        help_text=_("类型只用来统计和匹配项目，选哪一种都不影响您的权利，以后可以改。"),
    )

    def clean(self) -> dict[str, Any]:
        """Who does not choose a type answers the questions that suggest one."""
        data = super().clean() or self.cleaned_data
        if not data.get("cso_type") and "cso_type" not in self.errors:
            for name in ("paid_staff", "decides"):
                if data.get(name) in {None, ""} and name not in self.errors:
                    self.add_error(name, _("请回答这一题，或在下面直接选一个类型。"))
        return data

    def facts(self) -> Facts:
        """What was answered about structures, staff and who decides."""
        has = self.cleaned_data["structures"]
        return Facts(
            paid_staff=self.cleaned_data["paid_staff"],
            has_office=OFFICE in has,
            has_charter=CHARTER in has,
            keeps_accounts=ACCOUNTS in has,
            decides=Decides(self.cleaned_data["decides"]),
        )

    def parts(self) -> dict[str, object]:
        """The parts of the profile that this step sets."""
        data = self.cleaned_data
        chosen = data["cso_type"]
        return {
            "name": data["name"],
            "name_en": data["name_en"],
            "region": Region.objects.get(code=data["region"]),
            "cso_type": CsoType(chosen) if chosen else suggest_type(self.facts()),
        }

    @staticmethod
    def initial_of(profile: Profile) -> dict[str, object]:
        """The answers that this profile gives."""
        return {
            "name": profile.name,
            "name_en": profile.name_en,
            "region": profile.region.code,
            "paid_staff": profile.full_time + profile.part_time,
            "cso_type": profile.cso_type,
        }


class StandingForm(forms.Form):
    """Step 2: legal form, credit code, host."""

    legal_form = forms.ChoiceField(
        label=_("登记情况"),
        widget=forms.RadioSelect,
        choices=LegalForm.choices,
        help_text=_("没有登记也欢迎：可以提问、学习，也可以和托管组织一起投标。"),
    )
    uscc = forms.CharField(
        label=_("统一社会信用代码"),
        required=False,
        help_text=_("登记证书上的 18 位代码。没有登记的不用填。"),
    )
    host = forms.ChoiceField(
        label=_("托管组织"),
        required=False,
        choices=host_choices,
        help_text=_(
            "替您签合同、承担责任的组织。它会收到请求，同意以后才能一起投标。还没有找到可以先空着。"
        ),
    )

    def clean_uscc(self) -> str:
        """Spaces and letter case do not matter to the person who copies a certificate."""
        code = str(self.cleaned_data["uscc"]).replace(" ", "").upper()
        if code:
            validate_credit_code(code)
        return code

    def clean(self) -> dict[str, Any]:
        """Legal form, code and host have to fit together."""
        data = super().clean() or self.cleaned_data
        form, code = data.get("legal_form"), data.get("uscc")
        if form in INDEPENDENT_FORMS and code == "":
            self.add_error("uscc", _("已登记的组织请填写 18 位统一社会信用代码，登记证书上有。"))
        if form and form not in INDEPENDENT_FORMS and code:
            self.add_error(
                "uscc",
                _("您选的是“未登记”，不用填信用代码。如果有登记证书，请改选相应的法律形式。"),
            )
        if form and form != LegalForm.HOSTED and data.get("host"):
            self.add_error("host", _("只有“由登记的组织托管”的小组才填写托管组织。"))
        return data

    def parts(self) -> dict[str, object]:
        """The parts of the profile that this step sets."""
        host = self.cleaned_data["host"]
        return {
            "legal_form": LegalForm(self.cleaned_data["legal_form"]),
            "uscc": self.cleaned_data["uscc"] or None,
            "host": Organization.objects.get(pk=host) if host else None,
        }

    @staticmethod
    def initial_of(profile: Profile) -> dict[str, object]:
        """The answers that this profile gives."""
        host = profile.host.pk if profile.host else ""
        return {"legal_form": profile.legal_form, "uscc": profile.uscc or "", "host": host}


class ReachForm(forms.Form):
    """Step 3: where the group works, whom it serves, what it can do."""

    regions = forms.MultipleChoiceField(
        label=_("在哪些地方工作"),
        widget=forms.CheckboxSelectMultiple,
        choices=area_choices,
        error_messages={"required": _("请至少选一个地方。")},
    )
    populations = forms.MultipleChoiceField(
        label=_("服务哪些人"),
        widget=forms.CheckboxSelectMultiple,
        choices=Population.choices,
        help_text=_("写组织服务的人群。我们从不询问成员本人的情况。"),
        error_messages={"required": _("请至少选一类人群。")},
    )
    services = forms.MultipleChoiceField(
        label=_("能做哪些服务"),
        widget=forms.CheckboxSelectMultiple,
        choices=Service.choices,
        error_messages={"required": _("请至少选一项服务。")},
    )
    purpose = forms.CharField(
        label=_("一两句话介绍组织"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("会公开显示。请不要写任何个人的情况。"),
    )
    networks = forms.CharField(label=_("参加的网络或联盟"), max_length=300, required=False)

    def __init__(
        self,
        data: MultiValueDict[str, Any] | None = None,
        *,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        sent = data.getlist("regions") if data is not None else []
        field = cast("forms.MultipleChoiceField", self.fields["regions"])
        field.choices = held_choices([*self.initial.get("regions", []), *sent])

    def parts(self) -> dict[str, object]:
        """The parts of the profile that this step sets."""
        data = self.cleaned_data
        return {
            "regions": list(Region.objects.filter(code__in=data["regions"])),
            "populations": [Population(each) for each in data["populations"]],
            "services": [Service(each) for each in data["services"]],
            "purpose": data["purpose"],
            "networks": data["networks"],
        }

    @staticmethod
    def initial_of(profile: Profile) -> dict[str, object]:
        """The answers that this profile gives."""
        return {
            "regions": [region.code for region in profile.regions],
            "populations": list(profile.populations),
            "services": list(profile.services),
            "purpose": profile.purpose,
            "networks": profile.networks,
        }


class PeopleForm(forms.Form):
    """Step 4: how many people, and how to reach the group."""

    full_time = forms.IntegerField(
        label=_("专职人数"), min_value=0, max_value=9999, help_text=_("没有就写 0。")
    )
    part_time = forms.IntegerField(label=_("兼职人数"), min_value=0, max_value=9999)
    volunteers = forms.IntegerField(label=_("志愿者人数"), min_value=0, max_value=99999)
    founded_year = forms.IntegerField(
        label=_("哪一年成立"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        required=False,
        help_text=_("四位数字，例如 2009。"),
    )
    address = forms.CharField(
        label=_("办公地址"),
        max_length=200,
        required=False,
        help_text=_("会公开显示。不方便公开的请空着。"),
    )
    phone = forms.CharField(label=_("办公电话"), max_length=40, required=False)
    email = forms.EmailField(label=_("办公邮箱"), required=False)
    website = forms.URLField(label=_("网站"), required=False, assume_scheme="https")
    contact_name = forms.CharField(label=_("联系人"), max_length=60, required=False)
    contact_phone = forms.CharField(label=_("联系人电话"), max_length=40, required=False)
    consent_public_contact = forms.BooleanField(
        label=_("联系人同意公开自己的姓名和电话"),
        required=False,
        help_text=_("不勾选就只有核验人员能看到。"),
    )

    def parts(self) -> dict[str, object]:
        """The parts of the profile that this step sets."""
        return {name: self.cleaned_data[name] for name in self.fields}

    @classmethod
    def initial_of(cls, profile: Profile) -> dict[str, object]:
        """The answers that this profile gives."""
        return {name: getattr(profile, name) for name in cls.base_fields}
