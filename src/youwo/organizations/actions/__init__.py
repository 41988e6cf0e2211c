"""What happens to units: entered, enrolled, joined, left, carried along. Nothing is overwritten."""

from youwo.organizations.actions.enrolments import (
    EARLIEST,
    add_branch,
    check_day,
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

__all__ = [
    "EARLIEST",
    "add_branch",
    "check_day",
    "end_enrolment",
    "end_mandate",
    "enrol_member",
    "enrol_unit",
    "found",
    "give_mandate",
    "join",
    "retire",
    "transfer",
    "void",
]
