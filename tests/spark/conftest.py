"""One Spark session for all tests of the room; skipped where Java or pyspark is missing."""

import os
import shutil
import sys
from pathlib import Path

import pytest

HAS_SPARK = bool(shutil.which("java") or os.environ.get("JAVA_HOME"))
# What makes small searches quick: no code is compiled for plans that run once.
OPTIONS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.memory": "2g",
    "spark.driver.host": "127.0.0.1",
}


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("default"))


@pytest.fixture(scope="session")
def spark():
    if not HAS_SPARK:
        pytest.skip("Java is not there: install a runtime, as openjdk-17-jre-headless")
    sql = pytest.importorskip("pyspark.sql", reason="pip install 'dedup-web[spark]'")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in OPTIONS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
