"""Addresses of pairings, households and plans."""

from django.urls import path

from youwo.web.pairings import households, plans, units, without

app_name = "pairings"

urlpatterns = [
    path("work/pairings/", units.index, name="index"),
    path("work/pairings/export/", units.export, name="export"),
    path("work/pairings/new/", units.new, name="new"),
    path("work/pairings/without/", without.index, name="without"),
    path("work/pairings/without/export/", without.export, name="export-without"),
    path("work/pairings/without/map/", without.on_map, name="map"),
    path("work/pairings/without/points/", without.points, name="points"),
    path("work/pairings/plans/", plans.index, name="plans"),
    path("work/pairings/plans/new/", plans.new, name="new-plan"),
    path("work/pairings/plans/<int:key>/", plans.plan, name="plan"),
    path("work/pairings/plans/<int:key>/units/", plans.units, name="plan-units"),
    path("work/pairings/plans/<int:key>/export/", plans.export, name="export-plan"),
    path("work/pairings/plans/<int:key>/print/", plans.paper, name="print-plan"),
    path("work/pairings/plans/<int:key>/again/", plans.again, name="again"),
    path("work/pairings/plans/<int:key>/drop/", plans.drop, name="drop"),
    path("work/pairings/plans/<int:key>/adopt/", plans.adopt, name="adopt"),
    path("work/pairings/plans/places/<int:key>/", plans.place, name="place"),
    path("work/pairings/adoptions/<int:key>/undo/", plans.undo, name="undo"),
    path("work/pairings/<str:reference>/", units.pairing, name="pairing"),
    path("work/pairings/<str:reference>/end/", units.end, name="end"),
    path("work/pairings/<str:reference>/void/", units.void, name="void"),
    path("work/pairings/<str:reference>/card/", units.card, name="card"),
    path("b/<str:reference>/", units.check, name="check"),
    path("work/households/", households.index, name="households"),
    path("work/households/new/", households.new, name="new-household"),
    path("me/households/", households.mine, name="mine"),
    path("me/households/<int:key>/", households.household, name="household"),
    path("me/households/<int:key>/contact/", households.contact, name="contact"),
    path("me/households/<int:key>/reveal/", households.reveal, name="reveal"),
    path("me/households/<int:key>/end/", households.end, name="end-household"),
    path("me/households/<int:key>/withdraw/", households.withdraw, name="withdraw"),
]
