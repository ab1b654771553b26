"""What a collection of a Milvus holds: its fields, and a passage as it is written to them and read."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corpus.model import Scope
from corpus.retrieval.keys import key

PLATE = 0
"""The row that names the ledger a collection belongs to; its one dimension is no term's."""

FIELDS = ("id", "stamp", "report", "years", "units", "terms")

_MOST_YEARS, _MOST_UNITS = 256, 16
"""How many of them a passage can have, and more."""


@dataclass(frozen=True, slots=True)
class Row:
    """Hold a passage as it is sent: *id* is unique to this version of it, *weights* go by the terms' dimensions."""

    id: int
    stamp: int
    report: str
    weights: Mapping[int, float]
    years: frozenset[int] = frozenset()
    units: frozenset[str] = frozenset()


def sent(row: Row) -> dict[str, Any]:
    """Make what Milvus is given of a row."""
    return {
        "id": row.id,
        "stamp": row.stamp,
        "report": row.report,
        "years": sorted(row.years),
        "units": sorted(map(_number, row.units)),
        "terms": dict(row.weights),
    }


def same(row: Row, read: Mapping[str, Any]) -> bool:
    """Say whether what was *read* is what was sent of a row; weights may be off by what float32 rounds."""
    expected = sent(row)
    terms = {int(dimension): float(weight) for dimension, weight in read["terms"].items()}
    return (
        all(list(read[field]) == expected[field] for field in ("years", "units"))
        and all(read[field] == expected[field] for field in ("id", "stamp", "report"))
        and terms.keys() == row.weights.keys()
        and all(math.isclose(terms[one], weight, rel_tol=1e-6) for one, weight in row.weights.items())
    )


def narrowing(scope: Scope) -> list[str]:
    """Write the years and units of *scope* as conditions, all of which are to hold."""
    wanted = {
        "years": None if scope.years is None else sorted(scope.years),
        "units": None if scope.units is None else sorted(map(_number, scope.units)),
    }
    return [f"array_contains_any({field}, {values})" for field, values in wanted.items() if values is not None]


def create(client: Any, name: str, *, shards: int, replicas: int, seconds: float) -> None:
    """Create the collection *name*, and load it."""
    of = pymilvus().DataType
    schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field("id", of.INT64, is_primary=True)
    schema.add_field("stamp", of.INT64)
    schema.add_field("report", of.VARCHAR, max_length=64)
    schema.add_field("years", of.ARRAY, element_type=of.INT16, max_capacity=_MOST_YEARS)
    schema.add_field("units", of.ARRAY, element_type=of.INT64, max_capacity=_MOST_UNITS)
    schema.add_field("terms", of.SPARSE_FLOAT_VECTOR)
    index = client.prepare_index_params()
    index.add_index("terms", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    index.add_index("stamp", index_type="INVERTED")
    if not client.get_server_version(timeout=seconds).startswith("milvus_lite"):  # which has no index over arrays
        index.add_index("years", index_type="INVERTED")
        index.add_index("units", index_type="INVERTED")
    client.create_collection(name, schema=schema, num_shards=shards, consistency_level="Strong", timeout=seconds)
    client.create_index(name, index, timeout=seconds, sync=False)  # nothing is there to be indexed
    client.load_collection(name, replica_number=replicas, timeout=seconds)


def pymilvus() -> Any:
    """Import pymilvus, which takes a second the first time, and leave the environment as it was.

    It would put what stands in a file ``.env`` into it, for every program that this one starts.
    """
    before = set(os.environ)
    import pymilvus as imported  # noqa: PLC0415

    for name in set(os.environ) - before:
        del os.environ[name]
    return imported


def _number(unit: str) -> int:
    """Name a unit by 63 bits: short, and nothing in it to escape."""
    return key(unit) >> 1
