"""Phrases and class names that tell one kind of boilerplate from another, as data.

Chinese phrases are written in Simplified characters and matched on folded text, so that they hold
for both scripts. Origin of the phrases: the labelled development pages, and what the site software
in common use prints in each language (WordPress, Discuz!, Disqus, Naver, Yahoo! Japan, Yandex and
the like); of the class names: their style sheets, Readability's and jusText's lists.

Three ways to be a cue, from the narrowest to the widest:

- ``WHOLE``: the block says nothing else (up to a number, punctuation or an arrow);
- ``OPENING``: a short block begins with it;
- ``ANYWHERE``: the block holds it, whatever its length.
"""

import re
from collections.abc import Mapping
from functools import cache

from dedup.expressions import expression
from dedup.kernels.tags import BOILERPLATE_LABEL, CONTENT_LABEL
from dedup.model import Label

# A label with a section below it: what follows is of the same kind until something ends it.
SECTIONS: dict[Label, str] = {
    Label.RELATED: "猜你喜欢|猜你感兴趣|相关阅读|相关新闻|相关文章|相关推荐|相关链接|相关报道|相关资讯|相关内容|相关专题"
    "|延伸阅读|推荐阅读|推荐新闻|更多新闻|更多相关|热门推荐|为您推荐|为你推荐|大家都在看|精彩推荐|精彩图集|编辑推荐"
    "|你可能感兴趣|您可能感兴趣|看了又看|最新文章|最新资讯|最新动态|图片新闻|图片推荐|.{0,6}图库|.{0,6}图集|热点推荐|今日推荐|同类文章"
    "|related articles|related stories|related posts|related news|related content|related"
    "|read more|read next|you may also like|you might also like|recommended for you|recommended"
    "|more from|more stories|more news|more on this|latest news|latest stories|up next|also read"
    "|関連記事|関連ニュース|おすすめ記事|おすすめ|あわせて読みたい|こちらも読まれています|新着記事|最新記事"
    "|관련기사|관련 기사|추천기사|추천 기사|함께 보면 좋은 기사|이 시각 주요뉴스|최신기사|주요뉴스"
    "|читайте также|читать также|похожие статьи|по теме|другие новости|смотрите также|новости по теме"
    "|mehr zum thema|das könnte (?:sie|ihnen|dir|dich) auch (?:interessieren|gefallen)|ähnliche artikel|lesen sie auch|weitere artikel"
    "|auch interessant|verwandte artikel|à lire aussi|lire aussi|sur le même sujet|articles similaires"
    "|dans la même rubrique|à voir aussi|articles liés|te puede interesar|también te puede interesar"
    "|noticias relacionadas|artículos relacionados|lea también|lee también|más noticias"
    "|اقرأ أيضا|مواضيع ذات صلة|ข่าวที่เกี่ยวข้อง|เรื่องที่เกี่ยวข้อง",
    Label.RANKING: ".{0,8}排行榜?|.{0,6}热榜|新闻排行|新闻排行榜|热点排行|点击排行|阅读排行|文章排行|热门排行|周排行|月排行|日排行"
    "|24小时热闻|24小时|热门文章|热门新闻|热点新闻|热文|热榜|热搜|一周热点|一周热门|今日热点|热门帖子|热门点击|本周热门"
    "|most read|most popular|most viewed|most commented|most shared|trending|trending now|top stories"
    "|popular posts|popular now|アクセスランキング|ランキング|人気記事|よく読まれている記事|人気ランキング"
    "|많이 본 뉴스|많이 본 기사|인기기사|인기 기사|인기뉴스|самое читаемое|самое популярное|популярное"
    "|meistgelesen|meistgelesene artikel|beliebte artikel|les plus lus|articles les plus lus"
    "|le plus lu|lo más leído|lo más visto|más leídas|الأكثر قراءة|ยอดนิยม|ข่าวยอดนิยม",
    Label.COMMENT: "[0-9]+ ?(?:条评论|comments?|comentarios?|commentaires?|kommentare?|コメント|комментари[ийяев]+|댓글)|评论|评论留言|网友评论|网友留言|发表评论|最新评论|热门评论|全部评论|我要评论|我要留言|用户评论"
    "|精彩评论|暂无评论|暂时没有留言|暂无留言|评论区|评论列表|文章评论|我来说两句|读者评论|网友热议"
    "|comments|leave a comment|leave a reply|post a comment|join the conversation|reader comments"
    "|add a comment|write a comment|コメント|コメントを書く|コメント一覧|みんなのコメント|댓글|댓글쓰기|댓글 쓰기"
    "|комментарии|оставить комментарий|добавить комментарий|обсуждение|kommentare|kommentar schreiben"
    "|leserkommentare|diskutieren sie mit|commentaires|laisser un commentaire|vos réactions|réagir"
    "|comentarios|deja una respuesta|deja un comentario|dejar un comentario|التعليقات|ความคิดเห็น",
}

