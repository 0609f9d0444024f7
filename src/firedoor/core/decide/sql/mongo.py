"""MongoDB's commands in JSON → a reading. Commands, their fields and every `$` operator by allow-lists.

The first member names the command, as in the protocol. Texts of the shell (`db.users.find()`) are JavaScript
and not read.
"""

from collections.abc import Iterator, Sequence

import jiter

from firedoor.core.decide.sql.reading import Reading, shown
from firedoor.core.decide.sql.words import words
from firedoor.model.json import Json, JsonObject

_READS = words("""
    dbstats collstats
    find aggregate count distinct listCollections listIndexes listDatabases collStats dbStats ping hello
    isMaster ismaster buildInfo buildinfo serverStatus hostInfo connectionStatus getParameter explain
    currentOp top replSetGetStatus replSetGetConfig getLog dataSize getMore usersInfo rolesInfo
    listCommands features whatsmyuri dbHash getDefaultRWConcern balancerStatus listShards connPoolStats
    lockInfo listSearchIndexes getShardMap serverCmdLineOpts getCmdLineOpts
""")
_FIELDS = words("""
    filter query sort projection hint skip limit batchSize singleBatch comment maxTimeMS readConcern max min
    returnKey showRecordId tailable awaitData noCursorTimeout allowPartialResults allowDiskUse collation let
    pipeline cursor explain key collection nameOnly authorizedCollections authorizedDatabases scale verbosity
    lsid $db $readPreference $clusterTime apiVersion apiStrict apiDeprecationErrors fields options
    rawData writeConcern txnNumber keyPattern estimate freeStorage showPrivileges
    showBuiltinRoles showAuthenticationRestrictions rolesInfo initialSync repl metrics locks allUsers $all
    $ownOps recordStats
""")
_OPERATORS = words("""
    $eq $ne $gt $gte $lt $lte $in $nin $and $or $not $nor $exists $type $expr $mod $regex $options $text
    $search $language $caseSensitive $diacriticSensitive $all $elemMatch $size $bitsAllClear $bitsAllSet
    $bitsAnyClear $bitsAnySet $geoIntersects $geoWithin $near $nearSphere $geometry $maxDistance
    $minDistance $box $center $centerSphere $polygon $meta $slice $comment $jsonSchema $natural
    $sampleRate $rand $uniqueDocs $match $project $group $sort $limit $skip $unwind $lookup $graphLookup
    $addFields $set $unset $replaceRoot $replaceWith $count $sortByCount $bucket $bucketAuto $facet
    $sample $geoNear $redact $unionWith $setWindowFields $densify $fill $collStats $indexStats
    $planCacheStats $currentOp $listSessions $listLocalSessions $documents $searchMeta $vectorSearch
    $changeStream $listSearchIndexes $sum $avg $min $max $first $last $push $addToSet $stdDevPop
    $stdDevSamp $mergeObjects $top $bottom $topN $bottomN $firstN $lastN $maxN $minN $median $percentile
    $covariancePop $covarianceSamp $derivative $integral $expMovingAvg $rank $denseRank $documentNumber
    $shift $locf $linearFill $abs $add $ceil $divide $exp $floor $ln $log $log10 $multiply $pow $round
    $sqrt $subtract $trunc $arrayElemAt $arrayToObject $concatArrays $filter $indexOfArray $isArray $map
    $objectToArray $range $reduce $reverseArray $sortArray $zip $cmp $cond $ifNull $switch $dateAdd
    $dateDiff $dateFromParts $dateFromString $dateSubtract $dateToParts $dateToString $dateTrunc
    $dayOfMonth $dayOfWeek $dayOfYear $hour $isoDayOfWeek $isoWeek $isoWeekYear $millisecond $minute
    $month $second $toDate $week $year $literal $getField $setField $unsetField $allElementsTrue
    $anyElementTrue $setDifference $setEquals $setIntersection $setIsSubset $setUnion $concat
    $indexOfBytes $indexOfCP $ltrim $regexFind $regexFindAll $regexMatch $replaceOne $replaceAll $rtrim
    $split $strLenBytes $strLenCP $strcasecmp $substr $substrBytes $substrCP $toLower $toString $trim
    $toUpper $sin $cos $tan $asin $acos $atan $atan2 $degreesToRadians $radiansToDegrees $convert
    $isNumber $toBool $toDecimal $toDouble $toInt $toLong $toObjectId $type $binarySize $bsonSize $let
    $tsIncrement $tsSecond $bitAnd $bitOr $bitXor $bitNot $toHashedIndexKey $oid $date $numberLong
    $numberInt $numberDouble $numberDecimal $uuid $binary $base64 $subType $timestamp $regularExpression
    $minKey $maxKey $undefined $symbol $dbPointer $id $ref $db $readPreference $clusterTime $ownOps
""")
"""Not among them: `$where`, `$function`, `$accumulator` (JavaScript), `$out`, `$merge` (writes)."""
_UPDATES = words("""
    $set $unset $inc $mul $rename $setOnInsert $push $pull $pullAll $pop $addToSet $each $position
    $currentDate $bit $sort $slice $min $max
""")
_ROWS = frozenset({"insert", "update", "delete", "findAndModify", "findandmodify"})
_TAKES_A_DOCUMENT = frozenset({"explain", "usersInfo", "rolesInfo"})
_SECRET_COLLECTIONS = ("system.users", "system.keys", "system.new_users", "system.backup_users")
"""They hold the server's own password hashes and keys."""
_COMPARES = frozenset({"$eq", "$in"})
_DESTROYS = words("""
    drop dropDatabase dropIndexes deleteIndexes create createIndexes renameCollection collMod compact
    convertToCapped cloneCollectionAsCapped shutdown killOp killCursors killSessions killAllSessions fsync
    setParameter createUser updateUser dropUser dropAllUsersFromDatabase grantRolesToUser revokeRolesFromUser
    createRole updateRole dropRole replSetReconfig replSetStepDown replSetInitiate logRotate mapReduce
    mapreduce eval $eval copydb clone moveChunk movePrimary shardCollection enableSharding removeShard
    dropSearchIndex setFeatureCompatibilityVersion reIndex validate planCacheClear profile applyOps
""")


