"""Every address of the portal, by audience."""

from django.contrib import admin
from django.urls import include, path

from organizations.web import oversight_urls

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("organizations.web.urls")),
    path("account/", include("allauth.urls")),
    path("oversight/", include((oversight_urls.urlpatterns, "oversight"))),
    path("admin/", admin.site.urls),
    path("", include("procurement.web.urls")),
]
