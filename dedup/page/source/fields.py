"""The names that pages give the fields of metadata."""

# The names that pages give our fields in meta elements, best first (Open Graph, Dublin Core,
# schema.org microdata, news sitemaps and analytics, and what Chinese portals write).
AUTHOR = (
    *("author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator"),
    *("dcterms.creator", "og:author", "article:author_name", "citation_author", "authors"),
    *("cxenseparse:author", "mediator_author", "dc.contributor", "article.author", "rel:author"),
    *("content_author", "article-author", "creator", "dable:author", "vr:author", "author-name"),
)
PUBLISHED = (
    *("article:published_time", "datepublished", "og:article:published_time", "pubdate"),
    *("publishdate", "publish-date", "publish_date", "article:published", "og:published_time"),
    *("parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date.created"),
    *("dcterms.issued", "dc.date", "date", "article.published", "published", "published_time"),
    *("cxenseparse:recs:publishtime", "cxenseparse:publishtime", "citation_publication_date"),
    *("weibo:article:create_at", "article_date_original", "originalpublicationdate", "cdate"),
    *("publication_date", "og:pubdate", "bt:pubdate", "created", "og:release_date", "datecreated"),
    *("release_date", "rnews:datepublished", "vr:published_time", "last-publish-date", "pdate"),
)
TITLE = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "headline")
TITLE_LAST = ("citation_title", "title", "dcterms.title")
SITE = ("og:site_name", "application-name", "apple-mobile-web-app-title", "cre", "dc.publisher")
LANGUAGE = ("lang", "content-language", "og:locale", "dc.language", "dcterms.language", "language")
URL = ("canonical", "og:url")
OTHER = {
    "description": ("og:description", "description", "twitter:description"),
    "keywords": ("keywords", "news_keywords"),
    "type": ("og:type",),
}
#: Every field, and the names it is given.
FIELDS = {
    "author": AUTHOR,
    "date": (*PUBLISHED, "time"),
    "language": LANGUAGE,
    "site": SITE,
    "url": URL,
    **OTHER,
}
#: The names of meta elements that are read.
READ = frozenset({*TITLE, *TITLE_LAST, "generator"}).union(*FIELDS.values())
