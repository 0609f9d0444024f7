"""Requests to Elasticsearch and OpenSearch → a reading: method and path by an allow-list of whole paths.

Takes `{"method": …, "path": …, "body": …}`, or the form of its console: a line `GET /index/_search`, then the
body. Scripts in a body are unknown, whatever they do.
"""

import re
from fnmatch import fnmatchcase

import jiter

from firedoor.core.decide.sql.reading import Reading, shown
from firedoor.model.json import Json

_INDEX = r"[a-z0-9*.<][A-Za-z0-9_.*,+<>{}@:-]*|_all"
_ID = r"[^/?#%_][^/?#%]*"
_ANY = r"[A-Za-z0-9_.*,:-]+"
_READ_BY_GET = (
    "",
    rf"(?:{_INDEX})",
    rf"(?:(?:{_INDEX})/)?_(?:search|count|msearch|mget|field_caps|validate/query|search_shards|analyze|termvectors"
    r"|mtermvectors|rank_eval|search/template|msearch/template|eql/search|terms_enum|knn_search)",
    rf"(?:(?:{_INDEX})/)?_(?:mapping|mappings|settings|stats|segments|recovery|shard_stores|alias|aliases|ilm/explain"
    rf"|data_stream|resolve/index|lifecycle/explain|disk_usage_none)(?:/{_ANY})?",
    rf"(?:{_INDEX})/_(?:doc|source|explain|termvectors)/{_ID}",
    rf"_cat(?:/{_ANY}){{0,3}}",
    rf"_cluster/(?:health|stats|state|settings|pending_tasks|allocation/explain)(?:/{_ANY}){{0,2}}",
    rf"_nodes(?:/{_ANY}){{0,3}}",
    rf"_(?:tasks|index_template|template|component_template|ilm/policy|ilm/status|snapshot|ingest/pipeline|license"
    rf"|scripts|data_stream|resolve/index|remote/info|health_report|async_search|stats|slm/policy|ccr/stats"
    rf"|watcher/stats|ml/info|ml/anomaly_detectors|transform|enrich/policy|render/template|search/scroll"
    rf"|dangling|rollup/job|ssl/certificates|logstash/pipeline)(?:/{_ANY}){{0,3}}",
    r"_render/template",
    r"_plugins/_(?:ism/(?:explain|policies)|alerting/monitors|anomaly_detection/detectors|knn/stats"
    rf"|sql/stats|ppl/stats)(?:/{_ANY})?",
    r"_xpack(?:/usage)?",
)
_READ_BY_POST = (
    rf"(?:(?:{_INDEX})/)?_(?:search|count|msearch|mget|field_caps|validate/query|search_shards|analyze"
    r"|mtermvectors|rank_eval|search/template|msearch/template|eql/search|terms_enum)",
    rf"(?:{_INDEX})/_(?:explain|termvectors)/{_ID}",
    r"_search/scroll",
    r"_cluster/allocation/explain",
    r"_render/template",
    r"_sql/translate",
    r"_query",
)
_WRITES = {
    "PUT": re.compile(rf"(?:{_INDEX})/_(?:doc|create)/{_ID}"),
    "POST": re.compile(rf"(?:{_INDEX})/_(?:doc(?:/{_ID})?|create/{_ID}|update/{_ID})"),
    "DELETE": re.compile(rf"(?:{_INDEX})/_doc/{_ID}"),
}
_READS = {
    "GET": re.compile("|".join(_READ_BY_GET)),
    "HEAD": re.compile("|".join(_READ_BY_GET)),
    "POST": re.compile("|".join(_READ_BY_POST)),
}
_MEMBERS = frozenset({"method", "path", "body", "params", "query"})
_SCRIPTS = re.compile(
    r'"(?:(?:[a-z_]+_)?script(?:ed|s)?(?:_[a-z_]+)?|inline|runtime_mappings|bucket_selector|lang)"\s*:'
)
_SECRET_INDEX = re.compile(r"\.(?:opendistro_|opensearch_)?security")
_SECRET_INDICES = (".security", ".security-7", ".opendistro_security")
"""They hold the password hashes of the server's own users."""
_BODY_IN_PARAMETERS = frozenset({"source", "source_content_type"})
_NAME = re.compile(r"[A-Za-z0-9_.]*")
_SQL = re.compile(r"(?im)^(?:select|show|describe|desc)\b[^;]*$")
_CONSOLE = re.compile(r"([A-Za-z]+)[ \t]+(\S+)[ \t]*(?:\n(.*))?", re.DOTALL)


