"""Every setting, each from the environment where it may differ."""

import os
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from portal import env

django_stubs_ext.monkeypatch()  # generic base classes, such as ModelForm[User], at run time

BASE_DIR = Path(__file__).resolve().parent.parent
# The one ignored folder: data, files, keys, logs and mail.
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "var")

# --- Where we run ------------------------------------------------------------------------------
# Embedded: `manage.py` started the servers itself (or no DATABASE_URL is set at all).
EMBEDDED = env.flag("PORTAL_EMBEDDED", default="DATABASE_URL" not in os.environ)
DEBUG = env.flag("DEBUG", default=False)
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000")  # in mails, feeds and OCDS addresses
HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", SITE_URL)
# Deployed, the secret must be given; embedded, one is made once and kept in the data folder.
_KEPT = DATA_DIR / "secret-key" if EMBEDDED or DEBUG else None
SECRET_KEY = env.secret("SECRET_KEY", keep_in=_KEPT)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")  # old secrets while one is changed
# Up to this budget (yuan) the time gate alone may open the bids; above it key cards are needed.
CLOCK_ALONE_UP_TO = env.number("CLOCK_ALONE_UP_TO", 2_000_000)
# The keys of drafts, receipts and the log's heads. The time gate has a folder of its own.
KEYS_DIR = env.folder("KEYS_DIR", DATA_DIR / "keys")
# The copy of every signed head of the log: best on another disk than the database.
HEADS_DIR = env.folder("HEADS_DIR", DATA_DIR / "heads")
WITNESSES = env.words("WITNESSES")  # their public keys, as C2SP signed-note writes them
WITNESS_MAIL = env.words("WITNESS_MAIL")  # addresses that keep every head they are sent

# The time gate's own folder, which nothing but the gate may read (portal.E003).
GATE_DIR = env.folder("GATE_DIR", DATA_DIR / "gate")

# --- The site ----------------------------------------------------------------------------------
SITE_NAME_ZH = env.text("SITE_NAME_ZH", "云南省社会组织服务采购公开平台")
SITE_NAME_EN = env.text("SITE_NAME_EN", "Yunnan Open Procurement of Social Services")
PROVINCE_CODE = env.text("PROVINCE_CODE", "530000")  # GB/T 2260: whose divisions are loaded
RULEBOOK = env.text("RULEBOOK", "cn-53")  # a folder of procurement/rules/books
OCID_PREFIX = env.text("OCID_PREFIX", "ocds-yn0000")  # given by the Open Contracting registry
# Rehearsal: a banner, and a clock that may be moved forward to show a whole tender in minutes.
REHEARSAL = env.flag("REHEARSAL", default=EMBEDDED)
ALLOW_REHEARSAL_IN_PRODUCTION = env.flag("ALLOW_REHEARSAL_IN_PRODUCTION", default=False)
if REHEARSAL:  # whatever bears the site's name says so: pages, feeds, open data, letters
    SITE_NAME_ZH, SITE_NAME_EN = f"【练习】{SITE_NAME_ZH}", f"[Practice] {SITE_NAME_EN}"
# The portal to practise on, a deployment of its own (docs/operations.md); help and sign-in name it.
PRACTICE_URL = env.text("PRACTICE_URL")
PRACTICE_EACH = env.number("PRACTICE_EACH", 10)  # procurements one visitor may make to practise
PRACTICE_MOST = env.number("PRACTICE_MOST", 300)  # and all visitors, until it is made anew
FOOTER = {  # what a government site says about itself (国办发〔2017〕47号); empty values are hidden
    "host_body": env.text("FOOTER_HOST_BODY"),
    "icp": env.text("FOOTER_ICP"),
    "police": env.text("FOOTER_POLICE"),
    "site_code": env.text("FOOTER_SITE_CODE"),
    "error_report": env.text("FOOTER_ERROR_REPORT"),
    "contact": env.text("FOOTER_CONTACT"),
}

# --- The application ---------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal",
    "procurement",
    "organizations",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "pgtrigger",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.compression.CompressionMiddleware",
    "portal.headers.HeadersMiddleware",
    "portal.shared_pages.SharedPagesMiddleware",
    "portal.plain_addresses.PlainAddressMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "organizations.web.middleware.ActorMiddleware",
    "organizations.web.middleware.RefusalMiddleware",
    "procurement.web.refusals.NotNowMiddleware",
    "procurement.web.overdue.OverdueMiddleware",
    "csp.middleware.CSPMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "organizations.web.context.site",
            ],
            "libraries": {"guides": "procurement.web.guide_tags"},
        },
    }
]
FORM_RENDERER = "procurement.web.renderer.FieldRenderer"

# how acts of other apps read on the audit record
AUDIT_WORDS = ["procurement.web.labels.AUDIT", "portal.practice.words.AUDIT"]
TENDER_SEARCH = "procurement.web.public.searches"  # the list as a question, for saved searches

