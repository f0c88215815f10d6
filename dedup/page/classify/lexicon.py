"""Words that say what a part of a page is, as data: in class names and ids, and in the text itself.

Each group is one bit of a mask, so that a block's names and phrases are two integers. The groups
are fixed lists and not learned: class names learned on one set of sites do not carry over to
others. Written by hand from what is common: what site software (WordPress, Discuz, phpBB,
Bootstrap, Drupal, Sphinx) calls these parts, their pinyin, and the usual phrases in English and
Chinese; not derived from data.

``=word`` matches a whole word only (words end at other characters, at digits and where camelCase
changes case), anything else matches anywhere. Phrases of Latin letters match whole words;
``word~`` also matches the beginning of a word.
"""

from dedup.model import Label
from dedup.page.classify import cues

NAME_GROUPS: dict[str, str] = {
    "article": "article story =news newstext artical trs_editor zhengwen =zw js_content rich_media",
    "content": "content =con =cont neirong maintext detail",
    "body": "body",
    "text": "text =txt paragraph =para prose markdown richtext wysiwyg editor",
    "post": "post entry blog",
    "main": "main primary",
    "title": "title headline heading =hd biaoti subject",
    "byline": "byline author writer source laiyuan contributor =by =from",
    "date": "date time =pub publish posted =ago",
    "caption": "caption =fig figure photo image gallery credit =pic tuzhu",
    "summary": "summary intro abstract excerpt =lead =deck standfirst =dek description zhaiyao",
    "comment": "comment pinglun disqus =cmt discuss gentie =respond",
    "reply": "reply thread forum message =msg bbs =t_f answer =floor postlist",
    "user": "user avatar profile member signature =sig poster =people",
    "share": "share social =sns fenxiang facebook twitter weibo wechat weixin qrcode =qr =follow"
    " addthis jiathis bdshare erweima",
    "nav": "nav menu daohang =tabs =tab channel toolbar =links",
    "crumb": "crumb =path =location position mianbao =weizhi dqwz",
    "header": "header =head =top masthead topbar logo banner =hdr",
    "footer": "foot bottom =btm colophon",
    "side": "sidebar =side aside =left =right rail secondary sidecol",
    "related": "related recommend relevant xiangguan tuijian =more =rel similar alsolike suggest"
    " readnext outbrain taboola =reco =recs",
    "ranking": "=rank ranking popular trending =hot paihang mostread mostview =top10 phb toplist"
    " hotlist hotnews",
    "ad": "=ad =ads advert adsense =adv sponsor promo guanggao =gg =dfp adslot =adbox affiliate",
    "widget": "widget module =mod plugin",
    "card": "card teaser tile thumb =item =items grid carousel slider swiper",
    "list": "list =ul =lists",
    "tag": "=tag =tags keyword =label categor =cat topic",
    "pages": "pagination pager pagenav =next =prev =pages fanye =previous",
    "legal": "copyright legal disclaimer privacy terms banquan shengming =icp license",
    "cookie": "cookie consent gdpr onetrust",
    "subscribe": "newsletter subscri signup optin mailing =cta",
    "login": "login signin regist account =auth",
    "form": "form input search field contact select button btn",
    "modal": "modal popup overlay dialog tooltip toast dropdown =pop",
    "hidden": "hidden hide sr-only visually screen-reader =skip noprint",
    "price": "price cart =buy =sku shop stock checkout",
    "product": "product goods =spec =specs feature shangpin",
    "review": "review rating =star =stars testimonial",
    "meta": "meta =info =stat =stats count =views byinfo",
    "toc": "=toc outline contents tableofcontents",
    "code": "code highlight syntax",
    "hero": "hero jumbotron splash",
    "faq": "faq accordion question",
    "docs": "=doc =docs =document =rst sphinx =api wiki =mw",
    "language": "=lang language locale country",
    "poll": "weather =poll =vote calendar",
    "media": "player video audio media",
    "quote": "quote",
}

