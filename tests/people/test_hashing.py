"""How passwords are hashed."""

from django.contrib.auth.hashers import check_password, make_password


def test_passwords_are_kept_as_argon2id_within_19_mib(settings):
    settings.PASSWORD_HASHERS = ["youwo.people.hashing.ModestArgon2"]
    kept = make_password("清早的杏花全开了")
    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password("清早的杏花全开了", kept)
