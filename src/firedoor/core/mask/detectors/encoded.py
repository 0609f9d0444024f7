"""Credentials written in base64 inside a text: what they stand for is read, and says whether they are some.

Theory of operation. Base64 of plain text is told by which letters stand where: the first bit of every byte of
ASCII is 0, and control characters are seldom among them. Of four letters that leaves a third of the first,
six of sixteen of the second and half of the third, so that five such groups in a row are hardly ever
anything else: a hash, a key or a picture is no candidate. A candidate is decoded once.
"""

import re
from base64 import b64decode

from firedoor.core.mask.detectors.rule import Rule
from firedoor.model.mask import Kind

_GROUP = r"(?:[I-Za-f][C-HS-Xi-ny-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/])"
_TELLS = re.compile(
    r"(?i:pass(?:word|wd|phrase)?|pwd|secret|token|api_?key|private_?key)[\"']?\s{0,2}[=:]\s{0,2}[\"']?[^\s\"']{4}"
    r"|://[^\s:/@]{0,64}:[^\s@]{3,128}@|[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,}|PRIVATE KEY-----"
)
_USER_AND_PASSWORD = re.compile(r"(?!sha\d|md5)[\w.@-]{2,64}:(?=\S*\d)(?=\S*[^\d.:])\S{8,128}")
_HOSTS_AND_PORTS = re.compile(r"[\w.-]+:\d{1,5}(?:[/,]\S*)?")


def _is_credential(text: str) -> bool:
    body = text.rstrip("=")
    body = body[: len(body) - (len(body) % 4 == 1)]
    shown = b64decode(body + "=" * (-len(body) % 4)).decode("utf-8", "replace").strip()
    if _TELLS.search(shown) is not None:
        return True
    return _USER_AND_PASSWORD.fullmatch(shown) is not None and _HOSTS_AND_PORTS.fullmatch(shown) is None


ENCODED_SECRETS = (
    Rule(
        name="base64_of_a_credential",
        kind=Kind.SECRET,
        pattern=rf"\b({_GROUP}{{5}}[A-Za-z0-9+/]{{3,}}={{0,2}})",
        # The groups themselves cost the automaton more than all that this lets through costs RE2.
        hint=r"[A-Za-z0-9+/]{20}",
        # `password=` and letters.
        sample="cGFzc3dvcmQ9" + "U24wd2RyaWZ0LTg4LWNhbmFs",
        check=_is_credential,
    ),
)
