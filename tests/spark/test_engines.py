"""One corpus, three engines, equal rows: one machine, `dedup.run` on processes, and Spark."""

import json
import random
from dataclasses import replace

import pytest

from dedup import run
from dedup.config import DEFAULTS, CorpusSettings, NearSettings, Settings, TextSettings
from dedup.errors import InputError, SettingsError
from dedup.near.search import find_duplicates as on_one_machine
from dedup.spark import candidates, clean, deduplicate, find_duplicates
from tests.support.prose import paragraph

FIGURES = ("jaccard", "containment", "partner_containment")


def corpus():
    """Copies, near-duplicates, excerpts, hot buckets, empty, short and very long texts."""
    rng = random.Random(7)
    bases = [paragraph(language, rng, 8) for language in ("en", "zh") for _ in range(12)]
    texts = list(bases)
    for base in bases:
        texts += [base.replace(" ", "  "), base + " An end of its own.", base[: len(base) // 2]]
    texts += [f"{bases[0]} number {number} of it" for number in range(90)]
    texts += [paragraph("en", rng, 2) + bases[20] + bases[3] for _ in range(6)]
    texts += ["", " ", "a b", "A  b", "three short words", "three short words", bases[5]]
    long = " ".join(paragraph("en", rng, 4) for _ in range(60))
    texts += [long * (10_000_000 // len(long)), long * (10_000_000 // len(long)) + bases[2]]
    rng.shuffle(texts)
    return texts


TEXTS = corpus()
RNG = random.Random(11)
DATES = [f"20{RNG.randrange(10, 24)}-0{RNG.randrange(1, 9)}-11" for _ in TEXTS]
DATES[3] = None
PRIORITIES = [float(RNG.randrange(4)) for _ in TEXTS]


def frame(spark, rows, partitions):
    data = spark.createDataFrame(rows, "id long, text string, date string, priority double")
    return data.repartition(partitions)


def rows_of_one_machine(found):
    return [
        sorted((m.a, m.b, m.jaccard, m.containment_a, m.containment_b, m.kind.value) for m in some)
        for some in (found.matches, found.excerpts)
    ]


def rows_of_spark(found):
    return [sorted(map(tuple, some.collect())) for some in (found.matches, found.excerpts)]


def verdicts_of_run(folder, settings):
    """What `dedup.run` on two processes says of each document."""
    lines = [
        json.dumps({"id": str(n), "text": text, "date": DATES[n], "priority": PRIORITIES[n]})
        for n, text in enumerate(TEXTS)
    ]
    (folder / "in.jsonl").write_text("\n".join(lines), "utf-8")
    corpus = replace(settings.corpus, mode="annotate", part_rows=100)
    run(folder / "in.jsonl", folder / "out", replace(settings, corpus=corpus), jobs=2)
    found = []
    for line in (folder / "out" / "annotations.jsonl").read_bytes().splitlines():
        said = json.loads(line)
        figures = [said[name] for name in FIGURES]
        found.append((int(said["id"]), said["keep"], said["relation"], said["partner"], *figures))
    return found


def verdicts_of_spark(found):
    names = ["id", "keep", "fate", "partner", *FIGURES]
    rows = found.documents.select(*names).orderBy("id").collect()
    return [(r[0], r[1], r[2], None if r[3] is None else str(r[3]), *r[4:]) for r in rows]


@pytest.mark.parametrize(
    ("near", "order", "partitions", "batch"),
    [
        (NearSettings(), None, 1, 100_000),
        (NearSettings(keep="first"), None, 7, 1),
        (NearSettings(keep="earliest"), "date", 64, 1_000),
        (NearSettings(keep="priority", containment=0.7, cap=20), "priority", 7, 1_000),
    ],
    ids=lambda value: str(value),
)
def test_rows_are_equal_on_all_engines(spark, tmp_path, near, order, partitions, batch):
    settings = Settings(near=near)
    given = {"date": DATES, "priority": PRIORITIES, None: None}[order]
    expected = on_one_machine(TEXTS, order=given, settings=settings)
    rows = list(zip(range(len(TEXTS)), TEXTS, DATES, PRIORITIES, strict=True))
    random.Random(batch).shuffle(rows)
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", batch)
    checkpoint = str(tmp_path / "checkpoint")
    found = find_duplicates(
        frame(spark, rows, partitions), order=order, settings=settings, checkpoint=checkpoint
    )
    assert rows_of_spark(found) == rows_of_one_machine(expected)
    leaders = found.documents.orderBy("id").select("leader").collect()
    assert [row[0] for row in leaders] == expected.leaders.tolist()
    assert found.report == expected.report
    assert min(expected.report.hot_bands, expected.report.copies, expected.report.short) > 0
    assert verdicts_of_spark(found) == verdicts_of_run(tmp_path, settings)


def test_phrases_joined_excerpts_and_what_is_only_compared_with(spark, tmp_path, monkeypatch):
    """And the other way for keys that very many texts have, which few texts show."""
    monkeypatch.setattr(candidates, "_PEEK", 1)
    text = "滑鼠與軟體的設計原理及其在資訊工程教育中的應用，由專案小組撰寫並於網路發佈"
    texts = [text + str(n) * 8 for n in range(150)]
    others = [texts[7] + "。", texts[9][:30] + "另一篇文章的內容是關於別的事情", texts[11]]
    settings = Settings(
        text=TextSettings(phrases=True),
        near=NearSettings(threshold=0.6, join_excerpts=True, cap=16),
        corpus=CorpusSettings(contained="keep"),
    )
    frames = [
        spark.createDataFrame(list(rows), "name string, body string")
        for rows in (
            ((f"a{n:03}", text) for n, text in enumerate(texts)),
            ((f"b{n:03}", text) for n, text in enumerate(others)),
        )
    ]
    found = find_duplicates(
        frames[0], id="name", text="body", against=frames[1], settings=settings,
        checkpoint=str(tmp_path / "checkpoint"),
    )  # fmt: skip
    assert json.loads((next((tmp_path / "checkpoint/_notes/common").glob("part*"))).read_text())[
        "bands"
    ]
    order = [0.0] * len(texts) + [float("inf")] * len(others)
    names = [f"a{n:03}" for n in range(len(texts))] + [f"b{n:03}" for n in range(len(others))]
    near = replace(settings.near, keep="priority")
    expected = on_one_machine(
        texts + others, order=order, ids=names, settings=replace(settings, near=near)
    )
    assert rows_of_spark(found) == rows_of_one_machine(expected)
    leaders = found.documents.orderBy("id").select("leader").collect()
    assert [row[0] for row in leaders] == [names[leader] for leader in expected.leaders]
    kept = {row[0] for row in found.documents.where("keep").select("id").collect()}
    assert {"b000", "b001", "b002"} <= kept
    assert found.report.hot_bands == expected.report.hot_bands > 0


def test_a_search_is_resumed_where_it_was_killed(spark, tmp_path, monkeypatch):
    rows = [(n, text) for n, text in enumerate(TEXTS) if len(text) < 5_000]
    data = spark.createDataFrame(rows, "id long, text string")
    folder = str(tmp_path / "checkpoint")

    def killed(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("dedup.spark.candidates._weighed", killed)
        with pytest.raises(KeyboardInterrupt):
            find_duplicates(data, checkpoint=folder)
    # A note that was cut off while it was written, and a folder that nobody has noted as whole.
    note = next((tmp_path / "checkpoint/_notes/samples").glob("part*"))
    note.write_text("tr")
    for crc in note.parent.glob(".*.crc"):
        crc.unlink()
    monkeypatch.setattr("dedup.spark.candidates._fingerprints", killed)
    monkeypatch.setattr("dedup.spark.candidates._bands", killed)
    kept = deduplicate(data, checkpoint=folder)
    expected = on_one_machine([text for _, text in rows])
    found = find_duplicates(data, checkpoint=folder)
    assert found.report == expected.report
    assert kept.columns == ["id", "text"]
    fates = {row["id"] for row in found.documents.where("keep").collect()}
    assert {row["id"] for row in kept.collect()} == fates
    with pytest.raises(SettingsError, match=r"near\.cap was 64 and is 32"):
        find_duplicates(data, settings=Settings(near=NearSettings(cap=32)), checkpoint=folder)


def test_what_is_wrong_is_said_before_anything_is_done(spark):
    data = spark.createDataFrame([(1, "a", 0.5), (1, "b", 0.5)], "id long, text string, f double")
    with pytest.raises(SettingsError, match="monotonically_increasing_id"):
        find_duplicates(data, id="key")
    with pytest.raises(SettingsError, match="cast them to string"):
        find_duplicates(data, id="f")
    with pytest.raises(SettingsError, match="no texts"):
        find_duplicates(data, text="f")
    with pytest.raises(SettingsError, match="needs order="):
        find_duplicates(data, settings=Settings(near=NearSettings(keep="earliest")))
    with pytest.raises(InputError, match="the id 1 is missing or given twice"):
        find_duplicates(data)
    assert DEFAULTS.near.threshold == 0.8


def test_pages_are_cleaned_where_they_lie(spark):
    page = "<nav>Home</nav><p>The old mill by the river has been turned into a school.</p>"
    data = spark.createDataFrame(
        [(1, page, "old"), (2, None, "x")], "n int, html string, text string"
    )
    cleaned = clean(data)
    assert cleaned.columns == ["n", "html", "text", "title"]
    first = cleaned.where("n = 1").first()
    assert first["text"] == "The old mill by the river has been turned into a school."
    with pytest.raises(SettingsError, match="no column 'page' among n, html, text"):
        clean(data, html="page")
