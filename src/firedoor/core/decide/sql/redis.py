"""Redis commands → a reading. A JSON array of words, or one line as at its prompt; by an allow-list."""

import re
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import TYPE_CHECKING

import jiter

from firedoor.core.decide.sql.reading import Reading, shown
from firedoor.core.decide.sql.words import words

if TYPE_CHECKING:
    from firedoor.model.json import Json

_READS = words("""
    GET MGET EXISTS TTL PTTL TYPE SCAN SSCAN HSCAN ZSCAN HGET HMGET HGETALL HKEYS HVALS HLEN HEXISTS
    HSTRLEN HRANDFIELD LRANGE LLEN LINDEX LPOS SMEMBERS SISMEMBER SMISMEMBER SCARD SRANDMEMBER SINTER
    SUNION SDIFF SINTERCARD ZRANGE ZRANGEBYSCORE ZRANGEBYLEX ZREVRANGE ZREVRANGEBYSCORE ZREVRANGEBYLEX
    ZSCORE ZMSCORE ZCARD ZCOUNT ZLEXCOUNT ZRANK ZREVRANK ZRANDMEMBER ZDIFF ZINTER ZUNION ZINTERCARD STRLEN
    GETRANGE SUBSTR GETBIT BITCOUNT BITPOS BITFIELD_RO DBSIZE INFO PING ECHO TIME XRANGE XREVRANGE XLEN
    XREAD XPENDING LASTSAVE ROLE DUMP PFCOUNT GEOPOS GEODIST GEOHASH GEOSEARCH GEORADIUS_RO
    GEORADIUSBYMEMBER_RO SORT_RO RANDOMKEY EXPIRETIME PEXPIRETIME HTTL HPTTL HEXPIRETIME LCS LOLWUT
    COMMAND JSON.GET JSON.MGET JSON.TYPE JSON.STRLEN JSON.ARRLEN JSON.ARRINDEX JSON.OBJKEYS JSON.OBJLEN
    JSON.RESP FT.SEARCH FT.INFO FT.AGGREGATE FT._LIST FT.EXPLAIN FT.TAGVALS FT.DICTDUMP TS.GET TS.MGET
    TS.RANGE TS.REVRANGE TS.MRANGE TS.MREVRANGE TS.INFO TS.QUERYINDEX BF.EXISTS BF.MEXISTS BF.INFO BF.CARD
    CF.EXISTS CF.INFO CF.COUNT CMS.QUERY CMS.INFO TOPK.QUERY TOPK.LIST TOPK.INFO
""")
_READS_OF = {
    "OBJECT": words("ENCODING FREQ IDLETIME REFCOUNT HELP"),
    "MEMORY": words("USAGE STATS DOCTOR HELP MALLOC-STATS"),
    "CONFIG": words("GET HELP"),
    "CLIENT": words("LIST INFO ID GETNAME HELP TRACKINGINFO GETREDIR"),
    "CLUSTER": words("""
        INFO NODES SLOTS SHARDS KEYSLOT MYID MYSHARDID COUNTKEYSINSLOT GETKEYSINSLOT LINKS REPLICAS HELP
    """),
    "SLOWLOG": words("GET LEN HELP"),
    "LATENCY": words("LATEST HISTORY DOCTOR GRAPH HISTOGRAM HELP"),
    "ACL": words("WHOAMI USERS CAT HELP"),
    "XINFO": words("STREAM GROUPS CONSUMERS HELP"),
    "PUBSUB": words("CHANNELS NUMSUB NUMPAT SHARDCHANNELS SHARDNUMSUB HELP"),
    "MODULE": words("LIST HELP"),
    "FUNCTION": words("LIST STATS HELP"),
    "SCRIPT": words("EXISTS HELP"),
}
_WRITES = words("""
    SET SETEX PSETEX SETNX MSET MSETNX DEL UNLINK EXPIRE PEXPIRE EXPIREAT PEXPIREAT PERSIST INCR DECR
    INCRBY DECRBY INCRBYFLOAT APPEND SETRANGE SETBIT GETSET GETDEL GETEX HSET HMSET HSETNX HDEL HINCRBY
    HINCRBYFLOAT LPUSH RPUSH LPUSHX RPUSHX LPOP RPOP LREM LSET LTRIM LINSERT LMOVE RPOPLPUSH SADD SREM
    SPOP SMOVE ZADD ZREM ZINCRBY ZPOPMIN ZPOPMAX XADD XDEL XACK PFADD GEOADD RENAMENX COPY TOUCH JSON.SET
    JSON.DEL
""")
_DESTROYS = words("""
    FLUSHALL FLUSHDB SHUTDOWN DEBUG EVAL EVALSHA EVAL_RO EVALSHA_RO FCALL FCALL_RO REPLICAOF SLAVEOF
    MIGRATE SAVE BGSAVE BGREWRITEAOF SWAPDB FAILOVER RESTORE SCRIPT MODULE CONFIG ACL CLUSTER CLIENT RESET
    PSYNC SYNC SORT RENAME MOVE FUNCTION
""")
_SECRET_SETTINGS = (
    "requirepass", "masterauth", "masteruser", "tls-key-file-pass", "tls-client-key-file-pass",
    "sentinel-pass", "auth-pass",
)  # fmt: skip
_PLAIN_PATTERN = re.compile(r"[A-Za-z0-9*?._-]+")
"""Classes and escapes are written otherwise than in fnmatch."""
_INSTEAD = {"KEYS": "KEYS walks every key and stops the server meanwhile; SCAN can be read."}
_ENDS_LINE = re.compile(r"[\r\n]|\\[rnx]")
"""Also as an escape, which a client undoes."""
_JOINS = re.compile(r"[;|&]\Z|\A[;|&]")
"""At its own prompt these are letters; a wrapper that splits or runs a shell makes two commands of them."""
_LINE = re.compile(r'"((?:[^"\\]|\\.)*+)"|\'((?:[^\'\\]|\\.)*+)\'|([^\s"\'\\]++)')


