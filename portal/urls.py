"""Every address of the portal, by audience."""

from django.contrib import admin
from django.urls import include, path

from organizations.web import care, language, oversight_urls

urlpatterns = [
    path("i18n/setlang/", language.switch, name="set_language"),
    path("care/", care.switch, name="care"),
    path("account/", include("organizations.web.urls")),
    path("account/", include("allauth.urls")),
    path("oversight/", include((oversight_urls.urlpatterns, "oversight"))),
    path("practice/", include("portal.practice.urls")),
    path("admin/", admin.site.urls),
    path("", include("procurement.web.urls")),
]
