"""The draw of invitees as arithmetic that anyone can repeat: commitments, seed, order. Pure.

Every value is SHA-256 of UTF-8 text, written as 64 small hexadecimal digits. What is committed to
before the draw cannot be exchanged afterwards; what two witnesses add after the commitments are
public means that nobody can have tried seeds until friends came out.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ALGORITHM = "portal-draw-1"  # names everything below; another way to draw gets another name
WITNESSES = 2  # people of the buyer who watch (MOF Order 87 Art. 14: no fewer than two)
FEWEST = 3  # suppliers drawn (GPL Art. 34)
POOL_RATIO = 2  # the pool holds at least this many for each one drawn (MOF Order 87 Art. 14)


def digest(text: str) -> str:
    """Return SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Secret:
    """What the portal keeps to itself from the commitment to the end of the procurement."""

    salt: str
    seed: str

    @classmethod
    def fresh(cls) -> "Secret":
        """Return 32 random bytes each, from the operating system."""
        return cls(salt=secrets.token_hex(32), seed=secrets.token_hex(32))


def pool_text(count: int, ids: Iterable[str]) -> str:
    """Return the text that stands for the pool: the algorithm, how many are drawn, the ids."""
    return "\n".join([ALGORITHM, str(count), *sorted(ids)])


def pool_commitment(salt: str, count: int, ids: Iterable[str]) -> str:
    """Return what is published of the pool before the draw."""
    return digest(f"{salt}\n{pool_text(count, ids)}")


def seed_commitment(secret: Secret) -> str:
    """Return what is published of the seed before the draw."""
    return digest(f"{secret.salt}\n{secret.seed}")


def final_seed(seed: str, words: Iterable[str]) -> str:
    """Return the seed that decides: the portal's, and the witnesses' words in their order."""
    return digest(":".join([seed, *map(digest, words)]))


def order(final: str, ids: Iterable[str]) -> list[str]:
    """Return the pool in the order in which it is drawn."""
    return sorted(ids, key=lambda each: digest(f"{final}:{each}"))


@dataclass(frozen=True)
class Record:
    """A whole draw: what was committed to, what was revealed, and the result."""

    count: int
    pool: Sequence[str]
    secret: Secret
    words: Sequence[str]
    pool_commitment: str
    seed_commitment: str
    final_seed: str
    drawn: Sequence[str]

    def faults(self) -> list[str]:
        """Return the names of the values that do not follow from the others; none when whole."""
        final = final_seed(self.secret.seed, self.words)
        followed = {
            "pool_commitment": pool_commitment(self.secret.salt, self.count, self.pool),
            "seed_commitment": seed_commitment(self.secret),
            "final_seed": final,
            "drawn": order(final, self.pool)[: self.count],
        }
        given = {name: getattr(self, name) for name in followed} | {"drawn": list(self.drawn)}
        return [name for name, value in followed.items() if value != given[name]]


def draw(count: int, pool: Sequence[str], secret: Secret, words: Sequence[str]) -> Record:
    """Return the whole record of a draw of `count` from the pool."""
    final = final_seed(secret.seed, words)
    return Record(
        count=count,
        pool=sorted(pool),
        secret=secret,
        words=list(words),
        pool_commitment=pool_commitment(secret.salt, count, pool),
        seed_commitment=seed_commitment(secret),
        final_seed=final,
        drawn=order(final, pool)[:count],
    )
