import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.errors import InputError
from dedup.page.source.decode import decode

ZH = "今天下午，市政府召开新闻发布会，介绍了新建地铁线路的规划情况。记者了解到，工程预计明年开工。"
HANT = (
    "今天下午，市政府召開新聞發佈會，介紹了新建地鐵線路的規劃情況。記者了解到，工程預計明年開工。"
)
JA = "今日の午後、市は記者会見を開き、新しい路線の計画について説明した。工事は来年始まる予定だ。"
KO = "오늘 오후 시청에서 기자 회견이 열려 새 노선 계획을 설명했다. 공사는 내년에 시작될 예정이다."
RU = "Сегодня днём в мэрии прошла пресс-конференция о планах строительства новой линии метро."


@pytest.mark.parametrize(
    ("text", "written", "read"),
    [
        (ZH, "gb18030", "gb18030"),
        (HANT, "big5", "big5hkscs"),
        (JA, "shift_jis", "cp932"),
        (KO, "euc_kr", "cp949"),
        (RU, "cp1251", "cp1251"),
        (ZH, "utf-8", "utf-8"),
        (ZH, "utf-16-le", "utf-16-le"),
    ],
)
def test_undeclared_bytes_are_told_by_statistics(text: str, written: str, read: str) -> None:
    page = "<html><body><div class=a>" + "".join(f"\n<p>{text}</p>" for _ in range(5))
    assert decode(page.encode(written)).text == page
    assert decode(page.encode(written)).encoding == read


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "x-gbk", "gb_2312-80"])
def test_gbk_declared_as_gb2312_keeps_its_characters(declared: str) -> None:
    page = f"<meta charset={declared}><p>朱镕基与陶喆在柬埔寨喝了一杯氹仔咖啡"
    assert decode(page.encode("gb18030")) == decode(page.encode("gbk"))
    assert decode(page.encode("gbk")).text == page


def test_valid_utf8_wins_over_a_wrong_declaration() -> None:
    page = f"<meta charset=gbk>{ZH}"
    assert decode(page.encode()).text == page


def test_a_few_damaged_bytes_do_not_change_the_encoding() -> None:
    data = f"<meta charset=gbk>{ZH * 20}".encode("gbk") + b"\xff"
    assert decode(data).encoding == "gb18030"
    assert ZH in decode(data).text


def test_byte_order_mark_wins() -> None:
    data = codecs.BOM_UTF16_BE + f"<meta charset=gbk>{ZH}".encode("utf-16-be")
    assert decode(data).text == f"<meta charset=gbk>{ZH}"


def test_encoding_given_is_obeyed_and_checked() -> None:
    assert decode(ZH.encode("gbk"), "gb2312").text == ZH
    with pytest.raises(InputError, match="unknown encoding 'klingon'"):
        decode(b"x", "klingon")
    with pytest.raises(InputError, match="unknown encoding"):
        decode(b"x", "base64")


@pytest.mark.parametrize("data", [b"%PDF-1.7 ...", b"\x89PNG\r\n", bytes(range(1, 9)) * 50])
def test_binary_files_are_refused_with_the_remedy(data: bytes) -> None:
    with pytest.raises(InputError):
        decode(data)


@given(st.binary(max_size=300))
def test_any_bytes_give_text_or_our_own_error(data: bytes) -> None:
    try:
        decoded = decode(data)
    except InputError:
        return
    assert isinstance(decoded.text, str)


@given(
    st.text(alphabet=st.characters(codec="gb18030", exclude_categories=["Cs", "Cc"]), min_size=9)
)
def test_declared_encoding_round_trips(text: str) -> None:
    page = f"<meta charset='utf-8'>{text}"
    assert decode(page.encode()).text == page


@pytest.mark.parametrize("western", ["iso8859-15", "latin-1"])
@pytest.mark.parametrize("times", [1, 2])
def test_bytes_misread_by_a_western_decoder_are_read_again(western: str, times: int) -> None:
    page = "<meta charset=gb2312><p>" + "".join(map(chr, range(0x4E00, 0x4E40)))
    stored = page.encode("gb18030").decode(western)
    for _ in range(times - 1):
        stored = stored.encode().decode("latin-1")
    assert decode(stored.encode()).text == page


def test_western_text_under_a_wrong_declaration_is_left_alone() -> None:
    page = "<meta charset=gbk><p>" + "Größe, été, señor, ·· ©2010. " * 20
    assert decode(page.encode()).text == page
