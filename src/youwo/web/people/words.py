"""How journal lines read: verbs and kinds of rows in words."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

_VERBS = {
    # people
    "create": pgettext_lazy("journal", "entered"),
    "set_password": pgettext_lazy("journal", "set the password of"),
    "invite": pgettext_lazy("journal", "handed over a one-time link for"),
    "grant": pgettext_lazy("journal", "granted"),
    "end_grant": pgettext_lazy("journal", "ended"),
    "publish_consent_text": pgettext_lazy("journal", "published"),
    "give_consent": pgettext_lazy("journal", "recorded"),
    "withdraw_consent": pgettext_lazy("journal", "withdrew"),
    "unmask": pgettext_lazy("journal", "looked at hidden data of"),
    "export_own_data": pgettext_lazy("journal", "exported the own data of"),
    "correct_own": pgettext_lazy("journal", "corrected the own data of"),
    "anonymise": pgettext_lazy("journal", "closed the account of"),
    # wishes
    "receive": pgettext_lazy("journal", "made"),
    "ask": pgettext_lazy("journal", "asked back about"),
    "answer": pgettext_lazy("journal", "answered"),
    "publish": pgettext_lazy("journal", "reviewed and published"),
    "claim": pgettext_lazy("journal", "claimed"),
    "release": pgettext_lazy("journal", "gave back"),
    "expire": pgettext_lazy("journal", "let the time pass for"),
    "take_over": pgettext_lazy("journal", "took over"),
    "deliver": pgettext_lazy("journal", "delivered"),
    "confirm": pgettext_lazy("journal", "confirmed"),
    "contest": pgettext_lazy("journal", "contested"),
    "call_back": pgettext_lazy("journal", "called back about"),
    "reopen": pgettext_lazy("journal", "reopened"),
    "decline": pgettext_lazy("journal", "explained why not"),
    "hand_over": pgettext_lazy("journal", "handed over outside"),
    "withdraw": pgettext_lazy("journal", "took back"),
    "outlive": pgettext_lazy("journal", "closed as no longer needed"),
    "suggest": pgettext_lazy("journal", "sent in"),
    # problems
    "report": pgettext_lazy("journal", "took down"),
    "accept": pgettext_lazy("journal", "took on the list"),
    "merge": pgettext_lazy("journal", "joined with another"),
    "gather": pgettext_lazy("journal", "joined another with"),
    "undo_merge": pgettext_lazy("journal", "set apart again"),
    "split": pgettext_lazy("journal", "split off a part of"),
    "take_up": pgettext_lazy("journal", "took on"),
    "put_back": pgettext_lazy("journal", "put back"),
    "mark_done": pgettext_lazy("journal", "said to be done:"),
    "judge": pgettext_lazy("journal", "judged"),
    "close": pgettext_lazy("journal", "closed"),
    "reverse": pgettext_lazy("journal", "reversed"),
    "offer": pgettext_lazy("journal", "offered"),
    # units, places, calendar, messages
    "found": pgettext_lazy("journal", "entered"),
    "add_branch": pgettext_lazy("journal", "entered"),
    "join": pgettext_lazy("journal", "entered"),
    "carry": pgettext_lazy("journal", "carried along"),
    "transfer": pgettext_lazy("journal", "transferred"),
    "retire": pgettext_lazy("journal", "retired"),
    "enrol": pgettext_lazy("journal", "enrolled"),
    "void": pgettext_lazy("journal", "voided"),
    "give_mandate": pgettext_lazy("journal", "appointed"),
    "end_mandate": pgettext_lazy("journal", "ended"),
    "import": pgettext_lazy("journal", "imported"),
    "add": pgettext_lazy("journal", "added"),
    "end": pgettext_lazy("journal", "ended"),
    "load": pgettext_lazy("journal", "loaded"),
    "set": pgettext_lazy("journal", "set"),
    "clear": pgettext_lazy("journal", "cleared"),
    "rename": pgettext_lazy("journal", "renamed"),
    "record_fact": pgettext_lazy("journal", "recorded"),
    "withdraw_fact": pgettext_lazy("journal", "took back"),
    "choose_definition": pgettext_lazy("journal", "chose"),
    "change": pgettext_lazy("journal", "changed"),
    "switch_on": pgettext_lazy("journal", "switched on"),
    "switch_off": pgettext_lazy("journal", "switched off"),
    "choose_channels": pgettext_lazy("journal", "chose channels for"),
    "send_again": pgettext_lazy("journal", "sent again"),
    "pause": pgettext_lazy("journal", "paused"),
    "resume": pgettext_lazy("journal", "let go on"),
    "remove": pgettext_lazy("journal", "removed"),
    "try_out": pgettext_lazy("journal", "tried out"),
    "build": pgettext_lazy("journal", "built"),
}

_KINDS = {
    "people.person": pgettext_lazy("journal", "person"),
    "people.grant": pgettext_lazy("journal", "role"),
    "people.consent": pgettext_lazy("journal", "consent"),
    "people.consenttext": pgettext_lazy("journal", "consent text"),
    "needs.wish": pgettext_lazy("journal", "wish"),
    "needs.problem": pgettext_lazy("journal", "problem"),
    "needs.report": pgettext_lazy("journal", "voice about a problem"),
    "needs.problemkind": pgettext_lazy("journal", "kind of problem"),
    "needs.handover": pgettext_lazy("journal", "matter handed over"),
    "needs.outsidematter": pgettext_lazy("journal", "matter outside the programme"),
    "needs.suggestion": pgettext_lazy("journal", "complaint or suggestion"),
    "ledger.entry": pgettext_lazy("journal", "ledger entry"),
    "capacity.claim": pgettext_lazy("journal", "claim"),
    "capacity.pool": pgettext_lazy("journal", "places"),
    "organizations.organization": pgettext_lazy("journal", "unit"),
    "organizations.branch": pgettext_lazy("journal", "branch"),
    "organizations.membership": pgettext_lazy("journal", "membership"),
    "organizations.mandate": pgettext_lazy("journal", "mandate"),
    "organizations.unitenrolment": pgettext_lazy("journal", "unit's enrolment"),
    "organizations.memberenrolment": pgettext_lazy("journal", "member's enrolment"),
    "organizations.import": pgettext_lazy("journal", "import"),
    "areas.area": pgettext_lazy("journal", "place"),
    "areas.compoundfact": pgettext_lazy("journal", "fact about a compound"),
    "areas.definitionchoice": pgettext_lazy("journal", "definition of a status"),
    "almanac.dayrule": pgettext_lazy("journal", "working day"),
    "almanac.officehours": pgettext_lazy("journal", "office hours"),
    "notices.message": pgettext_lazy("journal", "message"),
    "notices.delivery": pgettext_lazy("journal", "delivery"),
    "notices.post": pgettext_lazy("journal", "post to a group"),
    "notices.robot": pgettext_lazy("journal", "group robot"),
    "demo.city": pgettext_lazy("journal", "demo city"),
}


def verb(name: str) -> str:
    """Return a verb in words; one that has none yet stands as it is."""
    return str(_VERBS.get(name, name.replace("_", " ")))


def kind(label: str) -> str:
    """Return the kind of a row in words."""
    return str(_KINDS.get(label, label))
