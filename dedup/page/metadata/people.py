"""Names of persons in what pages write where the author should stand."""

import re
from collections.abc import Iterable
from functools import lru_cache

from dedup.expressions import expression
from dedup.page.source.titles import squeezed

# What stands before an author's name, in the languages of the sets; longer ones first.
_BY = (
    r"written by|reported by|story by|words by|posted by|published by|created by|review by|"
    r"interview by|article by|text by|from|by|"
    r"ein gastbeitrag von|ein kommentar von|eine analyse von|kommentar von|interview von|"
    r"von|aus|text|autor(?:in|en)?|autore|auteur|author(?:\(s\))?s?|"
    r"propos recueillis par|publié par|rédigé par|par|escrito por|publicado por|por|redactado por|"
    r"scritto da|a cura di|di|da|door|af|av|skrevet av|skrevet af|tekst|teksti|napsal|napisał|"
    r"autorius|yazar|yazan|haber|szerző|írta|Автор(?:ы)?|Текст|Συντάκτης|Του|Της|Από|oleh|penulis|"
    r"(?:本报|本社|本网|特约|实习|见习)*(?:记者|記者)|文字?|作者|撰文|采写|撰稿(?:人)?|通讯员"
)
_BYLINE = expression(rf"^\W{{0,3}}(?:{_BY})(?:\s*[:：/／|]\s*|\s+|(?=[一-鿿]))", re.IGNORECASE)
_EDITOR = expression(
    r"^\W{0,3}(?:责任编辑|责编|编辑|編輯|校对|审核|editor|edited by)\b", re.IGNORECASE
)
_HAN_BYLINE = expression(
    r"(?:作者|记者|記者|文|撰文|采写|撰稿)(?:[:：/／|｜]\s*|\s+)"
    r"((?:[一-鿿·]{2,4}(?:[\s、，,/]+(?=[一-鿿·]{2,4}(?:[\s、，,/|]|$))|)){1,4})"
)
_REPORTER = expression(r"[（(][一-鿿]{0,6}(?:记者|記者)[:：\s]?([一-鿿]{2,3})[)）]")
_APART = expression(r"(?<![一-鿿])([一-鿿])\s([一-鿿])(?![一-鿿])")  # "方 敏": set as wide as three
_KOREAN = expression(r"([가-힣]{2,4})\s?(?:선임|전문)?기자")
_SPLIT = expression(
    r"\s*[,;、，；|/／•·]\s*|\s+(?:and|und|y|et|e|och|og|en|a|i|und|&|и|και|ve|dan|with|mit)\s+|\s*\n\s*"
)
_FAMILY_FIRST = expression(r"^([A-Z][\w'’-]+), ([A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*)?)$")
_FIGURES = expression(r"\s+(?:[^\W\d_]{3,9}\.?\s|[|•·–-]\s)?\d|(?<=[a-z])(?=Published|Updated)")
_PARENTHESES = expression(r"\s*[(\[（【].{0,60}?[)\]）】]\s*")
_TAIL = expression(
    r"\s+(?:in|for|at|für|aus|from|is|für die|de la rédaction|updated|published|veröffentlicht|"
    r"correspondent|reporter|editor|redakteur\w*|posted|on|am|um|le|el|il)\s.*$",
    re.IGNORECASE,
)
# Words of the names of organisations, desks and accounts.
_NO_PERSON = expression(
    r"@|https?:|www\.|\d|\.(?:com|org|net|de|fr|ru|cn|at|ch)\b|"
    r"\b(?:redakt\w+|redacci\w+|rédaction|redazione|redactie|redakcj\w*|redakce|toimitus|"
    r"editorial\w*|editors?|staff|newsroom|desk|team|agenc\w+|agence|agentur\w*|press\w*|presse|"
    r"news\w*|nachrichten\w*|online|media\w*|magazine?|zeitung|daily|times|post|journal|"
    r"dpa\w*|afp|apa|reuters|ap|sid|epd|kna|efe|ansa|tass|pap|čtk|rnd|ots|sda|belga|ntb|ritzau|tt|"
    r"bloomberg|condé nast|getty|upi|ians|pti|ani|antara|"
    r"admin\w*|webmaster|guest|user|anonym\w*|unknown|none|null|correspondents?|contributors?|"
    r"sharing|startseite|artikel|reporters?|writers?|webdesk|web|tv|radio|sport|sports|wire|services?|feed|blog|"
    r"journalist\w*|author|autor\w*|profile|autori|redaktør\w*|"
    r"редакци\w+|риа|интерфакс|тасс|ньюсрум|σύνταξης|gmbh|ag|inc|ltd|llc|copyright|"
    r"comments?|kommentare?|share|subscribe|follow|min|read|minutes?|updated|published)\b|"
    r"通信社|通讯社|新华社|中新社|编辑部|編集部|取材班|新聞|新闻|日报|日報|晚报|网$|社$|報$|报$|频道|기자단|편집|뉴스$",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    "de da do dos das del della di du des la le van von den der ter ten zu zum zur af av al el bin"
    " ibn y e i und und't 't st. jr. jr sr. o' mc mac bt abd ul us of the".split()
)
_WORDS = range(1, 6)
_REMEMBERED = 4096  # lines whose names are remembered
_LENGTH = 60
_HAN = expression(r"^[一-鿿々·]{2,5}$|^[一-鿿々]{1,3}[\s　][一-鿿々ぁ-ん]{1,3}$|^[가-힣]{2,4}$")


