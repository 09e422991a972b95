"""What the component page shows: invented facts, the same at every visit."""

from datetime import UTC, date, datetime, timedelta

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext_lazy as _

from procurement.web.components import sample_pictures
from procurement.web.widgets import DateInput, MoneyInput

AT = datetime(2026, 12, 2, 1, 30, tzinfo=UTC)
DUE = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class KeptFile(SimpleUploadedFile):
    """A file that was uploaded before; its address leads nowhere."""

    url = "#"


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(label=_("项目名称"), help_text=_("一句话说清买什么、在哪里、为谁。"))
    budget = forms.DecimalField(label=_("预算金额"), widget=MoneyInput, max_value=10_000_000)
    deadline = forms.DateField(label=_("投标截止日期"), widget=DateInput)
    method = forms.ChoiceField(
        label=_("采购方式"),
        widget=forms.RadioSelect,
        choices=[
            ("open", _("公开招标")),
            ("consultation", _("竞争性磋商")),
            ("grant", _("公益创投")),
        ],
    )
    population = forms.MultipleChoiceField(
        label=_("服务人群"),
        widget=forms.CheckboxSelectMultiple,
        choices=[("plhiv", _("艾滋病病毒感染者")), ("general", _("一般人群"))],
        required=False,
    )
    region = forms.ChoiceField(
        label=_("地区"), choices=[("530100", _("昆明市")), ("532500", _("红河州"))]
    )
    summary = forms.CharField(label=_("服务内容"), widget=forms.Textarea, required=False)
    proposal = forms.FileField(label=_("服务方案"), help_text=_("PDF 或 Word，不超过 10 MB。"))
    agreed = forms.BooleanField(label=_("我已核对以上内容"))


def _forms() -> dict[str, object]:
    refused = SampleForm(
        {
            "b-title": "",
            "b-budget": "4.8万",
            "b-region": "530100",
            "b-summary": "随访 60 人，每月一次。",
        },
        initial={"proposal": KeptFile("服务方案.pdf", b"x" * 2400)},
        prefix="b",
    )
    return {"form": SampleForm(prefix="a"), "refused_form": refused}


def _tenders() -> list[dict[str, object]]:
    return [
        {
            "title": _("个旧市感染者随访与关怀服务"),
            "agency": _("个旧市疾病预防控制中心"),
            "region": _("红河州"),
            "amount": 48_000,
            "method": _("竞争性磋商"),
            "who": _("登记的社会组织可以投标；未登记的小组可由托管组织代为投标。"),
            "due": DUE,
        },
        {
            "title": _("昆明市五华区男男性行为人群自愿检测动员"),
            "agency": _("五华区疾病预防控制中心"),
            "region": _("昆明市"),
            "amount": 126_500,
            "method": _("公开招标"),
            "who": _("所有社会组织都可以投标。"),
            "due": AT + timedelta(days=2, hours=3),
        },
    ]


def _timeline() -> list[dict[str, object]]:
    return [
        {"state": "past", "what": _("公布采购意向"), "when": AT - timedelta(days=40), "url": "#"},
        {
            "state": "past",
            "what": _("发布公告"),
            "when": AT - timedelta(days=12),
            "url": "#",
            "who": _("个旧市疾病预防控制中心"),
        },
        {
            "state": "owed",
            "what": _("公开答疑"),
            "when": AT - timedelta(days=1),
            "note": _("已收到 2 个问题，应在昨天前答复。"),
        },
        {"state": "present", "what": _("接受投标"), "note": _("还有 6 天截止。")},
        {"state": "coming", "what": _("投标截止并开标"), "when": DUE},
        {"state": "coming", "what": _("公布结果"), "when": (DUE + timedelta(days=9)).date()},
    ]


def _rules() -> dict[str, object]:
    day_rule = {
        "rule": _("公告期"),
        "citation": _("财政部令第87号第16条"),
        "required": _("5 个工作日"),
        "counted": _("6 个工作日"),
        "state": "kept",
    }
    return {
        "checked": _checked(),
        "receipt": [
            day_rule,
            {
                "rule": _("投标时间"),
                "citation": _("政府采购法第35条"),
                "required": _("20 天"),
                "counted": _("18 天"),
                "state": "broken",
            },
            {
                "rule": _("质疑期"),
                "citation": _("财政部令第94号第10条"),
                "required": _("7 个工作日"),
                "state": "unknown",
            },
        ],
    }


def _checked() -> dict[str, object]:
    """A receipt as a published notice carries it."""
    period = {
        "rule_id": "open-notice-period-5wd",
        "text": _("公告期不少于 5 个工作日。"),
        "citation": _("财政部令第87号第16条"),
        "counted": _("从 12月7日（星期一）起 5 个工作日，到 12月14日（星期一）。"),
        "days": [date(2026, 12, number) for number in (8, 9, 10, 11, 14)],
    }
    policy = {
        "rule_id": "policy-standstill",
        "text": _("结果公告期满后 7 个工作日内不签合同。"),
        "is_policy": True,
        "note": _("缺少：签订合同的日期"),
    }
    return {
        "edition": "cn-53 1",
        "at": AT,
        "sentence": _("符合 1 条，不符合 0 条，暂不能判断 1 条；另有 3 条不适用。"),
        "groups": {"counted": [period], "unknown": [policy]},
    }


def _lists() -> dict[str, object]:
    return {
        "rows": [
            {"key": _("采购人"), "value": _("个旧市疾病预防控制中心")},
            {"key": _("预算"), "value": _("48,000 元"), "url": "#", "action": _("修改")},
            {
                "key": _("服务期"),
                "value": _("2027年1月1日至12月31日"),
                "url": "#",
                "action": _("修改"),
            },
        ],
        "tasks": [
            {"name": _("买什么、为谁"), "url": "#", "state": "done"},
            {
                "name": _("预算与成本"),
                "url": "#",
                "state": "in_progress",
                "hint": _("还差管理费一项。"),
            },
            {"name": _("时间安排"), "url": "#", "state": "not_started"},
            {
                "name": _("送审"),
                "url": "#",
                "state": "cannot_start",
                "hint": _("前面三项完成后可以送审。"),
            },
        ],
        "files": [
            {"name": _("采购文件.pdf"), "url": "#", "size": 243_000, "sha256": DIGEST},
            {"name": _("预算表.xlsx"), "url": "#", "size": 18_400, "note": _("按成本项填写。")},
        ],
        "next": [
            _("到截止时间前，您可以随时更换或撤回。"),
            _("12月8日（星期二）17:00 系统自动开标，开标记录公开。"),
            _("结果公布后，我们会发邮件告诉您，并说明理由。"),
        ],
    }


def everything() -> dict[str, object]:
    """Return the component page's context."""
    figures = {"530100": 12, "532500": 7, "530300": 4, "532900": 3, "533100": 1, "532600": 9}
    return {
        "at": AT,
        "due": DUE,
        "soon": AT + timedelta(hours=7, minutes=20),
        "past": AT - timedelta(days=3),
        "tenders": _tenders(),
        "timeline": _timeline(),
        "figures": figures,
        "pictures": sample_pictures.everything(),
        **_rules(),
        **_lists(),
        **_forms(),
    }
