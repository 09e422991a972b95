"""The sign-in library's forms in our words: labels once, no placeholders that repeat them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as factors
from allauth.mfa.totp import forms as totp
from django import forms
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

EMAIL, PASSWORD = _("邮箱"), _("密码")
NEW, AGAIN = _("新密码"), _("再输入一次新密码")
CODE = _("验证器上的 6 位数字")


class OurWords:
    """Goes before a form of the library: names its fields as `labels` does."""

    labels: ClassVar[Mapping[str, StrOrPromise]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - the library's own
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            field.error_messages["required"] = _("请填写这一项。")


class LoginForm(OurWords, account.LoginForm):  # type: ignore[misc] # allauth is not annotated
    """Address and password."""

    labels: ClassVar[Mapping[str, StrOrPromise]] = {"login": EMAIL, "password": PASSWORD}


class SignupForm(OurWords, account.SignupForm):  # type: ignore[misc]
    """Name (`signup.SignupForm`), address and password."""

    labels: ClassVar[Mapping[str, StrOrPromise]] = {"email": EMAIL, "password1": PASSWORD}


class AddEmailForm(OurWords, account.AddEmailForm):  # type: ignore[misc]
    """One more address."""

    labels: ClassVar[Mapping[str, StrOrPromise]] = {"email": _("新邮箱")}


class ChangePasswordForm(OurWords, account.ChangePasswordForm):  # type: ignore[misc]
    """The password of now, and the new one twice."""

    labels: ClassVar[Mapping[str, StrOrPromise]] = {
        "oldpassword": _("现在的密码"),
        "password1": NEW,
        "password2": AGAIN,
    }


class SetPasswordForm(OurWords, account.SetPasswordForm):  # type: ignore[misc]
    """A first password, twice."""

    labels: ClassVar[Mapping[str, StrOrPromise]] = {"password1": NEW, "password2": AGAIN}


class ResetPasswordForm(OurWords, account.ResetPasswordForm):  # type: ignore[misc]
    """The address to which the link goes."""

    labels: ClassVar[Mapping[str, StrOrPromise]] = {"email": EMAIL}


class ResetPasswordKeyForm(OurWords, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, twice, behind the link."""

    labels: ClassVar[Mapping[str, StrOrPromise]] = {"password1": NEW, "password2": AGAIN}


class ReauthenticateForm(OurWords, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    labels: ClassVar[Mapping[str, StrOrPromise]] = {"password": PASSWORD}


class FactorForm(OurWords, factors.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in: a number of the authenticator, or a backup code."""

    labels: ClassVar[Mapping[str, StrOrPromise]] = {"code": _("6 位数字，或一个备用码")}


class FactorAgainForm(OurWords, factors.ReauthenticateForm):  # type: ignore[misc]
    """The second step once more."""

    labels: ClassVar[Mapping[str, StrOrPromise]] = {"code": _("6 位数字，或一个备用码")}


class ActivateForm(OurWords, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first number of a new authenticator."""

    labels: ClassVar[Mapping[str, StrOrPromise]] = {"code": CODE}
