"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class ModestArgon2(Argon2PasswordHasher):
    """Argon2id with 19 MiB and two passes, as OWASP's password storage cheat sheet advises.

    Django's own choice takes 100 MiB and eight threads: a few people who sign in at once would
    take more memory than all the rest of the server.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
