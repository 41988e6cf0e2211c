import hashlib
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.side_by_side import each_at_once
from youwo.core.models import Horizon
from youwo.core.refused import Refused
from youwo.journal import actions, digests, queries
from youwo.journal.digests import Leaf
from youwo.journal.models import Line, Seal
from youwo.journal.queries import CHANGED, INSERTED, REMOVED, SEAL_CHANGED, SEAL_REMOVED, Finding

# --- sealing -----------------------------------------------------------------------------------


def test_lines_are_sealed_in_batches_of_a_thousand(write, seal):
    write(2100)
    assert [made.count for made in seal()] == [1000, 1000, 100]


def test_each_seal_follows_the_one_before(write, seal):
    write(1500)
    seal()
    write(10)
    seal()
    seals = list(Seal.objects.order_by("id"))
    assert [made.previous for made in seals] == ["", seals[0].chain, seals[1].chain]


def test_nothing_new_makes_no_seal(write, seal):
    write(3)
    seal()
    assert seal() == []


def test_no_line_makes_no_seal(db, seal):
    assert seal() == []
    assert queries.verify() == []


def test_lines_just_written_wait_until_they_have_settled(write, at):
    write(3)
    made = actions.seal(at=at)
    assert len(made) == (0 if connection.vendor == "postgresql" else 1)


def test_a_thousand_lines_are_sealed_in_few_statements(
    write, seal, at, django_assert_max_num_queries
):
    write(1000)
    with django_assert_max_num_queries(30):
        seal()


def test_sealers_at_once_seal_each_line_once(shared_database, write, at):
    lines = write(30)
    actions.seal(at=at)
    each_at_once(lambda _: actions.seal(at=at + timedelta(seconds=10)), list(range(5)))
    assert sum(Seal.objects.values_list("count", flat=True)) == len(lines)
    assert queries.verify() == []


# --- verifying ---------------------------------------------------------------------------------


def test_an_untouched_journal_has_no_findings(write, seal):
    write(2500)
    seal()
    write(5)
    assert queries.verify() == []
    sealed = queries.sealed_so_far()
    assert (sealed.lines, sealed.seals, sealed.waiting) == (2500, 3, 5)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "2025-06-03 01:12:00.000001+00:00"),
        ("actor_label", "people.group"),
        ("actor_key", "99"),
        ("verb", "publish"),
        ("target_label", "needs.problem"),
        ("target_key", "99"),
        ("area_code", "140881001001"),
        ("reason", ""),
        ("data", '{"number": 99}'),
    ],
)
def test_a_changed_line_is_found_whatever_was_changed(write, seal, tamper, column, value):
    line = write(20)[7]
    seal()
    tamper(f"UPDATE journal_line SET {column} = %s WHERE id = %s", value, line.pk)
    assert queries.verify() == [Finding(CHANGED, line.pk)]


def test_a_line_made_unreadable_is_found_and_its_neighbours_are_fine(write, seal, tamper):
    line = write(20)[7]
    seal()
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL lets nobody write what is no moment.")
    tamper("UPDATE journal_line SET at = 'no moment' WHERE id = %s", line.pk)
    tamper("UPDATE journal_line SET at = '2025-13-41 00:00:00' WHERE id = %s", line.pk + 1)
    assert queries.verify() == [Finding(CHANGED, line.pk), Finding(CHANGED, line.pk + 1)]


@pytest.mark.parametrize("place", [0, 7, 999, 1000, 1499])
def test_a_removed_line_is_found(write, seal, tamper, place):
    line = write(1500)[place]
    seal()
    tamper("DELETE FROM journal_line WHERE id = %s", line.pk)
    assert queries.verify() == [Finding(REMOVED, line.pk)]


def insert(tamper, key):
    tamper(
        "INSERT INTO journal_line (id, at, actor_label, actor_key, verb, target_label,"
        " target_key, area_code, reason, data) SELECT %s, at, actor_label, actor_key, verb,"
        " target_label, target_key, area_code, reason, data FROM journal_line LIMIT 1",
        key,
    )


def test_a_line_put_into_a_gap_is_found(write, seal, tamper):
    lines = write(20)
    # Gaps are honest: a transaction that is rolled back leaves its keys unused.
    tamper("DELETE FROM journal_line WHERE id = %s", lines[7].pk)
    seal()
    assert queries.verify() == []
    insert(tamper, lines[7].pk)
    assert queries.verify() == [Finding(INSERTED, lines[7].pk)]


def test_a_line_put_between_two_seals_is_found(write, seal, tamper):
    write(5)
    seal()
    gap = write(3)
    tamper("DELETE FROM journal_line WHERE id = %s", gap[0].pk)
    seal()
    insert(tamper, gap[0].pk)
    assert queries.verify() == [Finding(INSERTED, gap[0].pk)]


