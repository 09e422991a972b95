"""The language of the pages: the visitor's own choice, kept in a cookie, by one button."""

from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

# It only changes how pages read: no token, so that a page can be the same for all visitors.
switch = csrf_exempt(set_language)
