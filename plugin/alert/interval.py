"""How many of how many go in, the range in which the true share lies comes out."""

from __future__ import annotations

from functools import cache
from math import sqrt
from statistics import NormalDist


def wilson(part: float, whole: float, confidence: float) -> tuple[float, float]:
    """The score interval of a share, two-sided: what a true share could be that chance made into `part` of `whole`.

    With z the normal quantile of (1 + confidence) / 2, p = part / whole and n = whole:
    (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n).

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American Statistical
    Association 22 (1927), 209–212; recommended for small n by Brown, Cai and DasGupta, "Interval estimation for a binomial
    proportion", Statistical Science 16 (2001), 101–133, because unlike p ± z·√(p(1−p)/n) it holds what it promises there, and
    has a width at 0 of n, too. It takes the items as independent; calls that are lost in one burst are less so, and the true
    range is then wider. Raises ValueError for what is no part of a whole.
    """
    if not 0 <= part <= whole or whole == 0:
        raise ValueError(f"{part:g} is no part of {whole:g}")
    z, share = _quantile(confidence), part / whole
    shrink = 1 + z * z / whole
    middle = (share + z * z / (2 * whole)) / shrink
    half = z / shrink * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    # What the last digits of floats left over must not put the share itself outside.
    return min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))


@cache
def _quantile(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)
