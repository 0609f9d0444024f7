"""Which dialects are no SQL but commands, and who reads them."""

from collections.abc import Callable, Mapping

from firedoor.core.decide.sql import elastic, mongo, redis
from firedoor.core.decide.sql.reading import Reading

COMMANDS: Mapping[str, Callable[[str, Reading], None]] = {
    "mongo": mongo.read,
    "elastic": elastic.read,
    "redis": redis.read,
}