def read(text: str, reading: Reading) -> None:
    """Read one command."""
    command = _command(text)
    if not command:
        reading.unknown('It is no command; one like ["GET", "key"] or GET key can be read.')
        return
    if any(_ENDS_LINE.search(word) for word in command):
        reading.unknown("It has the end of a line in a word, which some clients send as another command.")
        return
    name, rest = command[0].upper(), command[1:]
    if not name.isascii():
        reading.unknown("Its name has letters that no command has.")
        return
    sub = rest[0].upper() if rest else ""
    reading.statements.append(f"{name} {sub}".lower() if name in _READS_OF else name.lower())
    if name not in _READS_OF:
        reading.tables.update(rest[:1])
    _judge(name, sub, rest, reading)


def may_name_secrets(pattern: str) -> bool:
    """Whether a pattern of CONFIG GET could stand for a setting that holds a password."""
    if _PLAIN_PATTERN.fullmatch(pattern) is None:
        return True
    return any(fnmatchcase(setting, pattern.lower()) for setting in _SECRET_SETTINGS)


def _judge(name: str, sub: str, rest: list[str], reading: Reading) -> None:
    if name in _READS:
        if name == "XREAD" and any(word.upper() == "BLOCK" for word in rest):
            reading.unknown("XREAD with BLOCK waits; without it, it can be read.")
    elif name in _READS_OF and sub in _READS_OF[name]:
        if name == "CONFIG" and any(may_name_secrets(word) for word in rest[1:]):
            reading.unknown("It shows passwords of the server; other settings can be read by their names.")
    elif name in _WRITES:
        reading.changes_rows(name, is_bounded=True)
    elif name in _DESTROYS:
        reading.destroys(f"{name} changes more than the keys that it names, or runs a script.")
    else:
        reason = f"{shown(name)} is not a command that is known only to read."
        reading.unknown(_INSTEAD.get(name, reason))


def _command(text: str) -> list[str]:
    plain = text.strip()
    if plain.startswith("["):
        return _array(plain)
    if "\n" in plain or "\r" in plain:
        return []
    found = list(_LINE.finditer(plain))
    between = _LINE.sub("", plain)
    are_apart = all(
        plain[one.end() : other.start()].strip() == "" and one.end() < other.start()
        for one, other in pairwise(found)
    )
    if between.strip() or not are_apart or not plain.isascii():
        return []
    if any(_JOINS.search(match[3] or "") for match in found):
        return []
    return ["".join(group for group in match.groups() if group) for match in found]


def _array(text: str) -> list[str]:
    try:
        value: Json = jiter.from_json(text.encode(), allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError:
        return []
    if not isinstance(value, list) or not all(
        isinstance(word, str | int | float) and not isinstance(word, bool) for word in value
    ):
        return []
    return [str(word) for word in value]
