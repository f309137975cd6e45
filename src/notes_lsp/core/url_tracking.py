"""URL tracking: parameters that tell a site where its reader came from, and change nothing of what is shown."""

from __future__ import annotations

import re

_FAMILIES = (
    "utm_",
    "utm-",
    "mtm_",
    "matomo_",
    "piwik_",
    "pk_",
    "hsa_",
    "__hs",
    "_hs",
    "fb_action_",
    "oly_",
    "vero_",
    "itm_",
)
_WORDS = (
    # Advertising clicks and campaigns.
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid tblci rb_clickid wickedid li_fat_id "
    "irclickid irgwc epik sccid cjevent ranmid raneaid ransiteid "
    # Newsletters and measuring.
    "mc_cid mc_eid mkt_tok hsctatracking _openstat _ga _gl ml_subscriber ml_subscriber_hash bsft_clkid s_cid s_kwcid "
    "ef_id cmpid ncid sr_share guccounter guce_referrer guce_referrer_sig _branch_match_id _branch_referrer "
    "at_medium at_campaign at_custom1 at_custom2 at_custom3 at_custom4 xtor "
    # Sharing.
    "igshid igsh fb_source fb_ref fb_comment_id ref_src ref_url share_id sharetype smid __twitter_impression __s "
    "wt_mc wt_zmc wprov spm trk trackingid mibextid"
)
_NAMES = frozenset(_WORDS.split())
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,10}")
_AMP_VALUES = frozenset({"", "1", "true"})


def is_tracking(name: str, value: str) -> bool:
    """Whether a parameter of any site only says where its reader came from, or asks for the page as AMP."""
    folded = name.lower()
    if folded == "amp":
        return value.lower() in _AMP_VALUES
    if folded == "ref":
        # Who sent the reader, as some newsletters have it; a name of a branch has no dot and a domain behind it.
        return _DOMAIN.fullmatch(value) is not None
    return folded in _NAMES or folded.startswith(_FAMILIES)
