"""The same stages on Spark 4, where one machine is outgrown; extra ``spark``."""

from dedup.spark.pages import clean
from dedup.spark.search import deduplicate, find_duplicates
from dedup.spark.verdicts import Found

__all__ = ["Found", "clean", "deduplicate", "find_duplicates"]
