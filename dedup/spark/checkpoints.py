"""Checkpoints: what a stage has made, as a Parquet folder; a stage that is whole is not made again.

A stage is whole when a line beside it says so, which is written after Spark has committed the
folder; so a run that was killed anywhere resumes at the stage that it was killed in.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from dedup.corpus.plan import differences
from dedup.errors import SettingsError

_NOTES, _RUN = "_notes", "run"


class Checkpoints:
    """The stages of one search.

    Args:
        spark: the session.
        path: the folder, on a file system that all tasks reach; None to leave what stages make on
            the disks of the executors, each of which takes its share with it when it is lost.
        identity: what the search is made of: its settings and inputs.

    Raises:
        SettingsError: if the folder holds a search of something else; the message names it.
    """

    def __init__(self, spark: Any, path: str | None, identity: Mapping[str, Any]) -> None:
        self._spark = spark
        self._path = path and path.rstrip("/")
        if path is None:
            return
        now = json.loads(json.dumps(identity, default=str))
        before = self._note(_RUN)
        if before is None:
            self._write(_RUN, now)
        elif changed := list(differences(before, now)):
            raise SettingsError(f"{path} was started otherwise: {'; '.join(changed)}")

    def stage(self, name: str, make: Callable[[], Any]) -> Any:
        """The data frame of a stage, made and written down unless it was before."""
        from pyspark import StorageLevel

        if self._path is None:
            # Without the plans of the stages before it, which Spark would look through each time.
            return make().localCheckpoint(True, StorageLevel.DISK_ONLY)
        path = f"{self._path}/{name}"
        if self._note(name) is None:
            make().write.mode("overwrite").parquet(path)
            self._write(name, True)
        return self._spark.read.parquet(path)

    def fact(self, name: str, find: Callable[[], Any]) -> Any:
        """Something small that JSON can hold, found out unless it was before."""
        if self._path is None:
            return find()
        found = self._note(name)
        if found is None:
            found = find()
            self._write(name, found)
        return found

    def _note(self, name: str) -> Any:
        from pyspark.errors import AnalysisException

        try:
            rows = self._spark.read.text(f"{self._path}/{_NOTES}/{name}").collect()
        except AnalysisException:  # there is no such folder
            return None
        try:
            return json.loads("".join(row[0] for row in rows))
        except json.JSONDecodeError:  # killed while it was written
            return None

    def _write(self, name: str, value: Any) -> None:
        line = self._spark.createDataFrame([(json.dumps(value),)], "value string").coalesce(1)
        line.write.mode("overwrite").text(f"{self._path}/{_NOTES}/{name}")
