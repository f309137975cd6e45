"""Papers: the canonical addresses of papers: DOIs, preprints, publishers and libraries."""

from __future__ import annotations

import re
from urllib.parse import unquote

from notes_lsp.urls.rules import Params, UrlRule, Web, numbered_rule, value_of, without

_DOI = re.compile(r"(10\.\d{4,9}(?:\.\d+)*)/(.+)")
_DOI_FOLDERS = (
    "doi abs abstract full fulltext pdf epdf epub html fullhtml pdfdirect pdfplus reader book article articles chapter "
    "content referenceworkentry referencework protocol lens early recent journals stable"
)
_DOI_FOLDER_SET = frozenset(_DOI_FOLDERS.split())
_DOI_TAIL = re.compile(
    r"(?:/(?:full|fulltext|abstract|summary|meta|pdf|epdf|html|references)|(?:v\d+)?\.(?:full|abstract|short|full-text)"
    r"(?:\.pdf)?|\.pdf)$"
)
_DOI_BEFORE = re.compile(r"/doi:[ ]*(?=10\.)", re.IGNORECASE)
_PREPRINT_VERSION = re.compile(r"^(10\.1101/.+?)v\d+$")
_IOP = re.compile(r"/article/(10\.\d{4}/\d{4}-\d{3}[\dX]/\w+/\w+/\w+)(?:/(?:meta|pdf|fulltext))?", re.IGNORECASE)
_NATURE = re.compile(r"/articles/(s\d{5}-\d{3}-\d{4,5}-[\dx]|nature\d+|srep\d+)(?:\.pdf)?", re.IGNORECASE)
_ZENODO = re.compile(r"/records?/(\d+)")
_ELIFE = re.compile(r"/articles/(\d{5,6})(?:v\d+)?")
_PEERJ = re.compile(r"/articles/(\d+)")
_ARXIV = re.compile(
    r"/(?:abs|pdf|html|ps|format|src|e-print|papers)/(?:(\d{4}\.\d{4,5})|([a-z-]+)(?:\.[A-Za-z]{2})?(/\d{7}))(?:v\d+)?(?:\.pdf)?"
)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)")
_PUBMED = re.compile(r"/(?:pubmed|m/pubmed|article/MED|abstract/MED)/(\d+)", re.IGNORECASE)
_PMC = re.compile(r"/(?:labs/)?(?:pmc/)?articles?/(?:PMC/)?(PMC\d+)(?:/pdf(?:/.*)?)?", re.IGNORECASE)
_ELSEVIER = re.compile(r"/(?:science/article/(?:abs/|am/)?|retrieve/)pii/(\w+)(?:/pdf(?:ft)?)?")
_JSTOR = re.compile(r"/(?:stable|discover)/(?:pdf/|pdfplus/|info/)?(?:10\.2307/)?([\w.]+?)(?:\.pdf)?")
_IEEE = re.compile(r"/(?:abstract/)?document/(\d+)(?:/.*)?")
_ACL = re.compile(r"/(?:anthology/|papers/)?([A-Z]\d\d-\d{4}|\d{4}\.[a-z][\w-]*\.\d+)(?:v\d+)?(?:\.pdf)?")
_MDPI = re.compile(r"/(\d{4}-\d{3}[\dX]/\d+/\d+/\d+)(?:/(?:html?|pdf|xml))?")
_ACM = re.compile(r"\d+\.\d+")
_HAL = re.compile(r"/(?:[\w-]+/)?((?:hal|tel|inria|halshs|cel|dumas|pasteur|insu|ensl)-\d{8})(?:v\d+)?(?:/document)?")
_HANDLE = re.compile(r"(?:/(?:jspui|xmlui))?/handle/((?!123456789/)\d+(?:\.\d+)*/\d+)")
"""The number left out is that of a library that has none yet."""
_SSRN = re.compile(r"/abstract(?:_id)?=(\d+)")
_NEURIPS = re.compile(
    r"(?:/paper_files)?/paper/(\d{4})/(?:hash|file)/([0-9a-f]{20,})-(?:Abstract|Paper)[\w-]*\.(?:html|pdf)"
)
_PMLR = re.compile(r"/(v\d+)/([\w-]+)(?:\.html|/\2\.pdf)")
_SCHOLAR = re.compile(r"/paper/(?:[^/]+/)?([0-9a-f]{40})")
_RESEARCHGATE = re.compile(r"/publication/(\d+)(?:_[^/]*)?")
_ACADEMIA = re.compile(r"/(\d{4,})(?:/[^/]*)?")