_TEXT_GROUPS: dict[str, str] = {
    "copyright": (
        "copyright|©|(c)|all rights reserved|版权所有|版權所有|备案|icp|icp备|许可证|公网安备|"
        "powered by|著作权|著作權|tous droits|alle rechte|todos los derechos|tutti i diritti|"
        "todos os direitos|wszelkie prawa|hak cipta|tüm hakları|все права|저작권|저작권자|主管|"
        "主办|主辦|承办|京ICP|版權聲明"
    ),
    "disclaimer": (
        "disclaimer|免责声明|免責聲明|免责|版权声明|转载|轉載|侵权|本站|本网|本網|不代表|"
        "仅供参考|投资建议|未经|授权|举报"
    ),
    "policy": (
        "privacy|privacy policy|terms|terms of use|terms of service|conditions|imprint|"
        "impressum|sitemap|隐私|服务条款|用户协议|关于我们|關於我們|联系我们|聯絡我們|网站地图|"
        "about us|contact us|contact|accessibility|careers|招聘|法律声明|广告服务|datenschutz|"
        "agb|mentions légales|confidentialité|aviso legal|privacidad|privacidade|note legali|"
        "prywatności|gizlilik|kontakt|contacto|contatti|über uns|mediadaten|redaktion kontakt|"
        "о проекте|контакты|политика|соглашение|tentang kami|kebijakan|pedoman|プライバシー|"
        "利用規約|会社概要|お問い合わせ|이용약관|개인정보|회사소개|advertise with us|press|"
        "jobs|help|faqs|do not sell|隐私政策|隱私|網站地圖|服務條款|加盟|诚聘|合作"
    ),
    "cookie": (
        "cookie|cookies|consent|accept all|akzeptieren|einwilligung|zustimmen|accepter|"
        "consentement|aceptar|accetta|personalised ads|personalized ads"
    ),
    "share": (
        "share|share this|tweet|facebook|twitter|linkedin|pinterest|whatsapp|instagram|youtube|"
        "分享|分享到|转发|微博|微信|朋友圈|收藏|点赞|follow us|关注|follow|teilen|drucken|"
        "folgen|folge uns|partager|imprimer|suivez|compartir|síguenos|condividi|seguici|"
        "compartilhar|udostępnij|поделиться|delen|paylaş|bagikan|ikuti|chia sẻ|공유|シェア|"
        "telegram|reddit|messenger|rss|print|likes|like|copy link|permalink|embed|"
        "connect with us|列印|打印|複製|复制|按讚|赞|讚|字级|字級|字型|大中小|粉絲|粉丝|收聽|"
        "播报|轉寄|公众号"
    ),
    "comment": (
        "comment|comments|leave a comment|reply|replies|log in to reply|评论|評論|回复|回覆|"
        "留言|跟帖|网友|发表|條評論|条评论|点评|post a comment|responses|discussion|discuss|"
        "ratings|kommentar|kommentare|kommentieren|leserbriefe|commentaires|commenter|"
        "comentarios|comentar|commenti|comentários|komentarze|komentarz|komentar|yorum|"
        "yorumlar|bình luận|reacties|комментарии|комментировать|комментариев|コメント|댓글|"
        "網友|有话说|短评|回應|回应|討論|讨论|人参与|表情|热评|理性发言|發言"
    ),
    "login": (
        "log in|login|sign in|sign up|register|password|username|登录|登錄|登陆|登入|注册|註冊|"
        "密码|账号|my account|forgot|会员|anmelden|registrieren|benutzername|passwort|"
        "connexion|se connecter|iniciar sesión|accedi|zaloguj|masuk|daftar|giriş|đăng nhập|"
        "войти|регистрация|ログイン|로그인|account|log out|logout|sign out|會員|验证码|帐号|"
        "帳號"
    ),
    "subscribe": (
        "subscribe|newsletter|email address|your email|inbox|订阅|訂閱|download the app|客户端|"
        "app下载|下载app|app store|google play|sign up for|subscribers|newsletters|abonnieren|"
        "abo|abonnement|abonnez|suscríbete|suscribirse|iscriviti|assine|подписаться|подписка|"
        "langganan|購読|구독|premium|membership|become a member|手机报|电子报|電子報|数字报"
    ),
    "nav": (
        "home|menu|首页|首頁|网站首页|导航|skip to|skip to content|toggle|返回|back to top|"
        "search|搜索|搜尋|频道|頻道|current position|当前位置|您的位置|所在位置|view all|"
        "see all|startseite|nach oben|zurück|accueil|retour|inicio|volver|strona główna|"
        "beranda|anasayfa|trang chủ|главная|ホーム|トップ|홈|navigation|main menu|browse|"
        "sections|栏目|站点|网站导航|滚动|滾動|回首頁|收藏本站"
    ),
    "more": (
        "read more|learn more|more|continue reading|see more|更多|详情|詳情|详细|全文|查看更多|"
        "load more|show more|展开|点击查看|view more|click here|点击|mehr|weiterlesen|"
        "lire la suite|en savoir plus|leer más|ver más|leggi tutto|saiba mais|więcej|"
        "selengkapnya|devamı|xem thêm|читать|подробнее|もっと見る|続きを読む|더보기|"
        "find out more|discover|explore|全部|展開|點擊|点这里"
    ),
    "related": (
        "related|you may also like|you might also like|recommended|more from|read next|"
        "see also|相关|相關|相关阅读|相关新闻|推荐|推薦|推荐阅读|延伸阅读|延伸閱讀|猜你喜欢|"
        "热门推荐|精彩推荐|更多新闻|more stories|latest news|最新|latest|also read|专题|專題|"
        "mehr zum thema|empfohlen|empfohlene|lesen sie auch|auch interessant|siehe auch|"
        "weitere artikel|neueste|ähnliche|verwandte|à lire aussi|lire aussi|dernières|"
        "articles similaires|te puede interesar|lea también|lee también|recomendadas|"
        "recomendados|más información|más noticias|últimas noticias|leggi anche|"
        "potrebbe interessarti|leia também|leia mais|veja também|czytaj także|zobacz także|"
        "polecamy|baca juga|baca selanjutnya|terkait|terkini|rekomendasi|ilgili|haberler|"
        "xem thêm|читайте также|смотрите также|по теме|похожие|другие новости|関連|おすすめ|"
        "新着|관련|추천|주요뉴스|recent posts|recent articles|recently viewed|also viewed|"
        "also enjoy|bought together|featured|suggested|in other news|editor's picks|往期|"
        "近期文章|大家在看|大家都在|猜你|可能喜欢|可能喜歡|感兴趣|要闻|要聞|焦点|焦點|速递|"
        "速遞|快讯|即时新闻|即時|图集|組圖|组图|精选|精選|精彩|专栏|頭條|头条|视觉|资讯|資訊|"
        "動態|动态"
    ),
    "ranking": (
        "most read|most popular|trending|popular|top stories|排行|排行榜|热门|熱門|热点|热榜|"
        "热搜|點擊排行|点击排行|一周|24小时|hot|best sellers|top 10|编辑推荐|本周|meistgelesen|"
        "meistgelesene|beliebt|beliebte|beliebteste|plus lus|les plus|más leído|más leídas|"
        "más visto|populares|più letti|più lette|mais lidas|najczęściej|popularne|populer|"
        "terpopuler|çok okunan|đọc nhiều|meest gelezen|mest lästa|популярное|самое|人気|"
        "ランキング|많이 본|인기|most viewed|most shared|most commented|most active|"
        "most watched|hottest|popular posts|popular now|best seller|top rated|top users|"
        "leaderboard|人气|人氣|最多人|最多瀏覽|最多浏览|最多點|最多点|最热|最熱|热闻|熱聞|热词|"
        "熱詞|热帖|熱帖|热议|热文|熱點|熱搜|熱榜|熱播|热播|點閱|受欢迎|排名|48小时|推荐榜"
    ),
    "ad": (
        "advertisement|advertis~|sponsored|sponsor|promoted|promotion|广告|廣告|赞助|推广|扫码|"
        "扫一扫|二维码|扫描|限时|优惠|coupon|affiliate|shop now|buy now|立即|免费|anzeige|"
        "werbung|publicité|sponsorisé|publicidad|patrocinado|pubblicità|publicidade|reklama|"
        "реклама|iklan|reklam|広告|광고|スポンサー|partner content|paid content|deals|deal|"
        "discount|offer|offers|book now|get started|free trial|try for free|download|"
        "get the app|giveaway|donate|support us|% off|spend|商讯|商訊|公众号|小程序|下载|下載|"
        "彩铃|图铃|商城|理财|领取|抽奖|vip|团购|特惠|促销|加盟|课程|热线|app|apps|partners|"
        "partner"
    ),
    "byline": (
        "by|author|written by|posted by|作者|来源|來源|编辑|編輯|责任编辑|責任編輯|责编|记者|"
        "記者|通讯员|发布时间|发表时间|发布于|發布|published|updated|last updated|posted on|"
        "min read|staff|字号|字體|原标题|稿源|出处|阅读数|浏览|von|autor|autorin|redaktion|"
        "redacción|rédaction|auteur|veröffentlicht|aktualisiert|publié|mis à jour|publicado|"
        "actualizado|pubblicato|aggiornato|penulis|reporter|correspondent|contributor|editor|"
        "reading time|lesezeit|автор|опубликовано|обновлено|источник|文／|文/|撰文|供稿|审核|"
        "审读|监制|核稿|報導|电讯|기자|입력|수정|公開|更新|配信|投稿|粉丝|原创|博主"
    ),
    "date": (
        "january|february|march|april|june|july|august|september|october|november|december|jan|"
        "feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|monday|tuesday|wednesday|thursday|friday|"
        "saturday|sunday|年|月|日|ago|小时前|分钟前|天前|昨天|yesterday|today|am|pm|hours ago|"
        "days ago|januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|"
        "avril|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|"
        "mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gennaio|febbraio|"
        "aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|janeiro|fevereiro|março|maio|"
        "junho|julho|setembro|outubro|dezembro|stycznia|lutego|marca|kwietnia|maja|czerwca|"
        "lipca|sierpnia|września|października|listopada|grudnia|января|февраля|марта|апреля|"
        "мая|июня|июля|августа|сентября|октября|ноября|декабря|januari|februari|maret|agustus|"
        "desember|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|"
        "mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|senin|"
        "selasa|rabu|kamis|jumat|uhr|hace|il y a|назад|시간 전|분 전|일 전|時間前|分前|日前|"
        "mins ago|minutes ago|weeks ago|months ago|years ago|year ago|星期"
    ),
    "pages": (
        "next|previous|prev|next page|older|newer|上一篇|下一篇|上一页|下一页|上一頁|下一頁|"
        "尾页|第一页|first|last|page|weiter|vorherige|nächste|suivant|précédent|siguiente|"
        "anterior|successivo|próximo|następna|poprzednia|далее|следующая|предыдущая|次へ|前へ|"
        "다음|이전|load older|page of|下一条|上一条|下一則|上一則|末页"
    ),
    "price": (
        "$|€|£|¥|￥|price|add to cart|add to bag|in stock|out of stock|free shipping|元|价格|"
        "库存|购物车|加入购物车|购买|qty|sku|checkout|cart|wishlist|quantity|sale"
    ),
    "caption": (
        "photo|image|images|picture|credit|courtesy|getty|reuters|illustration|photograph~|"
        "figure|图片|圖片|图为|图|摄|攝|供图|资料图|视频|圖為|图源|图片来源|bild|bilder|"
        "bildquelle|symbolbild|archivbild|fotos|foto|crédit|imagen|archivo|immagine|imagem|"
        "zdjęcie|gambar|фото|写真|撮影|사진|제공|shutterstock|afp|dpa|unsplash|pixabay|截图|"
        "截圖|视觉中国|圖說|圖／|图／|翻攝|翻摄|資料照|資料圖"
    ),
    "forum": (
        "posts|joined|member|members|quote|thread|topic|likes|views|楼|樓|楼主|发帖|帖子|"
        "发表于|發表於|积分|贴吧|精华|只看|message|online|offline|registered|upvote|beiträge|"
        "antworten|mitglied|mitglieder|réponses|respuestas|ответов|сообщений|solved|solution|"
        "asked|answered|viewed|score|reputation|reaction score|reactions|last post|started|"
        "关注者|被浏览|赞同|提问|回答|主题|積分|樓主|威望|等级|最后回复"
    ),
    "tags": (
        "tags|tag|tagged|categories|category|filed under|keywords|标签|標籤|关键词|分类|分類|"
        "topics|schlagworte|schlagwörter|stichwörter|themen|étiquettes|mots-clés|etiquetas|"
        "temas|теги|метки|タグ|カテゴリ|태그|关键字|關鍵字|文章分类|專欄|归档|archives"
    ),
    "links": "http|www|.com|@",
    "you": "i|my|me|we|our|you|your|我|我们|你|您",
    "function": (
        "the|of|and|to|in|is|that|was|for|on|with|as|的|了|是|在|和|les|des|der|die|und|que|"
        "para|los|della|het|een|och|się"
    ),
    "question": "how to|what is|why|faq|frequently asked|请问|怎么|如何|什么",
    "feature": (
        "features|specifications|description|details|overview|产品|规格|型号|参数|material|"
        "dimensions|weight|model"
    ),
    "form": (
        "search|submit|e-mail|email|your name|first name|last name|phone|send|select|choose|"
        "filter|filters|sort by|sort|apply|cancel|clear|ok|close|suche|suchen|buscar|"
        "rechercher|cerca|szukaj|cari|поиск|найти|検索|검색|搜索|搜尋|请输入|請輸入|提交|确定|"
        "確定|取消|关闭|關閉|选择|筛选|required|optional|reset|options|login with|translate|"
        "language|english|deutsch|español|français|中文"
    ),
    "state": (
        "loading|please wait|error|javascript|report|not found|no results|was this helpful|"
        "helpful|opens in|not supported|browser|coming soon|rate this|view image|enlarge|play|"
        "pause|mute|settings|加载|载入|載入|稍候|稍等|反馈|举报|檢舉|刷新|重试|出错|没有更多|"
        "暂无|浏览器|點擊放大|vergrößern|laden|fehler|cargando|chargement|загрузка|読み込み"
    ),
}