WHOLE: dict[Label, str] = {
    Label.NAV: "首页|网站首页|友情链接|无障碍阅读|无障碍浏览|进入关怀版|设为首页|加入收藏|返回首页|返回顶部|回到顶部|返回列表|返回|顶部|网站地图|数字报|电子报|导航|网站导航|上一篇|下一篇"
    "|上一页|下一页|尾页|末页|更多|查看更多|加载更多|展开全文|阅读全文|滚动|关于我们|联系我们|下转[^。]{1,6}版|上接[^。]{1,6}版"
    "|home|menu|top|back to top|skip to content|skip to main content|next|previous|next page"
    "|site map|sitemap|about us|contact us|more|see more|load more|toggle navigation|breadcrumb"
    "|ホーム|トップ|トップページ|メニュー|ページトップへ|次へ|前へ|一覧へ|次の記事|前の記事|홈|메뉴|맨위로|목록|이전글|다음글"
    "|главная|меню|наверх|вперёд|назад|startseite|menü|nach oben|zurück|weiter"
    "|accueil|haut de page|retour en haut|suivant|précédent|inicio|menú|volver arriba|siguiente|anterior"
    "|الرئيسية|หน้าแรก",
    Label.SHARE: "分享|分享到|分享至|转发|收藏|点赞|点赞[0-9]+|微信|微博|新浪微博|qq空间|朋友圈|官方微信|官方微博|复制链接"
    "|打印|打印本页|.{0,6}打印.{0,6}关闭.{0,14}|关闭窗口|字体|字号|关注|share|share this|share on|share this article|tweet|print|email|facebook|twitter"
    "|linkedin|whatsapp|pinterest|copy link|follow us|シェア|シェアする|ツイート|はてなブックマーク|lineで送る|공유|공유하기"
    "|카카오톡|поделиться|вконтакте|телеграм|teilen|drucken|partager|imprimer|compartir|imprimir|مشاركة|แชร์",
    Label.AD: "广告|推广|赞助|赞助内容|advertisement|advertisements|sponsored|sponsored content|ad|ads|promoted"
    "|advertorial|広告|pr|スポンサーリンク|광고|реклама|на правах рекламы|anzeige|werbung|publicité"
    "|contenu sponsorisé|publicidad|anuncio|إعلان|โฆษณา",
    Label.FORM: "登录|注册|登录/注册|搜索|会员登录|提交|订阅|log in|login|sign in|sign up|register|search|subscribe"
    "|submit|ログイン|会員登録|新規登録|検索|로그인|회원가입|검색|войти|регистрация|поиск|подписаться"
    "|anmelden|registrieren|suche|suchen|abonnieren|connexion|se connecter|s'inscrire|rechercher"
    "|iniciar sesión|registrarse|buscar|suscribirse|تسجيل الدخول|بحث|เข้าสู่ระบบ|ค้นหา",
}

