"""Tokens that begin with a mark of their vendor, and have nothing else that could be checked."""

from firedoor.core.mask.detectors.rule import Rule
from firedoor.model.mask import Kind

_ANY = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9n" * 4
_SMALL = "a3b6c2d5e4f7" * 12
_HEX = "0123456789abcdef" * 8
_FOLLOWS = 4
"""Characters after the mark that the quick look asks for: all of them is too much for it."""


def _is_no_word(text: str) -> bool:
    """Whether it is more than words in one case: a name in code may begin like a token."""
    letters = "".join(filter(str.isalnum, text))
    return not (letters.isalpha() and letters in {letters.lower(), letters.upper()})


def _after(name: str, mark: str, body: str, least: int, sample: str) -> Rule:
    """A mark and at least so many characters of a class after it."""
    return Rule(
        name=name,
        kind=Kind.VENDOR_TOKEN,
        pattern=rf"\b{mark}{body}{{{least},}}",
        sample=sample,
        hint=rf"{mark}{body}{{{_FOLLOWS}}}",
        check=_is_no_word,
    )


_WORD = "[A-Za-z0-9]"
_DASHED = "[A-Za-z0-9_-]"
_BASE64 = "[A-Za-z0-9+/=_-]"

PREFIXED = (
    _after("adobe", "p8e-", _DASHED, 30, "p8e-" + _SMALL[:32]),
    _after("aikido", "AIK_(?:CI|API)_", _WORD, 18, "AIK_CI_" + _ANY[:20]),
    _after("apify", "apify_api_", _WORD, 30, "apify_api_" + _ANY[:36]),
    _after("astra", "AstraCS:", "[A-Za-z0-9:]", 20, "AstraCS:" + _ANY[:24]),
    _after("bedrock", "ABSK", _BASE64, 80, "ABSK" + _ANY[:110]),
    _after("bedrock_for_hours", "bedrock-api-key-", _BASE64, 24, "bedrock-api-key-" + _ANY[:60]),
    _after("bitbucket_of_a_repository", "BBDC-", "[A-Za-z0-9+/@=_-]", 30, "BBDC-" + _ANY[:44]),
    _after("buildkite_of_a_registry", "bkar_", _WORD, 32, "bkar_" + _ANY[:64]),
    _after("cartesia", "sk_car_", _DASHED, 16, "sk_car_" + _ANY[:22]),
    _after("cerebras", "csk-", "[a-z0-9]", 40, "csk-" + _SMALL[:48]),
    _after(
        "circleci_mixed", "CCI(?:PAT|PRJ)_", "[A-Za-z0-9_]", 40, "CCIPAT_" + _ANY[:22] + "_" + _SMALL[:40]
    ),
    _after("cloudflare_scoped", "cf(?:at|ut|k)_", _WORD, 40, "cfat_" + _ANY[:48]),
    _after("cloudsmith", "csa_", _WORD, 32, "csa_" + _ANY[:36]),
    _after("cockroach", "CCDB1_", "[A-Za-z0-9_]", 50, "CCDB1_" + _ANY[:22] + "_" + _ANY[:40]),
    _after("deno", "dd[opw]_", _WORD, 36, "ddp_" + _ANY[:36]),
    _after("devcycle", "dvc_(?:server|client|mobile)_", _DASHED, 8, "dvc_server_" + _ANY[:32]),
    _after("devin", "(?:apk_user|apk|cog)_", "[A-Za-z0-9+/=]", 50, "cog_" + _SMALL[:52]),
    _after("docker_swarm", "SWM(?:TKN|KEY)-1-", _BASE64, 40, "SWMTKN-1-" + _SMALL[:50] + "-" + _SMALL[:25]),
    _after(
        "dynatrace_mixed",
        r"dt0[a-z][0-9]{2}\.[A-Za-z0-9]{24}\.",
        _WORD,
        60,
        "dt0c01." + _ANY[:24] + "." + _ANY[:64],
    ),
    _after("elastic_cloud", "ess[au]_", _BASE64, 40, "essu_" + _ANY[:68]),
    _after(
        "flutterwave_any",
        "FLW(?:SEC|PUB)K(?:_TEST|_LIVE)?-",
        "[A-Za-z0-9-]",
        12,
        "FLWSECK_TEST-" + _SMALL[:12],
    ),
    _after("fly_one", "FlyV1 ", "[A-Za-z0-9+/=,_-]", 60, "FlyV1 " + _ANY[:80]),
    _after("gemini", r"AQ\.Ab8", _DASHED, 40, "AQ.Ab8" + _ANY[:48]),
    _after("gitlab_application", "(?:gloas|glffct)-", _DASHED, 18, "gloas-" + _ANY[:64]),
    _after("gitlab_runner", "GR1348941", _DASHED, 18, "GR1348941" + _ANY[:20]),
    _after("government_notify", "gcntfy-", _DASHED, 36, "gcntfy-app-" + _HEX[:72]),
    _after("grafana_key", "eyJrIjoi", "[A-Za-z0-9+/=]", 40, "eyJrIjoi" + _ANY[:60] + "=="),
    _after(
        "harness",
        r"[ps]at\.[A-Za-z0-9_-]{22}\.[0-9a-f]{24}\.",
        _WORD,
        20,
        "pat." + _ANY[:22] + "." + _HEX[:24] + "." + _ANY[:20],
    ),
    _after("intra", "s-s4t2(?:ud|af)-", "[0-9a-f]", 64, "s-s4t2ud-" + _HEX[:64]),
    _after("ionic", "ion_", _WORD, 42, "ion_" + _ANY[:42]),
    _after("langsmith_mixed", "lsv2_[ps][tk]_", "[A-Za-z0-9_]", 40, "lsv2_pt_" + _ANY[:32] + "_" + _ANY[:10]),
    _after("lichess", "lip_", _WORD, 16, "lip_" + _ANY[:20]),
    _after("llama_cloud", "llx-", _WORD, 40, "llx-" + _ANY[:48]),
    _after("mailersend", r"mlsn\.", _WORD, 30, "mlsn." + _SMALL[:64]),
    _after(
        "mercury", "mercury_(?:production|sandbox)_", "[A-Za-z0-9_]", 40, "mercury_production_" + _ANY[:60]
    ),
    _after("mergify", "mergify_application_key_", _DASHED, 40, "mergify_application_key_" + _ANY[:43]),
    _after("midtrans", "Mid-(?:server|client)-", _DASHED, 10, "Mid-server-" + _ANY[:24]),
    _after("miro", "eyJtaXJv", _BASE64, 24, "eyJtaXJv" + _ANY[:60]),
    _after("neon_mixed", "napi_", _WORD, 60, "napi_" + _ANY[:64]),
    _after("nylas", "nyk_", _WORD, 50, "nyk_" + _ANY[:64]),
    _after(
        "onesignal",
        "os_v2_(?:app|org)_",
        "[a-z2-7]",
        80,
        "os_v2_app_" + "abcdefghijklmnop234567qrstuvwxyz" * 3,
    ),
    _after(
        "onfido", r"api_(?:live|sandbox)(?:_(?:us|ca))?\.", _DASHED, 20, "api_live." + _ANY[:11] + _ANY[:32]
    ),
    _after("packagist", "packagist_[a-z]{3}_", "[0-9a-f]", 60, "packagist_ort_" + _HEX[:80]),
    _after("paddle", "pdl_(?:live|sdbx)_apikey_", "[A-Za-z0-9_]", 40, "pdl_live_apikey_" + _ANY[:60]),
    _after("persona", "persona_(?:production|sandbox)_", _DASHED, 20, "persona_production_" + _ANY[:40]),
    _after("pinterest", "pina_", _WORD, 20, "pina_" + _ANY[:32]),
    _after("polar", "polar_[a-z]{2,4}_", _WORD, 18, "polar_oat_" + _ANY[:40]),
    _after("postman_any", "PMA[KT]-", "[A-Za-z0-9-]", 26, "PMAT-" + _ANY[:26]),
    _after("rootly", "rootly_", "[0-9a-f]", 64, "rootly_" + _HEX[:64]),
    _after("runpod", "rpa_", _WORD, 30, "rpa_" + _ANY[:44]),
    _after("samsara", "samsara_api_", _WORD, 28, "samsara_api_" + _ANY[:30]),
    _after("segment", "sgp_", _WORD, 40, "sgp_" + _ANY[:64]),
    _after("settlemint", "sm_[aps]at_", _WORD, 16, "sm_aat_" + _ANY[:16]),
    _after("slack_session", "(?:xox[cd]|xapp)-", "[A-Za-z0-9%-]", 24, "xapp-1-A0123456789-" + _HEX[:64]),
    _after("supabase_any", "sbp_", _DASHED, 40, "sbp_" + _ANY[:44]),
    _after("tailscale_any", "tskey-(?:api|auth|client|scim|webhook)-", _DASHED, 20, "tskey-api-" + _ANY[:40]),
    _after("thunderstore", "tss_", _WORD, 20, "tss_" + _ANY[:32]),
    _after("together", "tgp_v1_", _DASHED, 40, "tgp_v1_" + _ANY[:43]),
    _after("unkey", "unkey_", _WORD, 16, "unkey_" + _ANY[:24]),
    _after("upcloud", "ucat_", _WORD, 24, "ucat_" + _ANY[:26]),
    _after("val_town", "vtwn_", _DASHED, 20, "vtwn_" + _ANY[:27]),
    _after("vercel", "vc[abcikprt]_", _DASHED, 50, "vck_" + _ANY[:56]),
    _after("wakatime_any", "waka_", "[a-z0-9]", 36, "waka_" + _SMALL[:40]),
    _after("weights", "wandb_v1_", _DASHED, 60, "wandb_v1_" + _ANY[:77]),
    _after("woocommerce", "c[ks]_", "[0-9a-f]", 40, "ck_" + _HEX[:40]),
    _after("xai_any", "xai-", _DASHED, 60, "xai-" + _ANY[:80]),
    _after("xendit", "xnd_(?:production|development)_", _WORD, 40, "xnd_production_" + _ANY[:60]),
    _after("zuplo", "zpka_", "[a-z0-9_]", 40, "zpka_" + _SMALL[:32] + "_" + _HEX[:8]),
    Rule(
        name="secret_key_of_one_password",
        kind=Kind.VENDOR_TOKEN,
        pattern=r"\bA3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}\b",
        hint=r"\bA3-[A-Z0-9]{6}-[A-Z0-9]{6}",
        sample="A3-ASWWYB-798JRYLJVD4-23DC2-86TVM-H43EB",
    ),
)