def of_doi_in(web: Web, params: Params) -> Web:
    """The address of the paper whose DOI an address holds; the address itself where it holds none."""
    doi = doi_of(web.path, is_resolver=_resolves(web.host)) if "10." in web.path else ""
    if not doi and (name := _DOI_PARAMETERS.get(web.host)):
        doi = doi_of(f"/{value_of(params, name)}", is_resolver=True)
    return _of_doi(doi, params) if doi else web


def doi_of(path: str, *, is_resolver: bool) -> str:
    """The DOI that a path holds, folded: they are compared without regard to case (ISO 26324); else empty.

    Anywhere but at a resolver it must stand where publishers have the work itself, not its figures or citations.
    """
    plain = unquote(path)
    if is_resolver:
        plain = _DOI_BEFORE.sub("/", plain, count=1)
    at = plain.find("/10.")
    found = _DOI.fullmatch(plain, at + 1) if at >= 0 else None
    if found is None:
        return ""
    if is_resolver:
        # A full stop is that of a sentence.
        return found[0].lower().strip().rstrip(".") if at == 0 else ""
    folder = plain[:at].rpartition("/")[2].lower()
    doi = _DOI_TAIL.sub("", found[0])
    doi = _PREPRINT_VERSION.sub(r"\1", _DOI_TAIL.sub("", doi))
    # Below a work there are its figures, supplements and metrics; no publisher of these has slashes in its DOIs' ends.
    return doi.lower() if folder in _DOI_FOLDER_SET and doi.count("/") == 1 else ""


def paper_rule_for_host(web: Web) -> UrlRule | None:
    """The rule of what has many hosts: copies of a search engine in many countries, and libraries with handles."""
    return _scholar if web.host.startswith("scholar.google.") else _handle if _HANDLE.fullmatch(web.path) else None


def _handle(web: Web, params: Params) -> Web:
    found = _HANDLE.fullmatch(web.path)
    without("show", "locale-attribute")(web, params)
    return Web("hdl.handle.net", f"/{found[1]}", "", "") if found and not params else web


def _scholar(web: Web, params: Params) -> Web:
    _SCHOLAR_NOISE(web, params)
    is_numbered = any(name in {"cluster", "cites", "user"} for name, _ in params)
    return web._replace(host="scholar.google.com") if is_numbered else web


def _dblp(web: Web, _: Params) -> Web:
    return Web("dblp.org", web.path.removesuffix(".html"), web.query, web.fragment)


def _resolves(host: str) -> bool:
    # Publishers have resolvers of their own.
    return host in _RESOLVERS or host.startswith("doi.")


def _of_doi(doi: str, params: Params) -> Web:
    params.clear()
    if arxiv := _ARXIV_DOI.fullmatch(doi):
        return _ARXIVES(Web("arxiv.org", f"/abs/{arxiv[1]}", "", ""), params)
    # What means something else in a path, or in an address as a whole, stays encoded.
    encoded = "".join(f"%{ord(char):02X}" if char in "?#%;\\ " or not char.isprintable() else char for char in doi)
    return Web("doi.org", f"/{encoded}", "", "")


def _ncbi(web: Web, params: Params) -> Web:
    if paper := _PUBMED.fullmatch(web.path):
        params.clear()
        return Web("pubmed.ncbi.nlm.nih.gov", f"/{paper[1]}", "", "")
    if article := _PMC.fullmatch(web.path):
        params.clear()
        return Web("pmc.ncbi.nlm.nih.gov", f"/articles/{article[1].upper()}", "", "")
    searched = value_of(params, "term")
    if searched.isdecimal() and (web.path == "/pubmed" or (not web.path and web.host.startswith("pubmed."))):
        # A number that is searched is found, and shown.
        params.clear()
        return Web("pubmed.ncbi.nlm.nih.gov", f"/{searched}", "", "")
    return web


def _ieee(web: Web, params: Params) -> Web:
    found = _IEEE.fullmatch(web.path)
    old = value_of(params, "arnumber") if web.path.endswith(".jsp") else ""
    if found is None and not old.isdecimal():
        return web
    params.clear()
    return web._replace(path=f"/document/{found[1] if found else old}")


def _openreview(web: Web, params: Params) -> Web:
    if web.path not in ("/pdf", "/forum"):
        return web
    paper = value_of(params, "id")
    params[:] = [(name, value) for name, value in params if name == "id" or (name == "noteId" and value != paper)]
    return web._replace(path="/forum")


def _ssrn(web: Web, params: Params) -> Web:
    found = _SSRN.fullmatch(web.path)
    number = found[1] if found else value_of(params, "abstract_id") or value_of(params, "abstractid")
    return _of_doi(f"10.2139/ssrn.{number}", params) if number.isdecimal() else web


