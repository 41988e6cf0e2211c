"""What leaves of somebody's personal data."""

import pytest

from youwo.people import masking


@pytest.mark.parametrize(
    ("full", "masked"),
    [
        ("张敬之", "张*"),
        ("李兰", "李*"),
        ("欧阳明", "欧阳*"),
        ("諸葛孔明", "諸葛*"),
        ("欧阳", "欧*"),
        ("张", "*"),
        ("阿依古丽·买买提", "阿*"),
        ("𠀀山川", "𠀀*"),
        ("John Smith", "J*"),
        ("  赵明远 ", "赵*"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_a_name_keeps_its_family_name(full, masked):
    assert masking.name(full) == masked


@pytest.mark.parametrize(
    ("full", "masked"),
    [
        ("13800001234", "138****1234"),
        ("03592022333", "0359****33"),
        ("01082022333", "010****33"),
        ("2022333", "****33"),
        ("110", "****"),
        ("", ""),
    ],
)
def test_a_phone_number_loses_its_middle(full, masked):
    assert masking.phone(full) == masked


@pytest.mark.parametrize(
    ("full", "masked"),
    [
        ("140802199001011234", "1408**********1234"),
        ("G12345678", "G******78"),
        ("1234", "****"),
        ("", ""),
    ],
)
def test_a_document_number_loses_its_middle(full, masked):
    assert masking.document(full) == masked


@pytest.mark.parametrize(
    ("full", "masked"),
    [("zhang@example.cn", "z***@example.cn"), ("no mailbox", "***"), ("", "")],
)
def test_an_email_keeps_its_domain(full, masked):
    assert masking.email(full) == masked


@pytest.mark.parametrize(
    ("full", "masked"),
    [
        ("金税社区3号楼2单元501", "金税社区****"),
        ("金税社区三号楼", "金税社区****"),
        ("三里屯路８号", "三里屯路****"),
        ("永乐庄村东头老槐树旁边", "永乐庄村东****"),
        ("", ""),
    ],
)
def test_an_address_ends_before_the_door(full, masked):
    assert masking.address(full) == masked