OPENING: dict[Label, str] = {
    Label.BYLINE: "来源[:：]|来源 |作者[:：]|文[/／]|文[:：]|编辑[:：]|责编[:：]|责任编辑|本文编辑|值班编辑|校对[:：]|审核[:：]"
    "|编审[:：]|监制[:：]|发表时间|发布时间|发布日期|发表于|时间[:：]|日期[:：]|更新时间|记者[:： ]|本报记者|通讯员"
    "|稿源|出处[:：]|信息来源|文章来源|稿件来源|撰文|图片来源|浏览次数|浏览[:：]|阅读[:：]|点击[:：]|字号[:：]|发布者"
    "|发布机构|原标题"
    r"|by [a-z]|written by|posted by|posted on|published|updated|last updated|author:|source:|reporting by"
    r"|editing by|photo by|story by|文=|執筆|著者|投稿者|公開日|更新日|記者|取材|配信|입력|수정|등록일|등록 ?[0-9:]|기자|작성자|승인"
    r"|автор|опубликовано|обновлено|источник|текст:|дата|von [a-zäöü]|autor:|veröffentlicht|aktualisiert"
    r"|stand:|quelle:|par [a-zéè]|publié|mis à jour|auteur|source :|por [a-z]|publicado|actualizado"
    r"|autor:|fuente:|redacción|كتب|كتبت|نشر|المصدر|โดย|เผยแพร่",
    Label.AD: "扫码|扫一扫|扫描二维码|扫描下方|《.{1,10}》(?:官方微信|官方微博|微信公众号|数字报|电子版|电子报|客户端)|打开.{1,12}app|长按识别|长按二维码|下载客户端|下载app|打开app|立即下载|立即打开|关注公众号"
    "|关注微信|关注我们|微信扫|手机扫|海量资讯|点击下载|加入会员|限时优惠|download the app|download our app|get the app"
    "|scan the qr|scan to|try .{3,40} free|アプリをダウンロード|アプリで読む|앱 다운로드|앱에서 보기|qr코드|скачайте приложение"
    "|подписывайтесь на наш|laden sie die app|app herunterladen|téléchargez l|descarga la app|descargue",
    Label.LEGAL: r"网址[:：]|邮箱[:：]|电子邮箱|热线[:：]|powered by|免责声明|版权声明|特别声明|郑重声明|声明[:：]|copyright|©|\(c\) ?[12][0-9]{3}|版权所有|凡本网|凡注明|本网站|本站所有"
    "|terms of use|terms of service|privacy policy|privacy notice|cookie policy|disclaimer"
    "|利用規約|プライバシーポリシー|著作権|無断転載|저작권|무단|개인정보|청소년보호|사업자등록|обратная связь|все права"
    "|политика конфиденциальности|свидетельство о регистрации|impressum|datenschutz|agb"
    "|mentions légales|cgu|politique de confidentialité|aviso legal|política de privacidad|política de cookies"
    "|ลิขสิทธิ์|สงวนลิขสิทธิ์|جميع الحقوق",
    Label.COMMENT: "[0-9]+ ?条评论|[0-9]+ comments?|共有[0-9]+条|网友[:：]|欢迎参与讨论|.{0,4}欢迎参与讨论|发表您的看法",
    Label.NAV: r"当前位置|您的位置|您当前|您现在的位置|所在位置|首页 ?[>»›/|]|首页 *-|home ?[>»›/|]|you are here|上一篇[:：]|下一篇[:：]"
    r"|ホーム ?[>»›/|]|トップ ?[>»›/|]|главная ?[>»›/|]|startseite ?[>»›/|]|accueil ?[>»›/|]|inicio ?[>»›/|]|현재위치|홈 ?[>»›/|]"
    r"|上一条[:：]|下一条[:：]",
    Label.SHARE: "分享到|分享至|分享这篇|share this|share on|share via|follow us|シェアする|поделиться|teilen|partager sur"
    "|compartir en|공유하기",
    Label.CAPTION: "图为|图[:：]|上图|下图|资料图|图[一二三四五六七八九十0-9]+[:：]|photo:|picture:|image:|foto:|photo :|写真[:：]|写真＝",
    Label.FORM: "请输入|验证码|用户名|密码|忘记密码|记住我|your email|email address|enter your|subscribe to|sign up for"
    "|メールアドレス|パスワード|이메일|비밀번호|введите|ваш e-?mail|ihre e-mail|votre e-mail|tu correo",
}

