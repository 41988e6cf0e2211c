"""What happens to units, members and households. Nothing is overwritten.

Plans have a module of their own: `plans`.
"""

from youwo.organizations.actions.enrolments import (
    EARLIEST,
    add_branch,
    change_unit,
    check_day,
    choose_service,
    end_enrolment,
    end_mandate,
    enrol_member,
    enrol_unit,
    found,
    give_mandate,
    join,
    retire,
    transfer,
    void,
)
from youwo.organizations.actions.households import (
    Household,
    end_household,
    forget_households,
    note_contact,
    pair_household,
    reveal_household,
    withdraw_household,
)
from youwo.organizations.actions.pairings import end_pairing, pair, void_pairing

__all__ = [
    "EARLIEST",
    "Household",
    "add_branch",
    "change_unit",
    "check_day",
    "choose_service",
    "end_enrolment",
    "end_household",
    "end_mandate",
    "end_pairing",
    "enrol_member",
    "enrol_unit",
    "forget_households",
    "found",
    "give_mandate",
    "join",
    "note_contact",
    "pair",
    "pair_household",
    "retire",
    "reveal_household",
    "transfer",
    "void",
    "void_pairing",
    "withdraw_household",
]