def read(text: str, reading: Reading) -> None:
    """Read one command."""
    try:
        value: Json = jiter.from_json(text.encode(), allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError:
        value = None
    if not isinstance(value, dict) or not value:
        reading.unknown('It is no command in JSON; one like {"find": "orders", "filter": {}} can be read.')
        return
    name = next(iter(value))
    reading.statements.append(name)
    target = value[name]
    if isinstance(target, str):
        reading.tables.add(target)
    if any(text.endswith(_SECRET_COLLECTIONS) for text in _texts(value)):
        reading.unknown("It reads a collection of passwords or keys.")
    if name in _READS:
        _query(name, value, reading)
    elif name in _ROWS:
        _change(name, value, reading)
    elif name in _DESTROYS:
        reading.destroys(f"{shown(name)} changes more than bounded documents.")
    else:
        reading.unknown(f"{shown(name)} is not a command that is known only to read.")


def _query(name: str, command: JsonObject, reading: Reading) -> None:
    if name == "explain":
        inner = command["explain"]
        inner_name = next(iter(inner), "") if isinstance(inner, dict) else ""
        if inner_name not in _READS | _ROWS - {"explain"} or not isinstance(inner, dict):
            reading.unknown("It explains what is not known.")
            return
        _explained(inner_name, inner, reading)
    elif name not in _TAKES_A_DOCUMENT and isinstance(command[name], dict | list):
        reading.unknown(f"{shown(name)} takes a name.")
    for field in command:
        if field not in _FIELDS and field != name:
            reading.unknown(f"{shown(field)} is not a known field of {name}.")
    _operators({key: part for key, part in command.items() if key != name}, reading, _OPERATORS)
    _fields(command.get("filter"), reading)


def _explained(name: str, command: JsonObject, reading: Reading) -> None:
    if name == "explain":
        reading.unknown("It explains twice.")
    elif name in _ROWS:  # an explained change is planned and never made
        _operators(command, reading, _OPERATORS | _UPDATES)
    else:
        _query(name, command, reading)


def _change(name: str, command: JsonObject, reading: Reading) -> None:
    _operators(command, reading, _OPERATORS | _UPDATES)
    if name == "insert":
        reading.changes_rows("insert", is_bounded=True)
        return
    if name in {"update", "delete"}:
        listed = command.get(f"{name}s")
        parts = listed if isinstance(listed, list) else []
        bounds = [_is_bounded(part.get("q")) for part in parts if isinstance(part, dict)]
        reading.changes_rows(name, is_bounded=bool(bounds) and len(bounds) == len(parts) and all(bounds))
        return
    reading.changes_rows(name, is_bounded=_is_bounded(command.get("query")))


def _is_bounded(query: Json) -> bool:
    """Whether a filter compares a field with a fixed value. Without recursion beyond the nesting of JSON."""
    if not isinstance(query, dict):
        return False
    return any(_bounds(field, condition) for field, condition in query.items())


def _bounds(field: str, condition: Json) -> bool:
    if field in {"$and", "$or"} and isinstance(condition, list):
        parts = [_is_bounded(part) for part in condition]
        return bool(parts) and (any(parts) if field == "$and" else all(parts))
    if field.startswith("$"):
        return False
    if isinstance(condition, dict):
        names = set(condition)
        if names & {"$oid", "$date", "$numberLong", "$uuid", "$binary"}:
            return True
        return bool(names & _COMPARES) or (bool(names) and not any(key.startswith("$") for key in names))
    return condition is not None and not isinstance(condition, bool)


def _operators(value: Json, reading: Reading, allowed: frozenset[str]) -> None:
    """Every `$` name at any depth has to be known."""
    for key in _keys(value):
        if key.startswith("$"):
            reading.functions.add(key)
            if key in {"$out", "$merge"}:
                reading.destroys(f"The stage {key} writes its result into a collection.")
            elif key not in allowed:
                reading.unknown(f"{shown(key)} is not an operator that is known only to read.")


def _keys(value: Json) -> Iterator[str]:
    left: list[Json] = [value]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            yield from part
            left.extend(part.values())
        elif isinstance(part, Sequence) and not isinstance(part, str):
            left.extend(part)


def _texts(value: Json) -> Iterator[str]:
    left: list[Json] = [value]
    while left:
        part = left.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            left.extend(part.values())
        elif isinstance(part, list):
            left.extend(part)


def _fields(query: Json, reading: Reading) -> None:
    if isinstance(query, dict):
        reading.columns.update(key for key in query if not key.startswith("$"))
