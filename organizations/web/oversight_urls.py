"""Addresses below /oversight/ about organisations; the portal joins them to the audience's."""

from django.urls import path

from organizations.web import oversight

urlpatterns = [
    path("organizations/", oversight.organization_list, name="organization-list"),
    path("organizations/new/", oversight.agency_new, name="agency-new"),
    path("organizations/<int:pk>/", oversight.organization, name="organization"),
    path("organizations/<int:pk>/roles/", oversight.grant, name="role-grant"),
    path("organizations/<int:pk>/roles/<int:membership>/end/", oversight.end, name="role-end"),
    path("organizations/<int:pk>/<slug:name>/", oversight.decide, name="organization-decide"),
    path("audit/", oversight.audit_list, name="audit-list"),
]
