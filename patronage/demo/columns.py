"""What the drawing of the crowd shares: columns of numpy and Arrow.

Tables are dicts of columns of equal length. Amounts are integers of 1/10,000 of a currency unit;
`NONE` stands for a missing value in columns of integers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Rng = np.random.Generator
Columns = dict[str, Any]

NONE = -(2**31)
UNIT = 10_000


def pick(pool: list[str] | pa.Array, index: np.ndarray) -> pa.Array:
    """Texts of a pool by position; a negative position is a missing value."""
    pool = pool if isinstance(pool, pa.Array) else pa.array(pool, pa.string())
    return pool.take(pa.array(index, mask=index < 0))


def numbers_at(numbers: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Numbers by position; -1 for a negative position."""
    return np.where(index < 0, -1, numbers[index])


def ids(prefix: str, numbers: np.ndarray) -> pa.Array:
    """Ids such as O10017; a negative number is a missing value."""
    return join(prefix, pa.array(numbers, mask=numbers < 0).cast(pa.string()))


def join(*parts: pa.Array | str) -> pa.Array:
    """Texts put together by row; missing where a part is."""
    return pc.binary_join_element_wise(*parts, "")


def sum_by(groups: np.ndarray, units: np.ndarray, size: int) -> np.ndarray:
    """Whole sums per group; bincount adds doubles, exact for sums below 2^53."""
    return np.bincount(groups, units, size).astype(np.int64)


def redeliver(
    rng: Rng, size: int, again: float, older: float = 0, early: int | None = None
) -> tuple[np.ndarray, np.ndarray, int]:
    """Row numbers of a file with re-deliveries, which of them are older, how many fall away.

    After all rows come shares of them again: exact copies, then older states of the first `early`.
    """
    once_more = rng.choice(size, int(size * again), replace=False)
    early = size if early is None else early
    before = rng.choice(early, int(early * older), replace=False)
    rows = np.concatenate([np.arange(size), once_more, before])
    return rows, np.arange(len(rows)) >= len(rows) - len(before), len(rows) - size
