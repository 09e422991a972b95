"""What signing up asks besides address and password, and how sign-in speaks and leads on."""

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from organizations.accounts.models import User


class SignupForm(forms.Form):
    """One's own name, beside address and password."""

    name = forms.CharField(
        label=_("您的姓名"),
        max_length=60,
        help_text=_("同事在平台上看到的名字。不会公开。"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "email", "password1")

    def signup(self, _request: HttpRequest, user: User) -> None:
        """Keep the name, and the language in which the person signed up for the notices."""
        user.name = self.cleaned_data["name"]
        user.preferred_language = get_language() or user.preferred_language
        user.save(update_fields=["name", "preferred_language"])


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth is not annotated
    """The sign-in library in our words."""

    def format_email_subject(self, subject: str) -> str:
        """The subject with the site's name, in the language of the mail."""
        english = (get_language() or "").startswith("en")
        name = settings.SITE_NAME_EN if english else settings.SITE_NAME_ZH
        return f"{subject} · {name}"

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("邮箱或密码不对。请再试一次，或点“忘记密码？”重设。"),
        "email_taken": _("这个邮箱已经有账户。请直接登录，或重设密码。"),
        "too_many_login_attempts": _("试得太多次了。请等 10 分钟再试，或重设密码。"),
        "account_inactive": _("这个账户已经停用。需要恢复请联系省级监督人员。"),
        "enter_current_password": _("请输入您现在的密码。"),
        "incorrect_password": _("密码不对。请再试一次。"),
        "incorrect_code": _("验证码不对。请等下一个数字出现后再输入。"),
        "invalid_or_expired_key": _("这个链接已经用过或过期。请重新申请一个。"),
        "rate_limited": _("操作太频繁。请稍等几分钟再试。"),
    }
