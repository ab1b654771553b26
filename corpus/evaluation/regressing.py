"""Fit linear weights by Newton's method: logistic regression, and its listwise kin, one right choice in each list."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

_STEPS = 50
_LISTWISE_STEPS = 25


def logistic(values: Vector, labels: Vector, shares: Vector, *, pull: float, constant: bool) -> Vector:
    """Fit a logistic regression; features are brought to one scale first, and *pull*ed to zero (ridge)."""
    scale = values.std(axis=0) + 1e-9
    scaled = values / scale
    ridge = np.full(values.shape[1], pull)
    if constant:
        scaled = np.column_stack([scaled, np.ones(len(scaled))])
        scale, ridge = np.append(scale, 1.0), np.append(ridge, 1e-6)
    weights = np.zeros(scaled.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(scaled @ weights, -30, 30)))
        gradient = scaled.T @ (shares * (chance - labels)) + ridge * weights
        curvature = (scaled * (shares * chance * (1 - chance))[:, None]).T @ scaled + np.diag(ridge)
        weights = weights - np.linalg.solve(curvature, gradient)
    return np.asarray(weights / scale, dtype=np.float64)


def listwise(lists: list[Vector], rights: list[Vector], shares: Vector, *, pull: float) -> Vector:
    """Fit weights that choose the right row of each list (ListNet's top-one loss, Cao et al., ICML 2007).

    *rights* say of each list's rows which are right, 0 or 1; *shares* how much each list counts.
    """
    values = np.concatenate(lists)
    scale = values.std(axis=0) + 1e-9
    scaled = values / scale
    starts = np.cumsum([0, *(len(rows) for rows in lists[:-1])])
    of = np.repeat(np.arange(len(lists)), [len(rows) for rows in lists])
    wanted = np.concatenate([right / right.sum() for right in rights])
    share = shares[of]
    weights = np.zeros(scaled.shape[1])
    for _ in range(_LISTWISE_STEPS):
        scores = scaled @ weights
        raised = np.exp(scores - np.maximum.reduceat(scores, starts)[of])
        chance = raised / np.add.reduceat(raised, starts)[of]
        gradient = scaled.T @ (share * (chance - wanted)) + pull * weights
        means = np.add.reduceat(scaled * chance[:, None], starts, axis=0)
        curvature = (scaled * (share * chance)[:, None]).T @ scaled - (means * shares[:, None]).T @ means
        weights = weights - np.linalg.solve(curvature + pull * np.eye(len(weights)), gradient)
    return np.asarray(weights / scale, dtype=np.float64)
