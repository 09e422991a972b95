"""Refusals: a rule says no, in words that name the way out. The web shows them as plain pages."""

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


class Refusal(Exception):
    """An act was refused and nothing was written.

    `message` is a whole translated sentence that says what to do instead; `field` names the
    form field it is about, when there is one.
    """

    status = 409

    def __init__(self, message: StrOrPromise, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class NotPermitted(Refusal):
    """The person may not do this at all."""

    status = 403

    def __init__(self, message: StrOrPromise | None = None, field: str | None = None) -> None:
        default = _("您当前的身份不能办理这一步。请换用有权限的账户，或联系贵单位的管理人。")
        super().__init__(message or default, field)


class NotFound(Refusal):
    """There is no such thing, or none that this person may know of."""

    status = 404

    def __init__(self, message: StrOrPromise | None = None, field: str | None = None) -> None:
        super().__init__(message or _("没有找到这一项。请检查网址，或从首页重新查找。"), field)


class NotNow(Refusal):
    """The act exists, but not at this moment."""


class Invalid(Refusal):
    """Something given is missing or wrong; `field` names it where it can be named."""
