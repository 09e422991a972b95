"""Every address of the procurement app, by audience: the audiences are the trust boundaries."""

from django.urls import include, path

urlpatterns = [
    path("agency/", include("procurement.web.agency.urls")),
    path("panel/", include("procurement.web.panel.urls")),
    path("cso/", include("procurement.web.cso.urls")),
    path("design/", include("procurement.web.components.urls")),
    path("", include("procurement.web.public.urls")),
]