def test_a_line_put_before_all_others_is_found(write, seal, tamper):
    write(5)
    seal()
    insert(tamper, -5)
    assert queries.verify() == [Finding(INSERTED, -5)]


def test_a_line_moved_to_another_key_is_found_in_both_places(write, seal, tamper):
    lines = write(5)
    tamper("DELETE FROM journal_line WHERE id = %s", lines[1].pk)
    seal()
    tamper("UPDATE journal_line SET id = %s WHERE id = %s", lines[1].pk, lines[3].pk)
    assert queries.verify() == [Finding(INSERTED, lines[1].pk), Finding(REMOVED, lines[3].pk)]


def test_two_lines_that_changed_places_are_found(write, seal, tamper):
    lines = write(5)
    seal()
    for old, new in ((1, 10**6), (2, lines[1].pk), (10**6, lines[2].pk)):
        key = lines[old].pk if old < 5 else old
        tamper("UPDATE journal_line SET id = %s WHERE id = %s", new, key)
    assert queries.verify() == [Finding(CHANGED, lines[1].pk), Finding(CHANGED, lines[2].pk)]


def resealed(lines):
    """What somebody computes who changed a line and wants its seal to agree."""
    rows = Line.objects.order_by("pk").values_list(*digests.COLUMNS)
    leaves = [Leaf(row[0], digests.digest(row)) for row in rows]
    return digests.pack(leaves), digests.root(leaves)


def test_a_seal_made_to_agree_with_a_changed_line_breaks_its_own_chain(write, seal, tamper):
    lines = write(5)
    seal()
    tamper("UPDATE journal_line SET verb = 'x' WHERE id = %s", lines[2].pk)
    leaves, root = resealed(lines)
    tamper("UPDATE journal_seal SET leaves = %s, root = %s", leaves, root)
    assert queries.verify() == [Finding(SEAL_CHANGED, lines[-1].pk)]


def test_a_chain_made_to_agree_breaks_with_the_next_seal(write, seal, tamper):
    lines = write(5)
    seal()
    first = Seal.objects.get()
    tamper("UPDATE journal_line SET verb = 'x' WHERE id = %s", lines[2].pk)
    leaves, root = resealed(lines)
    later = write(1)[0]
    seal()
    chain = digests.chain(
        "",
        root=root,
        first_key=first.first_key,
        last_key=first.last_key,
        count=5,
        sealed_at=first.sealed_at,
    )
    tamper(
        "UPDATE journal_seal SET leaves = %s, root = %s, chain = %s WHERE id = %s",
        leaves,
        root,
        chain,
        first.pk,
    )
    assert queries.verify() == [Finding(SEAL_REMOVED, later.pk)]


def test_a_chain_made_anew_throughout_does_not_have_the_head_that_was_kept(write, seal, tamper):
    lines = write(5)
    seal()
    head = queries.sealed_so_far().head
    assert queries.verify(head) == []
    tamper("DELETE FROM journal_seal")
    tamper("UPDATE journal_line SET verb = 'x' WHERE id = %s", lines[2].pk)
    Horizon.objects.update(read_to=0)
    seal()
    assert queries.verify() == []
    assert queries.verify(head) == [Finding(SEAL_REMOVED, lines[-1].pk)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("count", 4),
        ("sealed_at", "2020-01-01 00:00:00+00:00"),
        ("root", "0" * 64),
        ("chain", "0" * 64),
        ("first_key", 0),
        ("leaves", b""),
        ("leaves", b"x" * 39),
    ],
)
def test_a_changed_seal_is_found(write, seal, tamper, column, value):
    lines = write(5)
    seal()
    tamper(f"UPDATE journal_seal SET {column} = %s", value)
    assert Finding(SEAL_CHANGED, lines[-1].pk) in queries.verify()


def test_a_removed_seal_is_found(write, seal, tamper):
    write(2500)
    seal()
    _, second, third = Seal.objects.order_by("id")
    tamper("DELETE FROM journal_seal WHERE id = %s", second.pk)
    assert queries.verify() == [Finding(SEAL_REMOVED, third.first_key)]


def test_a_removed_last_seal_is_found(write, seal, tamper):
    lines = write(1500)
    seal()
    tamper("DELETE FROM journal_seal WHERE last_key = %s", lines[-1].pk)
    assert queries.verify() == [Finding(SEAL_REMOVED, lines[-1].pk)]


def test_lines_not_sealed_yet_are_not_looked_at(write, seal, tamper):
    write(3)
    seal()
    waiting = write(1)[0]
    tamper("UPDATE journal_line SET verb = 'x' WHERE id = %s", waiting.pk)
    assert queries.verify() == []


