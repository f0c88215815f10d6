"""Texts as crawls hold them: Chinese in both scripts, kana, Hangul, Latin, marks, and debris."""

from hypothesis import strategies as st

CJK = "中国人民大学的一是不了在有和长三角地区发展戰畧竝囯甚麼覈衕誌體與國學會"
OTHERS = "abc ABC Éé ß 1２3 ａＢ かが가나 กำ ǆ ﬁ ㍿ \u0301\u0323 ,。!? \u200b\u00ad\ufe0f \n\t"
DEBRIS = "\x00\ud800\udfff\ufffd\U0010ffff\U000e0100😀"

texts = st.text(st.sampled_from(CJK * 3 + OTHERS + DEBRIS), max_size=60)
plain_texts = st.text(st.sampled_from(CJK * 3 + OTHERS), max_size=60)


@st.composite
def corpora(draw: st.DrawFn, most: int = 12) -> list[str]:
    """Small corpora in which texts share runs of tokens, are cut, joined and repeated."""
    words = st.sampled_from([*"长三角地区一体化發展", "alpha ", "beta ", "gamma ", ", ", "delta "])
    runs = draw(st.lists(st.lists(words, min_size=1, max_size=40), min_size=1, max_size=4))
    parts = st.lists(st.sampled_from(["".join(run) for run in runs]), max_size=4)
    return ["".join(draw(parts)) for _ in range(draw(st.integers(0, most)))]
