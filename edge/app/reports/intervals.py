"""How sure a counted figure is: 95 % intervals. Pure."""

import math

Interval = tuple[float, float]


def wilson(hits: int, of: int) -> Interval:
    """95 % interval of a share (Wilson 1927)."""
    if of == 0:
        return 0.0, 1.0
    z, share = 1.959964, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def poisson(count: int) -> Interval:
    """95 % interval of the expected number where `count` happened (exact, Garwood 1936)."""

    def solve(wanted: float, most: int) -> float:
        """The mean at which at most `most` happen with the wanted probability."""
        low, high = 0.0, 10.0 + 4.0 * (count + 1)
        for _ in range(80):
            mean = (low + high) / 2
            low, high = (mean, high) if _at_most(most, mean) > wanted else (low, mean)
        return (low + high) / 2

    return (0.0 if count == 0 else solve(0.975, count - 1)), solve(0.025, count)


def _at_most(most: int, mean: float) -> float:
    """Probability of no more than `most` when `mean` are expected."""
    if mean <= 0:
        return 1.0
    return sum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(most + 1))
