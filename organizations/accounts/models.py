"""People who sign in, and the roles they hold in organisations."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from organizations.register.models import Organization
from organizations.roles import Role


class UserManager(BaseUserManager["User"]):
    """Creates people; an e-mail address is kept in lower case, so it is one address."""

    def create_user(self, email: str, password: str | None = None, **extra: str | bool) -> "User":
        """Create a person who signs in with this address."""
        user = self.model(email=email.strip().lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, password: str | None = None, **extra: str | bool
    ) -> "User":
        """Create an administrator: sees the technical admin, holds no role in any procurement."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by address, whatever its letter case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A natural person. An account is never shared and never belongs to an organisation."""

    email = models.EmailField(
        _("邮箱"),
        unique=True,
        error_messages={"unique": _("这个邮箱已经有账户。请直接登录，或重设密码。")},
    )
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    preferred_language = models.CharField(
        _("通知语言"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    is_active = models.BooleanField(_("账户有效"), default=True)
    is_staff = models.BooleanField(_("可进入技术管理后台"), default=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("账户")
        verbose_name_plural = _("账户")
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")),
                name="user_email_is_lower_case",
                violation_error_message=_("邮箱请用小写字母。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Membership(models.Model):
    """One role of one person in one organisation, from grant to end; ended, never deleted."""

    user = models.ForeignKey(
        User, verbose_name=_("账户"), on_delete=models.PROTECT, related_name="memberships"
    )
    organization = models.ForeignKey(
        Organization,
        verbose_name=_("机构"),
        on_delete=models.PROTECT,
        related_name="memberships",
    )
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    granted_at = models.DateTimeField(_("授予时间"))
    # Null for the person who registered the organisation: nobody was there to grant.
    granted_by_id = models.BigIntegerField(null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        ordering = ("granted_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization", "role"],
                condition=Q(ended_at=None),
                name="membership_is_active_once",
                violation_error_message=_("这个人已经有这个角色。"),
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="membership_role_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(granted_by_id=F("user_id")) | Q(granted_by_id=None),
                name="membership_is_not_granted_to_oneself",
                violation_error_message=_("不能给自己授予角色。请由另一个人办理。"),
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by_id=None)
                | Q(ended_at__isnull=False, ended_by_id__isnull=False),
                name="membership_end_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organization} · {self.get_role_display()}"