def test_verifying_reads_a_thousand_lines_at_a_time(write, seal, django_assert_num_queries):
    write(1999)
    seal()
    # Seals and their end (2), the lines of each seal and their end (2 × 2), the horizon.
    with django_assert_num_queries(7):
        queries.verify()


# --- the tree ----------------------------------------------------------------------------------


def leaves_of(count):
    return [Leaf(key, hashlib.sha256(bytes([key % 256])).digest()) for key in range(1, count + 1)]


def rfc_root(hashes):
    """The root as RFC 6962 defines it, by recursion."""
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return hashlib.sha256(b"\1" + rfc_root(hashes[:half]) + rfc_root(hashes[half:])).digest()


@given(st.integers(1, 70))
def test_the_root_is_that_of_the_standard(count):
    leaves = leaves_of(count)
    assert digests.root(leaves) == rfc_root([digests.leaf_hash(leaf) for leaf in leaves]).hex()


@given(st.data())
def test_every_audit_path_leads_to_the_root(data):
    leaves = leaves_of(data.draw(st.integers(1, 70)))
    place = data.draw(st.integers(0, len(leaves) - 1))
    steps = digests.audit_path(leaves, place)
    assert digests.climb(leaves[place], steps) == digests.root(leaves)
    assert len(steps) <= 7


@given(st.lists(st.tuples(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))))
def test_leaves_read_back_as_they_were_packed(pairs):
    leaves = [Leaf(*pair) for pair in pairs]
    assert digests.unpack(digests.pack(leaves)) == leaves


# --- proofs and history ------------------------------------------------------------------------


def test_a_line_is_proved_by_its_path_to_the_root(write, seal):
    lines = write(1500)
    seal()
    proof = queries.prove(lines[1234])
    assert (proof.holds, proof.leaf.key, len(proof.steps)) == (True, lines[1234].pk, 9)
    assert queries.prove(lines[0].pk).holds


def test_a_proof_is_printed_so_that_anybody_can_follow_it(write, seal):
    line = write(2)[0]
    made = seal()[0]
    text = str(queries.prove(line)).splitlines()
    assert text[0] == f"line     {line.pk}"
    assert f"root     {made.root}" in text
    assert f"chain    {made.chain}" in text


def test_a_changed_line_is_not_proved(write, seal, tamper):
    line = write(3)[1]
    seal()
    tamper("UPDATE journal_line SET verb = 'x' WHERE id = %s", line.pk)
    assert queries.prove(line).holds is False


def test_a_line_that_is_not_sealed_cannot_be_proved(write, seal):
    write(3)
    seal()
    waiting = write(1)[0]
    for key in (waiting, 10**9):
        with pytest.raises(Refused):
            queries.prove(key)


def test_the_history_of_a_row_is_told_from_its_beginning(resident, worker, at):
    for number, verb in enumerate(("receive", "publish", "claim")):
        actions.write(verb, resident, by=worker, at=at + timedelta(minutes=number))
    actions.write("receive", worker, by=worker, at=at)
    assert [line.verb for line in queries.history(resident)] == ["receive", "publish", "claim"]


# --- the command -------------------------------------------------------------------------------


def test_the_command_seals_and_verifies(write, seal, capsys):
    write(3)
    seal()
    call_command("journal", "seal")
    call_command("journal", "verify")
    out = capsys.readouterr().out.splitlines()
    assert out[:2] == ["0 lines in 0 seals.", "3 lines in 1 seals, 0 not sealed yet, 0 findings."]
    assert out[2] == f"head {Seal.objects.get().chain}"


def test_the_command_names_what_it_finds_and_fails(write, seal, tamper, capsys, settings):
    settings.LANGUAGE_CODE = "en"
    line = write(3)[1]
    seal()
    tamper("UPDATE journal_line SET verb = 'x' WHERE id = %s", line.pk)
    with pytest.raises(SystemExit) as left:
        call_command("journal", "verify")
    assert left.value.code == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first == f"Line {line.pk} was changed after it was sealed."


def test_the_command_fails_without_the_head_that_was_kept(write, seal):
    write(3)
    seal()
    with pytest.raises(SystemExit):
        call_command("journal", "verify", "--head", "0" * 64)


def test_the_command_proves_a_line(write, seal, tamper, capsys):
    line = write(3)[1]
    seal()
    call_command("journal", "prove", str(line.pk))
    assert capsys.readouterr().out.startswith(f"line     {line.pk}\n")
    with pytest.raises(CommandError):
        call_command("journal", "prove", "999999")
    tamper("UPDATE journal_line SET verb = 'x' WHERE id = %s", line.pk)
    with pytest.raises(SystemExit) as left:
        call_command("journal", "prove", str(line.pk))
    assert left.value.code == 1
