"""Tokens of more vendors: what they publish of the form, and nothing that needs a word before it."""

from itertools import takewhile

from firedoor.core.mask.detectors.checks import is_key_material
from firedoor.core.mask.detectors.rule import Rule
from firedoor.model.mask import Kind

_HEX = "0123456789abcdef"
_LONG = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9n" * 4
_UPPER = "A1B2C3D4E5F6G7H8" * 5


def _token(name: str, pattern: str, sample: str, hints: tuple[str, ...] = ()) -> Rule:
    return Rule(
        name=name, kind=Kind.VENDOR_TOKEN, pattern=pattern, sample=sample, hints=hints or (_mark_of(pattern),)
    )


def _mark_of(pattern: str) -> str:
    """The beginning of a pattern, up to four characters of what follows: all of each is too much."""
    mark, _, rest = pattern.partition("{")
    least = int("".join(takewhile(str.isdigit, rest)))
    return f"{mark}{{{min(least, _FOLLOWS)}}}"


_FOLLOWS = 4


def _is_of_chance(text: str) -> bool:
    """Letters of both cases and digits, without an order: no digest, which has one case."""
    return is_key_material(text) and text != text.lower() and text != text.upper()


VENDORS = (
    _token(
        "defined", r"\bdnkey-[A-Za-z0-9=_-]{26}-[A-Za-z0-9=_-]{52}", "dnkey-" + _LONG[:26] + "-" + _LONG[:52]
    ),
    _token("infracost", r"\bico-[A-Za-z0-9]{32}\b", "ico-" + _LONG[:32]),
    _token("intercom", r"\bdG9r[A-Za-z0-9+/]{52,60}={0,2}", "dG9r" + _LONG[:56] + "="),
    _token("lob", r"\b(?:live|test)_[a-f0-9]{35}\b", "live_" + _HEX * 2 + _HEX[:3]),
    _token("octopus", r"\bAPI-[A-Z0-9]{26}\b", "API-" + _UPPER[:26]),
    _token("one_password", r"\bops_eyJ[A-Za-z0-9+/_-]{200,}={0,3}", "ops_eyJ" + _LONG + _LONG),
    _token("pagerduty", r"\bu\+[A-Za-z0-9_-]{18}\b", "u+" + _LONG[:18]),
    _token("scalingo", r"\btk-us-[A-Za-z0-9_-]{48}", "tk-us-" + _LONG[:48]),
    _token("sourcegraph", r"\bsgp_[a-f0-9]{16}_[a-f0-9]{40}\b", "sgp_" + _HEX + "_" + _HEX * 2 + _HEX[:8]),
    _token(
        "sourcegraph_local", r"\bsgp_(?:local_)?[a-f0-9]{40}\b", "sgp_" + _HEX * 2 + _HEX[:8], (r"\bsgp_",)
    ),
    _token("facebook_page", r"\bEAACEdEose0cBA[0-9A-Za-z]{20,}", "EAACEdEose0cBA" + _LONG[:60]),
    Rule(
        name="okta",
        kind=Kind.VENDOR_TOKEN,
        pattern=r"\b00[A-Za-z0-9_-]{40}\b",
        sample="00" + _LONG[:40],
        check=_is_of_chance,
        is_shape=True,
    ),
    _token("adafruit", r"\baio_[A-Za-z0-9]{28}\b", "aio_" + _LONG[:28]),
    _token("airtable", r"\bpat[A-Za-z0-9]{14}\.[0-9a-f]{64}\b", "pat" + _LONG[:14] + "." + _HEX * 4),
    _token(
        "artifactory",
        r"\b(?:AKCp[A-Za-z0-9]{60,80}|cmVmdGtu[A-Za-z0-9]{56})\b",
        "AKCp" + _LONG[:69],
        ("AKCp[A-Za-z0-9]{4}", "cmVmdGtu[A-Za-z0-9]{4}"),
    ),
    _token("bitbucket", r"\bATBB[A-Za-z0-9_=-]{24,}", "ATBB" + _LONG[:32]),
    _token("atlassian_connected", r"\bATCTT3[A-Za-z0-9_=-]{40,}", "ATCTT3" + _LONG[:60]),
    _token(
        "brevo",
        r"\bx(?:keysib|smtpsib)-[a-f0-9]{64}-[A-Za-z0-9]{16}\b",
        "xkeysib-" + _HEX * 4 + "-" + _LONG[:16],
    ),
    _token("buildkite", r"\bbk(?:ua|aj|at|ct)_[0-9a-zA-Z]{32,64}\b", "bkua_" + _HEX * 2 + _HEX[:8]),
    _token(
        "circleci",
        r"\bCCI(?:PAT|PRJ)_[A-Za-z0-9]{20,24}_[0-9a-f]{40}\b",
        "CCIPAT_" + _LONG[:22] + "_" + _HEX * 2 + _HEX[:8],
    ),
    _token("clojars", r"\bCLOJARS_[0-9a-z]{60}\b", "CLOJARS_" + _HEX * 3 + _HEX[:12]),
    _token("contentful", r"\bCFPAT-[A-Za-z0-9_-]{43}", "CFPAT-" + _LONG[:43]),
    _token("crates", r"\bcio[A-Za-z0-9]{32}\b", "cio" + _LONG[:32]),
    _token("dbt", r"\bdbt[cu]_[A-Za-z0-9_-]{30,}", "dbtc_" + _LONG[:40]),
    _token(
        "discord",
        r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,42}",
        "MT" + _LONG[:24] + "." + _LONG[:6] + "." + _LONG[:38],
    ),
    _token(
        "doppler",
        r"\bdp\.(?:pt|ct|st|sa|scim|audit)(?:\.[a-z0-9_-]{1,40})?\.[A-Za-z0-9]{40,44}\b",
        "dp.pt." + _LONG[:43],
        (r"\bdp\.(?:pt|ct|st|sa|scim|audit)\.",),
    ),
    _token("dropbox", r"\bsl\.(?:u\.)?[A-Za-z0-9_-]{60,}", "sl." + _LONG[:80]),
    _token("duffel", r"\bduffel_(?:live|test)_[A-Za-z0-9_-]{43}", "duffel_live_" + _LONG[:43]),
    _token(
        "dynatrace",
        r"\bdt0[a-z][0-9]{2}\.[A-Z0-9]{8,24}\.[A-Z0-9]{64}\b",
        "dt0c01." + _UPPER[:24] + "." + _UPPER[:64],
    ),
    _token("easypost", r"\bEZ[AT]K[A-Za-z0-9]{54}\b", "EZAK" + _LONG[:54]),
    _token("facebook", r"\bEAA[A-Za-z0-9]{100,250}\b", "EAA" + _LONG[:120]),
    _token("fastly_like", r"\bfastly_[A-Za-z0-9_-]{32,}", "fastly_" + _LONG[:32]),
    _token(
        "fly",
        r"\b(?:fo1_[A-Za-z0-9_-]{43}|fm[12][ar]?_[A-Za-z0-9+/=_-]{60,})",
        "fo1_" + _LONG[:43],
        (r"\bfo1_", r"\bfm[12][ar]?_"),
    ),
    _token("flutterwave", r"\bFLW(?:SEC|PUB)K(?:_TEST)?-[a-z0-9]{12,40}-X\b", "FLWSECK-" + _HEX * 2 + "-X"),
    _token("frameio", r"\bfio-u-[A-Za-z0-9_=-]{64}", "fio-u-" + _LONG[:64]),
    _token("groq", r"\bgsk_[A-Za-z0-9]{40,64}\b", "gsk_" + _LONG[:52]),
    _token("heroku", r"\bHRKU-[A-Za-z0-9_-]{36,64}", "HRKU-AA" + _LONG[:58]),
    _token(
        "hubspot",
        r"\bpat-(?:na|eu|ap)[0-9]-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        "pat-na1-01234567-89ab-cdef-0123-456789abcdef",
    ),
    _token(
        "langsmith", r"\blsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}\b", "lsv2_pt_" + _HEX * 2 + "_0123456789"
    ),
    _token(
        "launchdarkly",
        r"\b(?:sdk|api|mob)-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b",
        "sdk-01234567-89ab-4def-8123-456789abcdef",
    ),
    _token(
        "mapbox",
        r"\b[st]k\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{16,}",
        "sk.eyJ" + _LONG[:60] + "." + _LONG[:22],
    ),
    _token(
        "microsoft_webhook",
        r"https://[a-z0-9.-]{1,80}webhook\.office\.com/webhookb2/[A-Za-z0-9@/_-]{60,300}",
        "https://example.webhook.office.com/webhookb2/" + _LONG[:80],
        (r"webhook\.office\.com/webhookb2/",),
    ),
    _token("netlify", r"\bnf[pco]_[A-Za-z0-9]{36,40}\b", "nfp_" + _LONG[:36]),
    _token("neon", r"\bnapi_[a-z0-9]{48,80}\b", "napi_" + _HEX * 4),
    _token("nuget", r"\boy2[a-z0-9]{43}\b", "oy2" + _HEX * 2 + _HEX[:11]),
    _token("nvidia", r"\bnvapi-[A-Za-z0-9_-]{60,70}", "nvapi-" + _LONG[:64]),
    _token(
        "paypal",
        r"\baccess_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}\b",
        "access_token$production$" + _HEX + "$" + _HEX * 2,
    ),
    _token("perplexity", r"\bpplx-[A-Za-z0-9]{40,64}\b", "pplx-" + _LONG[:48]),
    _token("pinecone", r"\bpcsk_[A-Za-z0-9_]{50,80}\b", "pcsk_" + _LONG[:70]),
    _token(
        "plaid",
        r"\b(?:access|link|public)-(?:production|sandbox|development)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        "access-production-01234567-89ab-cdef-0123-456789abcdef",
    ),
    _token("planetscale", r"\bpscale_(?:pw|tkn|oauth)_[A-Za-z0-9_=.-]{32,64}", "pscale_pw_" + _LONG[:43]),
    _token("posthog", r"\bph[xc]_[A-Za-z0-9]{40,50}\b", "phx_" + _LONG[:43]),
    _token("prefect", r"\bpn[ub]_[A-Za-z0-9]{36}\b", "pnu_" + _LONG[:36]),
    _token("pulumi", r"\bpul-[0-9a-f]{40}\b", "pul-" + _HEX * 2 + _HEX[:8]),
    _token("razorpay", r"\brzp_(?:live|test)_[A-Za-z0-9]{14,24}\b", "rzp_live_" + _LONG[:14]),
    _token("readme", r"\brdme_[a-z0-9]{70}\b", "rdme_" + _HEX * 4 + _HEX[:6]),
    _token("render", r"\brnd_[A-Za-z0-9]{28,40}\b", "rnd_" + _LONG[:32]),
    _token("replicate", r"\br8_[A-Za-z0-9]{37,40}\b", "r8_" + _LONG[:37]),
    _token("resend", r"\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}\b", "re_" + _LONG[:8] + "_" + _LONG[:24]),
    _token("rubygems", r"\brubygems_[0-9a-f]{48}\b", "rubygems_" + _HEX * 3),
    _token("shippo", r"\bshippo_(?:live|test)_[0-9a-f]{40}\b", "shippo_live_" + _HEX * 2 + _HEX[:8]),
    _token("sonar", r"\bsq[pau]_[0-9a-f]{40}\b", "squ_" + _HEX * 2 + _HEX[:8]),
    _token(
        "supabase",
        r"\b(?:sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{30,50})",
        "sbp_" + _HEX * 2 + _HEX[:8],
        (r"\bsbp_", r"\bsb_secret_"),
    ),
    _token(
        "tailscale",
        r"\btskey-[a-z]{2,12}-[A-Za-z0-9]{8,30}-[A-Za-z0-9]{20,50}\b",
        "tskey-auth-" + _LONG[:14] + "-" + _LONG[:32],
    ),
    _token("tencent", r"\bAKID[A-Za-z0-9]{32}\b", "AKID" + _LONG[:32]),
    _token("typeform", r"\btfp_[A-Za-z0-9_=.-]{44,64}", "tfp_" + _LONG[:59]),
    _token(
        "wakatime",
        r"\bwaka_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
        "waka_01234567-89ab-cdef-0123-456789abcdef",
    ),
    _token("xai", r"\bxai-[A-Za-z0-9]{80}\b", "xai-" + _LONG[:80]),
    _token(
        "yandex",
        r"\b(?:AQVN[A-Za-z0-9_-]{35,38}|t1\.[A-Z0-9a-z_-]{60,250}=?|y[0-3]_[A-Za-z0-9_-]{50,62})",
        "AQVN" + _LONG[:36],
        (r"\bAQVN[A-Za-z0-9_-]{4}", r"\bt1\.[A-Za-z0-9_-]{30}", r"\by[0-3]_[A-Za-z0-9_-]{20}"),
    ),
    _token(
        "zapier_webhook",
        r"https://hooks\.zapier\.com/hooks/catch/[0-9]{4,12}/[A-Za-z0-9]{4,24}",
        "https://hooks.zapier.com/hooks/catch/123456/" + _LONG[:8],
        (r"hooks\.zapier\.com/hooks/catch/",),
    ),
    Rule(
        name="authorization_of_its_own",
        kind=Kind.SECRET,
        pattern=r"(?i:\b(?:ssws|geniekey|splunk|pbkey|discogs|circle-token)\s{1,4})([A-Za-z0-9_\-.~+/=]{16,})",
        hint=r"(?i:\b(?:ssws|geniekey|splunk|pbkey|discogs|circle-token)\s)",
        sample="Authorization: SSWS " + _LONG[:42],
    ),
    Rule(
        name="oracle_address",
        kind=Kind.CONNECTION_STRING,
        pattern=r"\bjdbc:oracle:[a-z]{2,5}:[^\s/@\"']{1,64}/[^\s@\"']{1,128}@[^\s\"'<>|,;)\]}\\]+",
        hint=r"\bjdbc:oracle:",
        sample="jdbc:oracle:thin:app/" + "S3cr3tValue@//db.example.com:1521/ORCL",
    ),
)