# The groups that the cues' phrases join, which know more languages.
_GROUP_OF = {
    Label.RELATED: "related",
    Label.RANKING: "ranking",
    Label.COMMENT: "comment",
    Label.BYLINE: "byline",
    Label.NAV: "nav",
    Label.SHARE: "share",
    Label.CAPTION: "caption",
    Label.FORM: "login",
    Label.LEGAL: "copyright",
    Label.AD: "ad",
}


def _with_cues() -> dict[str, str]:
    """The groups and the cues that are words; capitalised where only ASCII is matched so."""
    groups = {name: row.split("|") for name, row in _TEXT_GROUPS.items()}
    for phrase, label in cues.phrases(cues.SECTIONS, cues.OPENING, cues.ANYWHERE).items():
        groups[_GROUP_OF[label]] += (phrase, phrase.capitalize())
    return {name: "|".join(dict.fromkeys(words)) for name, words in groups.items()}


TEXT_GROUPS = _with_cues()

# What a page says of its own type (`PageTable.hints`): matched anywhere.
PAGE_GROUPS: dict[str, str] = {
    "og_article": "og=article|og=news|og=blog",
    "og_website": "og=website",
    "og_product": "og=product|og=og:product",
    "dated": "has=date",
    "signed": "has=author",
    "described": "has=description",
    "article": "ld=article|ld=newsarticle|ld=blogposting|ld=reportage|ld=techarticle|ld=advertiser",
    "product": "ld=product|ld=offer|ld=aggregateoffer",
    "list": "ld=itemlist|ld=collectionpage|ld=searchresultspage|ld=blog |ld=listitem",
    "forum": "ld=discussionforumposting|ld=qapage|ld=answer|ld=comment",
    "faq": "ld=faqpage",
    "organisation": "ld=organization|ld=localbusiness|ld=service|ld=corporation|ld=newsmedia",
    "crumbs": "ld=breadcrumblist",
    "webpage": "ld=webpage",
    "recipe": "ld=recipe|ld=howto",
    "video": "ld=videoobject|ld=event|ld=movie|ld=musicrecording",
    "url_forum": "/forum|/thread|/topic|/t/|viewtopic|showthread|/question|/discussion|/comments/|"
    "/community|/r/|/bbs",
    "url_product": "/product|/dp/|/p/|/item|/itm|/shop/|/buy|/goods|/listing/",
    "url_list": "/category|/categories|/tag/|/tags|/collection|/c/|/browse|/topics|/archive|"
    "/search|/list|/index",
    "url_docs": "/doc|/guide|/reference|/manual|/api|/learn|/tutorial|/wiki|/help|/support|"
    "/latest/",
    "url_news": "/blog|/news|/article|/story|/stories|/post|/20",
    "url_service": "/service|/solution|/about|/contact|/pricing|/feature|/company|/platform|"
    "/product",
    "url_page": ".html|.htm|.shtml|.php|.asp",
    "body_single": "body=single|body=post-template|body=article|body=postid|body=node",
    "body_list": "body=archive|body=category|body=blog|body=tag|body=search|body=list",
    "body_home": "body=home|body=front|body=index",
    "body_product": "body=product|body=woocommerce|body=catalog|body=template-product",
    "body_page": "body=page",
    "wordpress": "by=wordpress",
    "forum_software": "by=discourse|by=phpbb|by=vbulletin|by=xenforo|by=discuz|by=flarum|"
    "by=vanilla|by=mybb|by=nodebb|by=simple machines|by=invision|body=nodebb|body=xf",
    "shop_software": "by=woocommerce|by=magento|by=prestashop|by=shopify|by=opencart",
    "docs_software": "by=docutils|by=sphinx|by=docusaurus|by=mkdocs|by=gitbook|by=hugo|by=jekyll|"
    "by=vitepress|by=mediawiki|by=doxygen|by=asciidoctor",
}
