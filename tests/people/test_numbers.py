"""Telephone and identity numbers as people type them."""

import pytest

from youwo.core.refused import Refused
from youwo.people import documents, phones


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800001234", "13800001234"),
        ("138 0000 1234", "13800001234"),
        ("138-0000-1234", "13800001234"),
        ("+86 138 0000 1234", "13800001234"),
        ("0086-13800001234", "13800001234"),
        ("8613800001234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("\u202d13800001234\u202c", "13800001234"),
        ("0359-2022333", "03592022333"),
        ("（0359）2022333", "03592022333"),
        ("+86 359 2022333", "03592022333"),
        ("010-82022333", "01082022333"),
    ],
)
def test_a_number_is_kept_in_one_form(typed, kept):
    assert phones.normalise(typed) == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2022333", "Please add the area code, for example 0359-2022333."),
        ("1380000123", "A mobile number has 11 digits. Please check the number."),
        ("138000012345", "A mobile number has 11 digits. Please check the number."),
        ("12000001234", "A mobile number has 11 digits. Please check the number."),
        (
            "my neighbour",
            "This is not a telephone number. Please enter a mobile number or a landline.",
        ),
        ("", "This is not a telephone number. Please enter a mobile number or a landline."),
        ("²²²²²²²", "Please add the area code, for example 0359-2022333."),
    ],
)
def test_what_is_no_number_is_refused_with_what_to_do(typed, sentence, in_english):
    with pytest.raises(Refused) as refused:
        phones.normalise(typed)
    assert refused.value.reason == sentence
    assert refused.value.field == "phone"


def test_an_identity_number_with_the_right_check_digit_is_kept():
    body = "14080219900101123"
    assert documents.normalise_resident(f" {body}{documents.check_digit(body)} ".lower()) == (
        body + documents.check_digit(body)
    )


def test_the_check_digit_is_the_published_example():
    # The example of GB 11643-1999, annex B.
    assert documents.check_digit("11010519491231002") == "X"


@pytest.mark.parametrize(
    "typed", ["110105194912310021", "11010519491231002", "abc", "110105194913310022", ""]
)
def test_an_identity_number_that_cannot_be_is_refused(typed):
    with pytest.raises(Refused) as refused:
        documents.normalise_resident(typed)
    assert refused.value.field == "document_number"