# --- Data --------------------------------------------------------------------------------------
DATABASES = {
    "default": {
        **env.database("DATABASE_URL", "postgres://portal@127.0.0.1:5432/portal"),
        "CONN_MAX_AGE": env.number("DATABASE_CONN_MAX_AGE", 60),  # seconds; Django's default is 0
        "CONN_HEALTH_CHECKS": True,  # a restarted database is noticed, not shown to the visitor
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHE_URL = env.text("CACHE_URL", env.next_database(REDIS_URL))  # emptied without losing a task
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
}

# --- Files -------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.folder("MEDIA_ROOT", DATA_DIR / "files")  # served by views that check who asks
PLAIN_STATIC = env.flag("PLAIN_STATIC", default=DEBUG)  # unhashed names, for tests and DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PLAIN_STATIC
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# The clear text of a bid never touches the disk: uploads stay in memory, larger ones are refused.
UPLOAD_MAX_BYTES = 32 * 1024**2  # one file: a sealed bid; views ask for less where less is lawful
UPLOAD_MAX_REQUEST_BYTES = 40 * 1024**2  # all files of one form together
FILE_UPLOAD_HANDLERS = ["portal.uploads.BoundedMemoryUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024**2  # the form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # a budget of many lines
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_PERMISSIONS = 0o600

# --- People ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "organizations.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    }
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account:home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FORM_CLASS = "organizations.web.signup.SignupForm"  # asks for a name too
ACCOUNT_FORMS = {  # the library's forms under our labels
    "login": "organizations.web.signin.LoginForm",
    "signup": "organizations.web.signin.SignupForm",
    "add_email": "organizations.web.signin.AddEmailForm",
    "change_password": "organizations.web.signin.ChangePasswordForm",
    "set_password": "organizations.web.signin.SetPasswordForm",
    "reset_password": "organizations.web.signin.ResetPasswordForm",
    "reset_password_from_key": "organizations.web.signin.ResetPasswordKeyForm",
    "reauthenticate": "organizations.web.signin.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "organizations.web.signin.FactorForm",
    "reauthenticate": "organizations.web.signin.FactorAgainForm",
    "activate_totp": "organizations.web.signin.ActivateForm",
}
ACCOUNT_ADAPTER = "organizations.web.signup.AccountAdapter"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to strangers who never signed up
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# allauth's own limits (per address and per account) stay in force; these are the ones we tighten.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/10m/key", "signup": "10/h/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME_EN

# --- Mail --------------------------------------------------------------------------------------
# Without EMAIL_URL each mail becomes a file in DATA_DIR/mail, so that a demo user can open it.
MAIL_DIR = DATA_DIR / "mail"
_EMAIL = env.email("EMAIL_URL", "filemail://")
EMAIL_BACKEND = _EMAIL["EMAIL_BACKEND"]
EMAIL_HOST = _EMAIL.get("EMAIL_HOST")
EMAIL_PORT = _EMAIL.get("EMAIL_PORT")
EMAIL_HOST_USER = _EMAIL.get("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = _EMAIL.get("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = bool(_EMAIL.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(_EMAIL.get("EMAIL_USE_SSL"))
EMAIL_FILE_PATH = str(MAIL_DIR)
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("DEFAULT_FROM_EMAIL", "portal@localhost")

# --- Short messages ----------------------------------------------------------------------------
# A provider is a class named in the environment (docs/operations.md, portal.E005). To try things
# out each message becomes a file in DATA_DIR/messages; deployed, nothing is offered without one.
MESSAGES_DIR = DATA_DIR / "messages"
_FILES = "procurement.notifications.channels.files.Files" if REHEARSAL or DEBUG else ""
CHANNELS = {"sms": env.text("SMS_ADAPTER", _FILES), "wechat": env.text("WECHAT_ADAPTER", _FILES)}

# Who is mailed when the watchdog finds something wrong, beside the overseers.
ADMINS = [(address, address) for address in env.words("ALARM_EMAILS")]
# Where the watchdog sends its trial submissions: through the proxy, or straight to the web.
CANARY_URL = env.text("CANARY_URL", SITE_URL)

# --- Language and time -------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Logs: to standard error, where `up`, Docker and systemd take them from ---------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # not mailed to anybody: a report of an error holds what was typed, and that may be a bid
    "loggers": {"django": {"handlers": [], "propagate": True}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}

# --- Browsers ----------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = ACCOUNT_SESSION_COOKIE_AGE = 12 * 3600  # seconds: one working day
ACCOUNT_SESSION_REMEMBER = True  # an old phone that closes the browser does not sign its owner out
SECURE_SSL_REDIRECT = HTTPS
# Set to the header that your proxy writes itself, never to one that a visitor can send through.
_PROXY_HEADER = env.text("PROXY_SSL_HEADER")
SECURE_PROXY_SSL_HEADER = (_PROXY_HEADER, "https") if _PROXY_HEADER else None
# The same for when a request was received whole, such as HTTP_X_RECEIVED_AT (deploy/nginx.conf);
# off, a bid arrives when we handle it.
EDGE_STAMP_HEADER = env.text("EDGE_STAMP_HEADER")
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 365 * 24 * 3600) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS

# --- Celery: each option, its default, and why ours differs -------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = TIME_ZONE  # default UTC; the schedule is read by people in China
CELERY_TASK_IGNORE_RESULT = True  # default False; results live in our tables, not in the broker
CELERY_TASK_ACKS_LATE = True  # default False; tasks of a killed worker come back (idempotent)
CELERY_TASK_REJECT_ON_WORKER_LOST = True  # default False; the same for a killed child of the worker
CELERY_TASK_TIME_LIMIT = 300  # default none; seconds
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # default 4; a long task must not hold others back
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5  # default 0; seconds for a running task to end
CELERY_WORKER_HIJACK_ROOT_LOGGER = True  # default True; the worker's log is its own file
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True  # default None, which warns
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,  # default 3600 s; longer than the longest task
    "unacked_restore_throttle": 1,  # default 10; look for lost tasks every 10 s, not every 100 s
}