ANYWHERE: dict[Label, str] = {
    Label.LEGAL: "版权所有|不得转载|未经授权|未经许可|未经.{0,12}书面|禁止转载|all rights reserved|icp备|icp证|公网安备|网安备"
    "|不代表本(?:网|站|平台)|不代表.{0,8}(?:观点|立场)|并不代表|如有侵权|侵权.{0,16}(?:联系|删除)|违法和不良信息|许可证号|许可证编号"
    "|仅供参考.{0,20}投资|责任编辑电话|增值电信|刊号|统一连续出版物号|邮发代号|主管单位|主办单位"
    "|without permission|rights reserved|無断転載|無断複製|著作権は|무단 ?전재|무단전재|재배포 ?금지|저작권자|перепечатка"
    "|все права защищены|alle rechte vorbehalten|tous droits réservés|reproduction interdite"
    "|todos los derechos reservados|prohibida su reproducción|สงวนลิขสิทธิ์|جميع الحقوق محفوظة",
    Label.AD: "扫码(?:关注|阅读|下载|加入|进群)|扫描(?:上方|下方|图中)?二维码|关注.{0,10}公众号|下载.{0,10}(?:app|客户端)"
    "|尽在.{0,12}(?:app|客户端)|download the .{0,20}app|qr code",
    Label.COMMENT: "评论需要(?:人工)?(?:审核|稽核)|暂无评论|暂时没有留言|还没有评论|还没有人评论|抢沙发|登录后(?:才可以)?(?:评论|发表)"
    "|评论仅代表|文明上网|be the first to comment|log in to comment|log in to reply|comments are closed"
    "|your email address will not be published|コメントはまだありません|ログインしてコメント|등록된 댓글|комментариев пока нет"
    "|чтобы оставить комментарий|noch keine kommentare|kommentare geschlossen|aucun commentaire"
    "|no hay comentarios|sé el primero en comentar",
}

# What a tag alone says of what stands in it.
TAG_LABELS = {tag: Label(name) for tag, name in CONTENT_LABEL.items()}
TAG_BOILERPLATE = {tag: Label(name) for tag, name in BOILERPLATE_LABEL.items()}
HEADINGS = frozenset(tag for tag, label in TAG_LABELS.items() if label is Label.HEADING)

# Words of class names and ids. Matched as whole words, or as the beginning of one with ``*``.
NAMES: dict[Label, str] = {
    Label.COMMENT: "comment* pinglun disqus* cmt gentie respond commentlist livefyre",
    Label.RANKING: "rank* ranking paihang* mostread most-read mostpopular popular trending hotlist hotnews phb"
    " toplist top10 hot rebang",
    Label.RELATED: "related* recommend* relevant xiangguan tuijian readmore read-more similar alsolike also-like"
    " suggest* outbrain taboola youlike guess",
    Label.SHARE: "share* social sns fenxiang addthis* jiathis bdshare* sharing follow*",
    Label.AD: "ad ads advert* adsense adv sponsor* promo promotion guanggao gg dfp banner-ad erweima qrcode qr"
    " appendqr* qr_wrap download-app app-download appdown*",
    Label.LEGAL: "cookie* consent* copyright* legal disclaimer* banquan* shengming statement icp footer* foot bottom colophon",
    Label.NAV: "nav navbar nav-* menu* navigation breadcrumb* crumb* crumbs daohang topbar toolbar pagination"
    " pager pages prev next prevnext sidebar mianbao location weizhi header masthead tabs skip*",
    Label.FORM: "login* signin register search* subscribe* newsletter form modal popup",
    Label.BYLINE: "byline author* source laiyuan article-info article-meta post-meta entry-meta editor"
    " article-editor info-source pubtime pub-time publish-time date time posted-on meta writer",
    Label.CAPTION: "caption* figcaption wp-caption-text img_descr img-desc tuzhu photo-caption pic-desc img_wrapper img-wrapper wp-caption",
}