def read(text: str, reading: Reading) -> None:
    """Read one request."""
    request = _request(text)
    if request is None:
        reading.unknown(
            'It is no request; one like {"method": "GET", "path": "/logs-*/_search"} can be read.'
        )
        return
    method, path, body, names = request
    reading.statements.append(method.lower())
    plain = path.split("?", 1)[0].strip("/") if "//" not in path else "//"
    if "%" in plain or ".." in plain or "\\" in path or "#" in path:
        reading.unknown("Its path is encoded or climbs; write it plainly.")
        return
    if _BODY_IN_PARAMETERS & set(names) or any(_NAME.fullmatch(name) is None for name in names):
        reading.unknown("Its parameters carry a body, or are encoded; what stands under body can be read.")
        return
    first = plain.split("/", 1)[0]
    if first and not first.startswith("_"):
        reading.tables.update(first.split(","))
    if _SECRET_INDEX.search(f"{path}\n{body}") or any(map(_may_be_secret, first.split(","))):
        reading.unknown("It reads the index of the server's own users and passwords.")
    _judge(method, plain, body, reading)


def _may_be_secret(index: str) -> bool:
    """Whether a pattern that begins with a dot could stand for an index of passwords: `.s*`, `.*`."""
    return index.startswith(".") and any(fnmatchcase(name, index) for name in _SECRET_INDICES)


def _judge(method: str, path: str, body: str, reading: Reading) -> None:
    allowed, writes = _READS.get(method), _WRITES.get(method)
    if allowed is not None and allowed.fullmatch(path):
        if _SCRIPTS.search(body):
            reading.unknown("It runs a script; a query without one can be read.")
    elif method in {"GET", "POST"} and path == "_sql" and _SQL.search(body) and not _SCRIPTS.search(body):
        return  # its SQL has no statement that changes anything; scripts stand beside it
    elif writes is not None and writes.fullmatch(path):
        reading.changes_rows(method, is_bounded=True)
        if _SCRIPTS.search(body):
            reading.unknown("It runs a script.")
    elif method in {"DELETE", "PUT", "PATCH"} or re.search(
        r"_(?:delete|update)_by_query|_close|_shrink", path
    ):
        reading.destroys(f"{method} {shown(path)} changes more than one document.")
    else:
        reading.unknown(f"{shown(method)} {shown(path)} is not a request that is known only to read.")


def _names(path: str, *others: Json) -> list[str]:
    """Names of parameters, in the path and beside it."""
    written = [path.partition("?")[2], *(other for other in others if isinstance(other, str))]
    names = [part.partition("=")[0] for query in written for part in re.split("[&;]", query) if part]
    return names + [name for other in others if isinstance(other, dict) for name in other]


def _request(text: str) -> tuple[str, str, str, list[str]] | None:
    if not text.lstrip().startswith("{"):
        match = _CONSOLE.fullmatch(text.strip())
        if match is None:
            return None
        return match[1].upper(), match[2], _unescaped(match[3] or ""), _names(match[2])
    try:
        value: Json = jiter.from_json(text.encode(), allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError:
        return None
    if not isinstance(value, dict) or not set(value) <= _MEMBERS:
        return None
    method, path = value.get("method"), value.get("path")
    if not isinstance(method, str) or not isinstance(path, str):
        return None
    names = _names(path, value.get("params"), value.get("query"))
    return method.upper(), path, _flat(value.get("body")), names


def _flat(body: Json) -> str:
    """Write the member names of a body the way `_SCRIPTS` looks for them, whatever escapes spelled them."""
    names: list[str] = []
    left: list[Json] = [body]
    while left:
        part = left.pop()
        if isinstance(part, str):
            names.append(_unescaped(part))
        elif isinstance(part, dict):
            names.extend(f'"{name}":' for name in part)
            left.extend(part.values())
        elif isinstance(part, list):
            left.extend(part)
    return "\n".join(names)


def _unescaped(text: str) -> str:
    """Undo escapes of ASCII letters in JSON that is still text."""
    return re.sub(r"\\u00([2-7][0-9a-fA-F])", lambda found: chr(int(found[1], 16)), text)
