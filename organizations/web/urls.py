"""Addresses below /account/: one's own account and organisation; sign-in is beside them."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from organizations.web import hosting, profile, registration


class StepConverter(IntConverter):
    """The number of one of the four steps."""

    regex = "[1-4]"


register_converter(StepConverter, "step")

app_name = "account"

urlpatterns = [
    path("", profile.home, name="home"),
    path("acting/", profile.choose, name="organization-choose"),
    path("person/", profile.person, name="person"),
    path("register/", registration.start, name="register-cso"),
    path("register/done/", registration.done, name="register-done"),
    path("register/<step:number>/", registration.step, name="register-step"),
    path("organization/", profile.organization, name="organization"),
    path("organization/contact/", profile.contact, name="organization-contact"),
    path("organization/<step:number>/", profile.section, name="organization-section"),
    path("hosted/", hosting.hosted, name="hosted"),
    path("hosted/<int:pk>/", hosting.request_page, name="hosting"),
    path("hosted/<int:pk>/accept/", hosting.accept, name="hosting-accept"),
    path("hosted/<int:pk>/decline/", hosting.decline, name="hosting-decline"),
    path("hosted/<int:pk>/end/", hosting.end, name="hosting-end"),
    path("members/", profile.members, name="members"),
    path("members/<int:pk>/end/", profile.end_membership, name="member-end"),
]