# What stands between the plain parts of a pattern, with what may follow it.
_GROUP = expression(r"\(\?:((?:[^()]|\([^()]*\))*)\)(?![?*])")
_CONSTRUCT = expression(
    r"\\.|\[[^\]]*\][?*+]?|\((?:[^()]|\([^()]*\))*\)[?*+]?|\{[^}]*\}|.[?*]|[.+]"
)


def needed(row: str) -> frozenset[str]:
    """Words of which each text that a pattern of phrases finds holds one.

    >>> sorted(needed("扫码(?:关注|阅读)|.{0,6}图库|排行榜?|[0-9]+ ?(?:条|楼)"))
    ['图库', '扫码', '排行', '条', '楼']
    """
    return frozenset(_needed(row))


def _needed(row: str) -> list[str]:
    found: list[str] = []
    for phrase in _alternatives(row):
        if phrase.isalpha():  # most are
            found.append(phrase)
            continue
        longest = max(_CONSTRUCT.sub("\n", phrase).split("\n"), key=len)
        # Where all stands in a group, the words of its alternatives.
        found += [longest] if longest else _needed(_GROUP.findall(phrase)[0])
    return found


def _alternatives(row: str) -> list[str]:
    """The alternatives of a pattern, parted at its own bars and not at those of its groups."""
    found: list[str] = []
    open_part = ""
    for part in row.split("|"):
        phrase = f"{open_part}|{part}" if open_part else part
        opened = phrase.count("(") + phrase.count("[")
        open_part = phrase if opened > phrase.count(")") + phrase.count("]") else ""
        if not open_part:
            found.append(phrase)
    return found


# The tables by name, and what may stand around the phrases of each.
TABLES = {"sections": SECTIONS, "whole": WHOLE, "opening": OPENING, "anywhere": ANYWHERE}
_SHAPES = {
    "sections": r"[^\w]*(?:{})(?:[^\w]|[0-9]|更多|more|条|热门)*$",
    "whole": r"[^\w]*(?:{})[^\w]*$",
    "opening": r"[^\w©]*(?:{})",
    "anywhere": r"(?:{})",
}


@cache
def pattern(table: str, label: Label) -> re.Pattern[str]:
    """The phrases of one table for one label as a compiled pattern, for lower-cased folded text.

    >>> pattern("sections", Label.RANKING).match("排行榜").group()
    '排行榜'
    """
    return re.compile(_SHAPES[table].format(TABLES[table][label]))


_PATTERN = expression(r"[\\.\[\](){}*+?^$]")


def phrases(*tables: Mapping[Label, str]) -> dict[str, Label]:
    """The phrases of tables that are no patterns.

    >>> phrases(WHOLE)["retour en haut"].value
    'nav'
    """
    return {
        phrase: label
        for table in tables
        for label, row in table.items()
        for phrase in row.split("|")
        if not _PATTERN.search(phrase)
    }


@cache
def names() -> dict[str, Label]:
    """Whole words of class names, to labels."""
    return {w: label for label, words in NAMES.items() for w in words.split() if w[-1] != "*"}


@cache
def name_prefixes() -> tuple[tuple[str, Label], ...]:
    """Beginnings of words of class names, to labels."""
    return tuple(
        (word[:-1], label)
        for label, words in NAMES.items()
        for word in words.split()
        if word[-1] == "*"
    )
