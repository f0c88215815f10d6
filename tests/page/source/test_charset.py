"""Undeclared encodings are told by the letters that they would make of the bytes."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.page.source.charset import guess_encoding, is_foreign
from dedup.page.source.decode import decode
from dedup.page.source.letters import LETTERS

TEXTS = {
    "zh": "今天下午，市政府召开新闻发布会，介绍了新建地铁线路的规划情况。工程预计明年开工。",
    "hant": "今天下午，市政府召開新聞發佈會，介紹了新建地鐵線路的規劃情況。工程預計明年開工。",
    "ja": "今日の午後、市は記者会見を開き、新しい路線の計画について説明した。工事は来年始まる。",
    "ko": "오늘 오후 시청에서 기자 회견이 열려 새 노선 계획을 설명했다. 공사는 내년에 시작된다.",
    "ru": "Сегодня днём в мэрии прошла пресс-конференция о планах строительства новой линии.",
    "uk": "Сьогодні в мерії відбулася прес-конференція щодо планів будівництва нової лінії її.",
    "bg": "Днес следобед в кметството се проведе пресконференция за плановете за новата линия.",
    "el": "Σήμερα το απόγευμα έγινε στο δημαρχείο συνέντευξη τύπου για τα σχέδια της γραμμής.",
    "pl": "Dziś po południu w ratuszu odbyła się konferencja prasowa o budowie nowej linii, także"
    " źródła świadczą o gęstości.",
    "cs": "Dnes odpoledne se na radnici konala tisková konference o plánech výstavby nové trasy,"
    " příští rok začne.",
    "hu": "Ma délután a városházán sajtótájékoztatót tartottak az új vonal építési terveiről, őszi"
    " kezdés, jövőre indul a közlekedés.",
    "tr": "Bugün öğleden sonra belediyede yeni hattın inşaat planları hakkında basın toplantısı"
    " yapıldı.",
    "de": "Heute Nachmittag wurde im Rathaus über die Pläne für die neue Strecke gesprochen, größer"
    " als früher.",
    "fr": "Cet après-midi, la mairie a présenté à la presse le tracé prévu : dès l'été, où l'on"
    " espère être prêt.",
    "es": "Esta mañana el ayuntamiento presentó a la prensa la construcción de la línea el próximo"
    " año.",
    "lt": "Šiandien po pietų rotušėje įvyko spaudos konferencija apie naujos linijos statybą, ją"
    " pradės kitąmet, sužinojo žurnalistai.",
    "he": "היום אחר הצהריים נערכה בעירייה מסיבת עיתונאים על תוכניות לבניית קו חדש",
    "ar": "عقدت البلدية اليوم مؤتمرا صحفيا حول خطط بناء الخط الجديد في المدينة",
    "th": "วันนี้เทศบาลจัดแถลงข่าวเกี่ยวกับแผนการก่อสร้างเส้นทางใหม่ของเมือง",
}
CASES = [
    ("zh", "gb18030"),
    ("hant", "big5"),
    ("hant", "gb18030"),
    ("ja", "cp932"),
    ("ja", "euc_jp"),
    ("ko", "cp949"),
    ("ru", "cp1251"),
    ("ru", "koi8_r"),
    ("ru", "cp866"),
    ("ru", "iso8859-5"),
    ("uk", "cp1251"),
    ("uk", "koi8_u"),
    ("bg", "cp1251"),
    ("el", "cp1253"),
    ("el", "iso8859-7"),
    ("pl", "cp1250"),
    ("pl", "iso8859-2"),
    ("cs", "cp1250"),
    ("hu", "cp1250"),
    ("tr", "cp1254"),
    ("de", "cp1252"),
    ("fr", "cp1252"),
    ("es", "cp1252"),
    ("lt", "cp1257"),
    ("he", "cp1255"),
    ("ar", "cp1256"),
    ("th", "cp874"),
]


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_one_sentence_is_enough(language: str, encoding: str) -> None:
    page = f"<title>x</title><body class=a><p>{TEXTS[language]}</p>"
    assert decode(page.encode(encoding)).text == page


def test_text_outside_tags_decides() -> None:
    script = "<script>" + "var a = 'été à la plage';" * 99 + "</script>"
    data = script.encode("cp1252") + b"<p>" + TEXTS["zh"].encode("gbk")
    assert guess_encoding(data) == "gb18030"


def test_attributes_decide_where_the_text_is_ascii() -> None:
    assert guess_encoding(f'<img alt="{TEXTS["ru"]}">photo'.encode("koi8-r")) == "koi8_r"


def test_english_with_quotes_and_signs_is_western() -> None:
    text = "He said: “It’s £5 – or 5°…” © 2010 · all rights\xa0reserved®"
    assert guess_encoding(text.encode("cp1252")) == "cp1252"


def test_damaged_utf8_is_utf8() -> None:
    data = b"\xe4\xb8".join(f"<p>{TEXTS['zh']}".encode() for _ in range(9))
    assert guess_encoding(data) == "utf-8"
    assert TEXTS["zh"] in decode(data).text


def test_western_declaration_over_foreign_bytes_is_a_default_of_the_server() -> None:
    page = "<meta charset=iso-8859-1><p>" + TEXTS["zh"] * 3
    assert decode(page.encode("gbk")).text == page
    western = "<meta charset=iso-8859-1><p>" + TEXTS["fr"] * 3
    assert decode(western.encode("cp1252")).text == western
    assert not is_foreign(western.encode("cp1252"))


def test_declaration_that_fits_wins_over_statistics() -> None:
    page = "<meta charset=windows-1250><p>été, où"
    assert decode(page.encode("cp1252")).encoding == "cp1250"


def test_iso_2022_jp_is_seen_by_its_escapes() -> None:
    page = f"<p>{TEXTS['ja']}"
    assert decode(page.encode("iso2022_jp")).text == page


def test_ascii_has_no_encoding_of_its_own() -> None:
    assert guess_encoding(b"<p>plain") is None
    assert decode(b"<p>plain").encoding == "utf-8"


@given(st.binary(max_size=200))
def test_any_bytes_have_a_guess_that_decodes(data: bytes) -> None:
    encoding = guess_encoding(data)
    assert (encoding is None) == data.isascii()
    data.decode(encoding or "ascii", "replace")


@pytest.mark.parametrize("unit", [b"<", b"<!--", b"<script", b"\xe4<p>", b"\xe4\n", b"\x81"])
def test_time_is_linear(unit: bytes) -> None:
    seconds = []
    for size in (1 << 17, 1 << 19):
        before = time.process_time()
        guess_encoding(b"\xff" + unit * (size // len(unit)))
        seconds.append(time.process_time() - before)
    assert seconds[1] < 8 * seconds[0] + 0.2


def test_every_character_of_the_tables_can_be_written() -> None:
    for language, encodings, groups in LETTERS:
        letters = groups.replace("-", "").replace(" ", "")
        assert len(letters) == len(set(letters)), language
        for encoding in encodings:
            written = sum(bool(letter.encode(encoding, "ignore")) for letter in letters)
            assert written > 0.7 * len(letters), (language, encoding)
