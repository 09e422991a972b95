"""The web application, as gunicorn serves it."""

import os

from django.core.wsgi import get_wsgi_application

from portal.checks import refuse_what_is_unsafe
from portal.patience import PatientApplication

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = PatientApplication(get_wsgi_application())
refuse_what_is_unsafe()
