"""Addresses of units and enrolments."""

from django.urls import path

from youwo.web.organizations import enrolments, members, slips, tables, units

app_name = "organizations"

urlpatterns = [
    path("work/units/", units.index, name="units"),
    path("work/units/new/", units.new, name="new"),
    path("work/units/export/", units.export, name="export"),
    path("work/units/members/export/", units.export_members, name="export-members"),
    path("work/units/<int:key>/", units.unit, name="unit"),
    path("work/units/<int:key>/change/", units.change, name="change"),
    path("work/units/<int:key>/enrol/", enrolments.enrol_unit, name="enrol-unit"),
    path("work/units/<int:key>/mandates/", units.give_mandate, name="give-mandate"),
    path("work/mandates/<int:key>/end/", units.end_mandate, name="end-mandate"),
    path("work/units/<int:key>/members/new/", members.new, name="new-member"),
    path("work/units/<int:key>/members/phones/", members.phones, name="phones"),
    path("work/members/<int:key>/", members.member, name="member"),
    path("work/members/<int:key>/enrol/", members.enrol, name="enrol-member"),
    path("work/members/<int:key>/transfer/", members.transfer, name="transfer"),
    path("work/members/<int:key>/retire/", members.retire, name="retire"),
    path("work/enrolments/<str:reference>/", enrolments.enrolment, name="enrolment"),
    path("work/enrolments/<str:reference>/end/", enrolments.end, name="end"),
    path("work/enrolments/<str:reference>/void/", enrolments.void, name="void"),
    path("work/enrolments/<str:reference>/slip/", slips.slip, name="slip"),
    path("e/<str:reference>/", slips.check, name="check"),
    path("work/tables/", tables.index, name="tables"),
    path("work/tables/new/", tables.upload, name="upload"),
    path("work/tables/template/<str:subject>/", tables.template, name="template"),
    path("work/tables/<int:key>/", tables.table, name="table"),
    path("work/tables/<int:key>/problems/", tables.problems, name="problems"),
    path("work/tables/<int:key>/confirm/", tables.confirm, name="confirm"),
    path("work/tables/<int:key>/again/", tables.again, name="again"),
]