def _pubmed(web: Web, params: Params) -> Web:
    return _ncbi(web._replace(host="pubmed.ncbi.nlm.nih.gov"), params)


def _acm(web: Web, params: Params) -> Web:
    if web.path != "/citation.cfm":
        return web
    number = value_of(params, "doid") or value_of(params, "id")
    return _of_doi(f"10.1145/{number}", params) if _ACM.fullmatch(number) else web


def _neurips(web: Web, params: Params) -> Web:
    found = _NEURIPS.fullmatch(web.path)
    if found is None:
        return web._replace(host="papers.nips.cc")
    params.clear()
    return Web("papers.nips.cc", f"/paper/{found[1]}/hash/{found[2]}-Abstract.html", "", "")


def _with_doi(pattern: re.Pattern[str], doi: str) -> UrlRule:
    """The rule of a publisher whose DOIs are made of what stands in its addresses."""

    def rule(web: Web, params: Params) -> Web:
        found = pattern.fullmatch(web.path)
        return _of_doi(found.expand(doi).lower(), params) if found else web

    return rule


_ARXIVES = numbered_rule(_ARXIV, r"/abs/\1\2\3", "arxiv.org")
_SCHOLAR_NOISE = without("hl", "oi", "btng", "as_sdt", "as_vis", "sciodt", "scioq", "inst", "gs_lcp", "sa")
_RESOLVERS = frozenset({"doi.org", "dx.doi.org", "oadoi.org", "hdl.handle.net"})
_DOI_PARAMETERS = {"journals.plos.org": "id", "psycnet.apa.org": "doi"}
PAPER_SITES: dict[str, UrlRule] = {
    **dict.fromkeys(("arxiv.org", "export.arxiv.org", "browse.arxiv.org", "xxx.lanl.gov"), _ARXIVES),
    **dict.fromkeys(("ar5iv.org", "ar5iv.labs.arxiv.org", "alphaxiv.org", "arxiv-vanity.com"), _ARXIVES),
    **dict.fromkeys(("ncbi.nlm.nih.gov", "pmc.ncbi.nlm.nih.gov", "pubmed.ncbi.nlm.nih.gov", "europepmc.org"), _ncbi),
    "nature.com": _with_doi(_NATURE, r"10.1038/\1"),
    **dict.fromkeys(("pubmed.gov", "pubmed.com"), _pubmed),
    **dict.fromkeys(("dl.acm.org", "portal.acm.org"), _acm),
    "mdpi.com": numbered_rule(_MDPI, r"/\1"),
    "zenodo.org": _with_doi(_ZENODO, r"10.5281/zenodo.\1"),
    "elifesciences.org": _with_doi(_ELIFE, r"10.7554/elife.\1"),
    "peerj.com": _with_doi(_PEERJ, r"10.7717/peerj.\1"),
    "iopscience.iop.org": _with_doi(_IOP, r"\1"),
    **dict.fromkeys(("ssrn.com", "papers.ssrn.com"), _ssrn),
    **dict.fromkeys(
        ("sciencedirect.com", "linkinghub.elsevier.com"),
        numbered_rule(_ELSEVIER, r"/science/article/pii/\1", "sciencedirect.com"),
    ),
    "jstor.org": numbered_rule(_JSTOR, r"/stable/\1"),
    "ieeexplore.ieee.org": _ieee,
    "openreview.net": _openreview,
    **dict.fromkeys(
        ("aclanthology.org", "aclanthology.info", "aclweb.org"), numbered_rule(_ACL, r"/\1", "aclanthology.org")
    ),
    **dict.fromkeys(("papers.nips.cc", "papers.neurips.cc", "proceedings.neurips.cc"), _neurips),
    "proceedings.mlr.press": numbered_rule(_PMLR, r"/\1/\2.html"),
    "semanticscholar.org": numbered_rule(_SCHOLAR, r"/paper/\1"),
    "researchgate.net": numbered_rule(_RESEARCHGATE, r"/publication/\1"),
    "academia.edu": numbered_rule(_ACADEMIA, r"/\1"),
    **dict.fromkeys(
        ("hal.science", "hal.archives-ouvertes.fr", "hal.inria.fr"), numbered_rule(_HAL, r"/\1", "hal.science")
    ),
    **dict.fromkeys(("dblp.org", "dblp.uni-trier.de"), _dblp),
}
"""By host."""
PAPER_FAMILIES: dict[str, UrlRule] = {"arxiv.org": _ARXIVES}
"""By domain: a library has copies in many countries."""
