"""Pages of plans: asked for, watched, changed, adopted, taken back, printed."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.utils import timezone, translation

from tests.factories import OrganizationFactory, granted
from tests.organizations.factories import PairingFactory
from youwo.core.clock import local_day
from youwo.organizations import actions
from youwo.organizations.models import Adoption, Organization, Pairing, Plan
from youwo.web.pairings.words import trouble

pytestmark = pytest.mark.django_db

PLANS = "/work/pairings/plans/"
NAMES = ("盐湖区税务局", "近邻单位")
ASKED = {"places": "compounds", "share": "equal", "slack": "1", "keep": "on"}


def text(response):
    return response.content.decode()


def test_a_coordinator_asks_for_a_plan_and_watches_it(coordinating, jinshui):
    county = jinshui.parent.parent
    assert coordinating.get(f"{PLANS}new/").context["form"].initial["keep"] is True

    sent = coordinating.post(f"{PLANS}new/", {**ASKED, "area": county.pk})
    plan = Plan.objects.get()
    assert (sent.status_code, plan.state) == (302, "waiting")
    moving = coordinating.get(sent.url)
    assert "every 2s" in text(moving)
    part = coordinating.get(f"{sent.url}?progress", headers={"HX-Request": "true"})
    assert "<h1" not in text(part)


def test_when_it_is_worked_out_the_page_comes_anew(coordinating, plan):
    answer = coordinating.get(f"{PLANS}{plan.pk}/?progress", headers={"HX-Request": "true"})

    assert answer["HX-Refresh"] == "true"


def test_a_stuck_plan_is_started_again(coordinating, plan):
    Plan.objects.update(state="working", started_at=timezone.now() - timedelta(hours=1))
    assert f"{PLANS}{plan.pk}/again/" in text(coordinating.get(f"{PLANS}{plan.pk}/"))

    coordinating.post(f"{PLANS}{plan.pk}/again/")
    again = coordinating.post(f"{PLANS}{plan.pk}/again/", follow=True)

    assert Plan.objects.get().state == "waiting"
    assert again.status_code == 200


@pytest.mark.parametrize("given", [{"slack": "-1"}, {"area": "1408"}, {"share": "x"}])
def test_bad_terms_are_said_at_the_field(given, coordinating, jinshui):
    sent = coordinating.post(f"{PLANS}new/", {**ASKED, "area": jinshui.parent.parent.pk, **given})

    assert (sent.status_code, list(sent.context["form"].errors)) == (422, list(given))


def test_the_terms_of_an_earlier_plan_are_taken_over(coordinating, plan):
    form = coordinating.get(f"{PLANS}new/?from={plan.pk}").context["form"]

    assert form.initial["places"] == "compounds"
    assert coordinating.get(f"{PLANS}new/?from=99999").context["form"].initial["slack"] == 1


def test_a_plan_costs_the_same_for_many_places(
    coordinating, plan, compounds, django_assert_num_queries
):
    plan.rows.filter(area=compounds[0]).delete()
    for _twice in range(2):
        with django_assert_num_queries(7):
            page = coordinating.get(f"{PLANS}{plan.pk}/")
        plan.rows.filter(area=compounds[1]).delete()
    assert len(page.context["page"].rows) == 1


def test_a_plan_is_compared_with_today(coordinating, plan, compounds, tax_office):
    row = plan.rows.get(area=compounds[0])
    row.today, row.today_distance = OrganizationFactory(), 30
    row.save()

    compared = coordinating.get(f"{PLANS}{plan.pk}/").context["compared"]

    names = ("places", "paired", "paired_today", "same", "other", "fresh", "changed", "waiting")
    assert [compared[name] for name in names] == [3, 3, 1, 0, 1, 2, 0, 3]
    assert (compared["mean"], compared["mean_today"]) == ("0.5", "3.0")


def test_places_of_a_plan_are_filtered(coordinating, plan, compounds, tax_office):
    first = plan.rows.get(area=compounds[0])
    first.organization = first.distance = None
    first.save()

    def found(query):
        rows = coordinating.get(f"{PLANS}{plan.pk}/{query}").context["page"].rows
        return [row.area_id for row in rows]

    assert found("?state=none") == found("?state=changed") == [compounds[0].pk]
    assert found("?state=new") == [compounds[1].pk, compounds[2].pk]
    assert len(found("?state=open")) == 3
    assert found("?state=adopted") == []
    assert found("?q=小区2") == found(f"?area={compounds[1].pk}") == [compounds[1].pk]
    with_tax = list(plan.rows.filter(organization=tax_office).values_list("area_id", flat=True))
    assert found(f"?unit={tax_office.pk}") == found("?q=税务") == sorted(with_tax)


def test_a_place_is_moved_to_a_unit_near_by(coordinating, plan, compounds, tax_office):
    row = plan.rows.first()
    other = Organization.objects.exclude(pk=row.organization_id).get(name__in=NAMES)
    url = f"{PLANS}places/{row.pk}/"
    near = coordinating.get(url).context["near"]
    assert [one["unit"] for one in near] == [other]

    coordinating.post(url, {"to": other.pk})
    row.refresh_from_db()
    assert row.organization == other
    coordinating.post(url, {"to": "none"})
    row.refresh_from_db()
    assert row.organization is None
    coordinating.post(url, {"unit": "近邻单位"})
    row.refresh_from_db()
    assert row.organization.name == "近邻单位"


def test_what_a_move_costs_is_said(coordinating, plan, tax_office, elsewhere):
    from tests.organizations.factories import UnitEnrolmentFactory

    far = OrganizationFactory(name="远处单位", area=elsewhere)
    plan.units.create(organization=far, least=0, most=2)
    UnitEnrolmentFactory(organization=far, community=elsewhere)
    row = plan.rows.first()
    url = f"{PLANS}places/{row.pk}/"
    with translation.override("en"):
        farther = coordinating.post(
            url, {"to": far.pk}, follow=True, headers={"accept-language": "en"}
        )
        page = coordinating.get(url, headers={"accept-language": "en"})
        nearer = coordinating.post(
            url, {"to": tax_office.pk}, follow=True, headers={"accept-language": "en"}
        )
    assert "59.5" in text(farther)
    assert {one["longer"] for one in page.context["near"]} != {""}
    assert "59.5" in text(nearer)


@pytest.mark.parametrize(
    "given", [{"unit": " "}, {"unit": "没有"}, {"to": "x"}, {"to": "99999999"}]
)
def test_a_unit_that_is_not_there_moves_nothing(given, coordinating, plan):
    row = plan.rows.first()
    before = row.organization_id

    answer = coordinating.post(f"{PLANS}places/{row.pk}/", given)

    row.refresh_from_db()
    expected = 404 if given.get("to") == "99999999" else 422
    assert (answer.status_code, row.organization_id) == (expected, before)


def test_a_unit_outside_the_plan_is_refused_at_the_field(coordinating, plan):
    OrganizationFactory(name="外面的单位")
    row = plan.rows.first()

    answer = coordinating.post(f"{PLANS}places/{row.pk}/", {"unit": "外面的单位"})

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["unit"])


def test_the_loads_of_units_are_listed(coordinating, plan, tax_office, django_assert_num_queries):
    plan.rows.update(organization=tax_office)
    plan.units.filter(organization=tax_office).update(least=0, most=0)
    with django_assert_num_queries(3):
        page = coordinating.get(f"{PLANS}{plan.pk}/units/")
    loads = {row.organization: row.load for row in page.context["page"].rows}
    assert sum(loads.values()) == 3

    def found(query):
        rows = coordinating.get(f"{PLANS}{plan.pk}/units/{query}").context["page"].rows
        return [row.organization.name for row in rows]

    assert found("?state=over") == found("?q=税务") == ["盐湖区税务局"]
    assert found("?state=under") == []


def test_a_plan_is_adopted_and_taken_back(coordinating, plan, jinshui):
    county = jinshui.parent.parent
    url = f"{PLANS}{plan.pk}/adopt/"
    assert coordinating.post(url, {"area": "x"}).status_code == 422

    adopted = coordinating.post(url, {"area": county.pk}, follow=True)
    assert "3" in text(adopted)
    assert Pairing.objects.count() == 3
    assert coordinating.post(url, {"area": county.pk}).status_code == 422
    undo = f"/work/pairings/adoptions/{Adoption.objects.get().pk}/undo/"
    coordinating.post(undo)
    assert not Pairing.objects.holding(timezone.localdate()).exists()
    assert coordinating.post(undo, follow=True).status_code == 200


def test_ended_pairings_are_told(coordinating, plan, compounds, jinshui):
    PairingFactory(area=compounds[0])

    coordinating.post(f"{PLANS}{plan.pk}/adopt/", {"area": jinshui.parent.parent.pk}, follow=True)

    assert Adoption.objects.get().ended == 1


def test_who_plans_a_part_sees_and_adopts_that_part(client, plan, jinshui, compounds, coordinator):
    town = jinshui.parent
    client.force_login(granted("coordinator", town))

    page = client.get(f"{PLANS}{plan.pk}/")
    assert len(page.context["page"].rows) == 3
    assert page.context["may_change"] is False
    assert list(page.context["adopt_form"].fields["area"].queryset) == [town]
    client.post(f"{PLANS}{plan.pk}/adopt/", {"area": town.pk})
    assert Adoption.objects.get().area == town


def test_what_lies_outside_is_not_there(client, plan, elsewhere, coordinator, jinshui, at):
    row = plan.rows.first()
    adoption = Adoption.objects.create(plan=plan, area=jinshui.parent.parent, by=coordinator, at=at)
    client.force_login(granted("coordinator", jinshui.parent))
    assert client.post(f"/work/pairings/adoptions/{adoption.pk}/undo/").status_code == 404
    other = granted("coordinator", jinshui.parent.parent.parent)
    town = granted("coordinator", elsewhere.parent)
    client.force_login(town)
    for page in (f"{PLANS}{plan.pk}/", f"{PLANS}places/{row.pk}/"):
        assert client.get(page).status_code == 404
    client.force_login(other)
    assert client.get(f"{PLANS}places/{row.pk}/").status_code == 200


def test_a_place_outside_the_own_part_is_not_there(client, plan, jinshui):
    from tests.factories import area

    other_town = area("140802101", "别的镇")
    client.force_login(granted("coordinator", other_town))

    assert client.get(f"{PLANS}{plan.pk}/").status_code == 200
    assert client.get(f"{PLANS}places/{plan.rows.first().pk}/").status_code == 404


def test_a_plan_is_put_away_and_listed_apart(coordinating, plan):
    assert len(coordinating.get(PLANS).context["page"].rows) == 1
    coordinating.post(f"{PLANS}{plan.pk}/drop/")
    coordinating.post(f"{PLANS}{plan.pk}/drop/")

    assert coordinating.get(PLANS).context["page"].rows == []
    assert len(coordinating.get(f"{PLANS}?state=dropped").context["page"].rows) == 1
    assert coordinating.get(f"{PLANS}{plan.pk}/").context["ready"] is False


def test_a_plan_leaves_as_a_table_and_on_paper(coordinating, plan, compounds):
    file = b"".join(coordinating.get(f"{PLANS}{plan.pk}/export/").streaming_content)
    rows = list(openpyxl.load_workbook(BytesIO(file)).active.iter_rows(values_only=True))

    assert [row[0] for row in rows[1:]] == [compound.pk for compound in compounds]
    assert rows[1][4] == 0.5
    assert text(coordinating.get(f"{PLANS}{plan.pk}/print/")).count("<tr>") == 4


def test_what_is_not_possible_says_what_to_loosen(coordinating, plan, compounds):
    Plan.objects.update(
        state="impossible",
        trouble={"kind": "too_far", "places": 2, "named": [compounds[0].pk]},
    )

    assert compounds[0].name in text(coordinating.get(f"{PLANS}{plan.pk}/"))


@pytest.mark.parametrize(
    ("found", "number"),
    [
        ({"kind": "no_places"}, ""),
        ({"kind": "no_units"}, ""),
        ({"kind": "too_little_room", "places": 9, "room": 5, "needed": 3}, "3"),
        ({"kind": "too_few_places", "places": 1, "asked": 4}, "4"),
        ({"kind": "too_far", "places": 7, "named": []}, "7"),
    ],
)
def test_every_trouble_has_a_sentence(found, number):
    assert number in trouble(found)
    assert len(trouble(found)) > 10


def test_a_changed_place_keeps_its_adoption_from_being_taken_back(
    coordinating, plan, jinshui, worker, at
):
    coordinating.post(f"{PLANS}{plan.pk}/adopt/", {"area": jinshui.parent.parent.pk})
    now = timezone.now()
    pairing = Pairing.objects.first()
    actions.void_pairing(pairing, reason="录错小区了", by=worker, at=now)

    coordinating.post(f"/work/pairings/adoptions/{Adoption.objects.get().pk}/undo/")

    assert Adoption.objects.get().undone_at is None
    assert Pairing.objects.holding(local_day(now)).count() == 2