# The commonest Chinese family names (nine of ten people), in both scripts; two-character ones last.
_FAMILIES = expression(
    "^(?:[王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖"
    "萧蕭田董袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石廖贾賈夏韦韋付方白邹鄒孟熊秦邱江尹薛"
    "闫阎段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯温倪祝耿欧颜易乔喬施柳殷俞]"
    "|欧阳|歐陽|司马|司馬|诸葛|諸葛|上官|令狐)"
)
_IDEOGRAPH = expression(r"[一-鿿]")


def names(text: str, sites: Iterable[str] = (), sure: bool = True) -> tuple[str, ...]:
    """The persons that a statement of authorship names.

    Args:
        text: the statement.
        sites: names of the site, which are no authors.
        sure: the statement stands where only authors stand; else names must look like names.

    >>> names("By Ann Lee and John de Vries, Reuters"), names("@annlee")
    (('Ann Lee', 'John de Vries'), ())
    >>> names("记者 王小明 李红"), names("The Daily Planet", ["Daily Planet"])
    (('王小明', '李红'), ())
    """
    return _names(text, tuple(sites), sure) if len(text) <= 5 * _LENGTH else ()


# The pages of a site name the same persons in the same words; each line is asked about some times.
@lru_cache(maxsize=_REMEMBERED)
def _names(text: str, sites: tuple[str, ...], sure: bool) -> tuple[str, ...]:
    text = _PARENTHESES.sub(" ", " ".join(text.split())).strip()
    if _EDITOR.match(text) or "://" in text:
        return ()
    turned = _FAMILY_FIRST.match(text)
    if turned and not _NO_PERSON.search(text):
        return (f"{turned[2]} {turned[1]}",)
    text = without_date(text)
    korean = _KOREAN.findall(text)
    if korean:
        return tuple(dict.fromkeys(korean))
    for _ in range(2):
        text = _BYLINE.sub("", text).strip()
    own = {squeezed(site) for site in sites}
    found = []
    for part in _SPLIT.split(text):
        for name in _han_names(part):
            name = _TAIL.sub("", f"{name} ").strip(" .-–—:*\"'")
            name = _cased(_BYLINE.sub("", name))
            strict = not sure or _IDEOGRAPH.search(name)
            if _is_name(name, own) and (not strict or looks_like_name(name)):
                found.append(name)
    return tuple(dict.fromkeys(found))


def without_date(text: str) -> str:
    """A byline up to the date or the other figures at its end.

    >>> without_date("by Paul Serran Jul. 19, 2026 9:45 am"), without_date("3 May")
    ('by Paul Serran', '3 May')
    """
    bare = _FIGURES.split(text, maxsplit=1)[0]
    return bare if len(bare) > 3 else text


def byline_names(text: str, sites: Iterable[str] = ()) -> tuple[str, ...]:
    """The persons of a byline: only what follows a word like "by" or "记者".

    >>> byline_names("3 May 2024 | By Ann Lee"), byline_names("来源：新华网 作者：王小明")
    (('Ann Lee',), ('王小明',))
    """
    return _byline_names(text[: 5 * _LENGTH], tuple(sites))


@lru_cache(maxsize=_REMEMBERED)
def _byline_names(text: str, sites: tuple[str, ...]) -> tuple[str, ...]:
    for line in text.split("\n"):
        line = _APART.sub(r"\1\2", line)
        han = _HAN_BYLINE.search(line) or _REPORTER.search(line)
        if han:
            return names(han[1], sites, sure=False)
        for part in re.split(r"\s+[|•·–-]\s+|\t|,\s", line):
            if _BYLINE.match(part) or _KOREAN.search(part):
                found = names(part if part != line.split(", ")[0] else line, sites, sure=False)
                if found:
                    return found
    return ()


def says_by(text: str) -> bool:
    """Whether a text is a word that stands before an author's name, and nothing else.

    >>> says_by("Von"), says_by("By Ann")
    (True, False)
    """
    return _BYLINE.fullmatch(text.strip() + " ") is not None


def looks_like_name(name: str) -> bool:
    """Whether a text has the form of a person's name.

    >>> [looks_like_name(name) for name in ("Ann Lee", "王小明", "All Rights reserved", "Home")]
    [True, True, False, False]
    """
    if _HAN.match(name):
        return " " in name or not _IDEOGRAPH.match(name) or _is_chinese(name)
    words = name.split()
    if len(words) not in range(2, 6):
        return False
    return all(word[0].isupper() or word.lower() in _PARTICLES for word in words)


def _is_chinese(name: str) -> bool:
    """Whether a name is a family name and one or two characters, or written with a dot."""
    family = _FAMILIES.match(name)
    return "·" in name or (family is not None and len(name) - family.end() in (1, 2))


def _han_names(part: str) -> list[str]:
    """The names in a part: in Chinese and Japanese several may stand with spaces between them."""
    words = part.split()
    if len(words) > 1 and all(re.fullmatch(r"[一-鿿·]{2,4}", word) for word in words):
        if len(words) == 2 and all(len(word) <= 2 for word in words):
            return [part]  # family and given name, as in Japanese
        return words
    return [part]


def _cased(name: str) -> str:
    """A name in capitals as names are written.

    >>> _cased("JÖRG MÜLLER-LÜDENSCHEID"), _cased("Ann Lee")
    ('Jörg Müller-Lüdenscheid', 'Ann Lee')
    """
    if name.isupper() and " " in name:
        return re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), name)
    return name


def _is_name(name: str, own: set[str]) -> bool:
    if not 2 <= len(name) <= _LENGTH or len(name.split()) not in _WORDS:
        return False
    key = squeezed(name)
    if key in own or any(site and len(key) > 3 and site in key for site in own):
        return False
    return not _NO_PERSON.search(name) and any(letter.isalpha() for letter in name)
