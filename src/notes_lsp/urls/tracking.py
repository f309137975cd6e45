"""Tracking: query parameters that only tell a site where its reader came from."""

from __future__ import annotations

import re

_FAMILIES = (
    "utm_",
    "utm-",
    "mtm_",
    "matomo_",
    "piwik_",
    "hsa_",
    "__hs",
    "_hs",
    "fb_action_",
    "oly_",
    "vero_",
    "oft_",
    "iterable_",
    "iterableemail",
    "iterabletemplate",
    "iterablemessage",
    "aspsessionid",
    "__cf_chl_",
    "_x_tr_",
    "ns_mchannel",
    "ns_campaign",
    "ns_linkname",
)
_WORDS = (
    # Advertising clicks and campaigns.
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid tblci rb_clickid wickedid li_fat_id "
    "irclickid irgwc epik sccid cjevent ranmid raneaid ransiteid "
    "gad_source gad_campaignid srsltid rdt_cid qclid dicbo mkwid pcrid fbadid fb_xd_fragment action_object_map "
    "action_type_map action_ref_map mkcid mkevt mkrid cm_mmc cm_mmca1 cm_mmca2 cm_mmca3 sc_campaign sc_channel "
    "amp_js_v amp_gsa "
    # Newsletters and measuring.
    "mc_cid mc_eid mkt_tok hsctatracking _openstat _ga _gac _gl ml_subscriber ml_subscriber_hash bsft_clkid s_cid "
    "s_kwcid ef_id cmpid ncid sr_share guccounter guce_referrer guce_referrer_sig _branch_match_id _branch_referrer "
    "at_medium at_campaign at_custom1 at_custom2 at_custom3 at_custom4 xtor "
    "pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid pk_cpn pk_vid hmb_campaign hmb_medium "
    "hmb_source itm_source itm_medium itm_campaign itm_content itm_term itm_channel itm_audience "
    "hss_channel soc_src soc_trk cndid bxid intcid tduid ga_source ga_medium ga_term ga_content ga_campaign ga_place "
    "elq elqtrack elqtrackid elqaid elqat elqcampaignid elqak elqcst elqcsid "
    # Sharing.
    "igshid igsh fb_source fb_ref fb_comment_id ref_src ref_url share_id sharetype smid __twitter_impression __s "
    "wt_mc wt_zmc wt.mc_id wprov spm spm_id_from trk mibextid vd_source xsec_token xsec_source echobox "
    "dm_i ck_subscriber_id _bta_tid _bta_c trk_contact trk_msg trk_module trk_sid nr_email_referer vgo_ee "
    "inf_contact_key sfmc_id sfmc_activityid pi_campaign_id _kx _ke bbeml mc_tc sc_src sc_lid sc_uid sc_llid "
    # Sessions.
    "phpsessid jsessionid oscsid"
)
_NAMES = frozenset(_WORDS.split())
_NAMES_OF_TWO = frozenset(["trk", "smid", "cmpid", "ncid", "s_cid", "spm"])
"""What tells of a campaign by a word or a code of parts; a number under such a name is one of the site's own."""
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,10}")
_SENDERS = frozenset(
    [
        "hackernews",
        "hacker-news",
        "hn",
        "producthunt",
        "twitter",
        "facebook",
        "linkedin",
        "reddit",
        "newsletter",
        "rss",
        "tldr",
    ]
)
_AMP_VALUES = frozenset({"", "1", "true"})
_YES = _AMP_VALUES | {"yes"}
_PROGRAMS = ("api.", "git.", "gitlab.", "gitea.", "codeberg.")
_SESSION = re.compile(r"[0-9a-f]{32}")


def is_tracking(name: str, value: str, host: str = "", path: str = "") -> bool:
    """Whether a parameter of any site only says where its reader came from, or asks for the page as AMP or to print."""
    folded = name.lower()
    if folded == "amp":
        return value.lower() in _AMP_VALUES
    if folded in {"print", "printable"}:
        return value.lower() in _YES
    if folded == "sid":
        # A session of a board; elsewhere it may be the number of a story.
        return path.endswith(".php") and _SESSION.fullmatch(value) is not None
    if folded == "outputtype":
        return value.lower() == "amp"
    if folded == "ref":
        # Who sent the reader, as some newsletters have it; asked by a program it may be that of a branch.
        return not host.startswith(_PROGRAMS) and (_DOMAIN.fullmatch(value) is not None or value.lower() in _SENDERS)
    if folded in _NAMES_OF_TWO:
        return not value.isdecimal()
    return folded in _NAMES or folded.startswith(_FAMILIES)
