"""Built-in functions of the warehouses that only read, beside those that sqlglot has a type for.

Left out: what calls a model or another machine, reads stages, files or URLs, runs a string as a query, or
administers (`SYSTEM$…`).
"""

from firedoor.core.decide.sql.words import words

BIGQUERY = words("""
    offset ordinal safe_offset safe_ordinal safe_key
    abs acos acosh any_value appends approx_count_distinct approx_quantiles approx_top_count
    approx_top_sum array array_agg array_concat array_concat_agg array_filter array_first array_last
    array_length array_reverse array_slice array_to_string array_transform ascii asin asinh atan atan2
    atanh avg bag_contains bit_and bit_count bit_or bit_xor bool bool_array byte_length cast cbrt ceil
    ceiling changes char_length character_length chr code_points_to_bytes code_points_to_string collate
    concat contains_substr corr cos cosh cosine_distance cot coth count countif covar_pop covar_samp csc
    csch cume_dist current_date current_datetime current_time current_timestamp date date_add date_bucket
    date_diff date_from_unix_date date_sub date_trunc datetime datetime_add datetime_bucket datetime_diff
    datetime_sub datetime_trunc dense_rank div double edit_distance ends_with error euclidean_distance exp
    extract farm_fingerprint first_value float64 floor format format_date format_datetime format_time
    format_timestamp from_base32 from_base64 from_hex gap_fill generate_array generate_date_array
    generate_range_array generate_timestamp_array generate_uuid greatest grouping hll_count.extract
    hll_count.init hll_count.merge hll_count.merge_partial ieee_divide if ifnull initcap instr int64
    int64_array is_inf is_nan json_array json_array_append json_array_insert json_extract
    json_extract_array json_extract_scalar json_extract_string_array json_keys json_object json_query
    json_query_array json_remove json_set json_strip_nulls json_type json_value json_value_array
    justify_days justify_hours justify_interval lag last_day last_value lax_bool lax_float64 lax_int64
    lax_string lead least left length ln log log10 logical_and logical_or lower lpad ltrim make_interval
    max max_by md5 min min_by mod net.host net.ip_from_string net.ip_net_mask net.ip_to_string
    net.ip_trunc net.ipv4_from_int64 net.ipv4_to_int64 net.public_suffix net.reg_domain
    net.safe_ip_from_string normalize normalize_and_casefold nth_value ntile nullif octet_length
    parse_bignumeric parse_date parse_datetime parse_json parse_numeric parse_time parse_timestamp
    percent_rank percentile_cont percentile_disc pow power rand range range_bucket range_contains
    range_end range_intersect range_overlaps range_sessionize range_start rank regexp_contains
    regexp_extract regexp_extract_all regexp_instr regexp_replace regexp_substr repeat replace reverse
    right round row_number rpad rtrim safe_add safe_cast safe_convert_bytes_to_string safe_divide
    safe_multiply safe_negate safe_subtract search sec sech session_user sha1 sha256 sha512 sign sin sinh
    soundex split sqrt st_area st_asgeojson st_astext st_buffer st_centroid st_contains st_coveredby
    st_covers st_distance st_dwithin st_geogfromgeojson st_geogfromtext st_geogpoint st_geohash
    st_intersects st_length st_makeline st_union st_within st_x st_y starts_with stddev stddev_pop
    stddev_samp string string_agg strpos struct substr substring sum tan tanh time time_add time_diff
    time_sub time_trunc timestamp timestamp_add timestamp_bucket timestamp_diff timestamp_micros
    timestamp_millis timestamp_seconds timestamp_sub timestamp_trunc to_base32 to_base64 to_code_points
    to_hex to_json to_json_string translate trim trunc typeof unicode unix_date unix_micros unix_millis
    unix_seconds unnest upper var_pop var_samp variance
""")

SNOWFLAKE = words("""
    abs acos acosh add_months any_value approx_count_distinct approx_percentile approx_top_k array_agg
    array_append array_cat array_compact array_construct array_construct_compact array_contains
    array_distinct array_except array_flatten array_generate_range array_insert array_intersection
    array_max array_min array_position array_prepend array_remove array_remove_at array_size array_slice
    array_sort array_to_string array_union_agg array_unique_agg arrays_overlap arrays_to_object arrays_zip
    as_array as_binary as_boolean as_char as_date as_decimal as_double as_integer as_object as_real
    as_time as_timestamp_ltz as_timestamp_ntz as_varchar ascii asin asinh atan atan2 atanh avg
    base64_decode_binary base64_decode_string base64_encode bit_length bitand bitand_agg bitmap_count
    bitnot bitor bitor_agg bitshiftleft bitshiftright bitxor booland booland_agg boolnot boolor boolor_agg
    boolxor cast cbrt ceil charindex check_json check_xml chr coalesce collate collation compress concat
    concat_ws conditional_change_event conditional_true_event contains convert_timezone corr cos cosh cot
    count count_if covar_pop covar_samp cume_dist current_account current_account_name
    current_available_roles current_client current_database current_date current_ip_address
    current_organization_name current_region current_role current_role_type current_schema current_schemas
    current_secondary_roles current_session current_statement current_time current_timestamp
    current_transaction current_user current_version current_warehouse date date_from_parts date_part
    date_trunc dateadd datediff datefromparts day dayname dayofmonth dayofweek dayofweekiso dayofyear
    decode degrees dense_rank div0 div0null editdistance endswith equal_null exp factorial filter
    first_value flatten floor generator get get_ddl get_path getbit getdate getvariable greatest
    greatest_ignore_nulls grouping grouping_id hash hash_agg haversine hex_decode_binary hex_decode_string
    hex_encode hll hll_accumulate hll_combine hll_estimate hour iff ifnull ilike initcap insert
    invoker_role invoker_share is_array is_binary is_boolean is_char is_database_role_in_session is_date
    is_decimal is_double is_granted_to_invoker_role is_integer is_null_value is_object is_real
    is_role_in_session is_time is_timestamp_ntz is_varchar jarowinkler_similarity json_extract_path_text
    kurtosis lag last_day last_query_id last_successful_scheduled_time last_transaction last_value lead
    least least_ignore_nulls left length like listagg ln localtime localtimestamp log lower lpad ltrim
    map_cat map_contains_key map_delete map_insert map_keys map_size max max_by md5 md5_hex median min
    min_by minute mod mode month monthname months_between next_day normal nth_value ntile nullif
    nullifzero nvl nvl2 object_agg object_construct object_construct_keep_null object_delete object_insert
    object_keys object_pick octet_length parse_ip parse_json parse_url parse_xml percent_rank
    percentile_cont percentile_disc pi position pow power previous_day quarter radians random randstr rank
    ratio_to_report reduce regexp regexp_count regexp_extract_all regexp_instr regexp_like regexp_replace
    regexp_substr regexp_substr_all regr_avgx regr_count regr_intercept regr_r2 regr_slope repeat replace
    result_scan reverse right rlike round row_number rpad rtrim rtrimmed_length second seq1 seq2 seq4 seq8
    sha1 sha1_hex sha2 sha2_hex sign sin sinh skew soundex space split split_part split_to_table sqrt
    square st_area st_asgeojson st_astext st_centroid st_contains st_distance st_dwithin
    st_geographyfromwkt st_intersects st_length st_makepoint st_point st_within st_x st_y startswith
    stddev stddev_pop stddev_samp strip_null_value strtok strtok_split_to_table strtok_to_array substr
    substring sum sysdate system$typeof systimestamp table tan tanh time time_from_parts time_slice
    timeadd timediff timestamp_from_parts timestamp_ltz_from_parts timestamp_ntz_from_parts
    timestamp_tz_from_parts timestampadd timestampdiff to_array to_base64 to_binary to_boolean to_char
    to_date to_decimal to_double to_geography to_json to_number to_numeric to_object to_time to_timestamp
    to_timestamp_ltz to_timestamp_ntz to_timestamp_tz to_varchar to_variant to_xml translate trim trunc
    truncate try_base64_decode_string try_cast try_hex_decode_string try_parse_json try_to_binary
    try_to_boolean try_to_date try_to_decimal try_to_double try_to_number try_to_time try_to_timestamp
    try_to_timestamp_ntz try_to_timestamp_tz typeof unicode uniform upper uuid_string var_pop var_samp
    variance vector_cosine_similarity vector_inner_product vector_l2_distance warehouse_load_history week
    weekiso weekofyear width_bucket xmlget year yearofweek yearofweekiso zeroifnull zipf
""")

CLICKHOUSE = words("""
    FQDN IPv4NumToString IPv4StringToNum IPv4ToIPv6 IPv6NumToString IPv6StringToNum JSONArrayLength
    JSONExtract JSONExtractArrayRaw JSONExtractBool JSONExtractFloat JSONExtractInt JSONExtractKeys
    JSONExtractKeysAndValues JSONExtractKeysAndValuesRaw JSONExtractRaw JSONExtractString JSONExtractUInt
    JSONHas JSONKey JSONLength JSONType JSON_EXISTS JSON_QUERY JSON_VALUE L1Distance L2Distance L2Norm
    LinfDistance MACNumToString MD4 MD5 SHA1 SHA224 SHA256 SHA512 URLHash URLHierarchy URLPathHierarchy
    UUIDNumToString UUIDStringToNum abs accurateCast accurateCastOrDefault accurateCastOrNull acos acosh
    addDays addHours addMinutes addMonths addQuarters addSeconds addWeeks addYears age and any anyHeavy
    anyLast appendTrailingCharIfAbsent argMax argMin array arrayAll arrayAvg arrayCompact arrayConcat
    arrayCount arrayCumSum arrayDifference arrayDistinct arrayElement arrayEnumerate arrayEnumerateUniq
    arrayExists arrayFilter arrayFirst arrayFirstIndex arrayFlatten arrayIntersect arrayJoin arrayLast
    arrayMap arrayMax arrayMin arrayPopBack arrayPopFront arrayProduct arrayPushBack arrayPushFront
    arrayReduce arrayResize arrayReverse arrayReverseSort arraySlice arraySort arrayStringConcat arraySum
    arrayUniq arrayWithConstant arrayZip ascii asin assumeNotNull atan avg avgWeighted bar base64Decode
    base64Encode bin bitmapAnd bitmapAndCardinality bitmapBuild bitmapCardinality bitmapContains
    bitmapHasAll bitmapHasAny bitmapOr bitmapOrCardinality bitmapToArray bitAnd bitCount bitNot bitOr
    bitShiftLeft bitShiftRight bitXor blockNumber cast cbrt
    ceil ceiling char cityHash64 cluster clusterAllReplicas coalesce concat concatWithSeparator corr cos
    cosineDistance count countDigits countEqual countSubstrings countSubstringsCaseInsensitive covarPop
    covarSamp currentDatabase currentUser cutQueryString cutToFirstSignificantSubdomain cutURLParameter
    cutWWW dateAdd dateDiff dateName dateSub dateTrunc date_add date_diff date_sub date_trunc
    decodeURLComponent deltaSum dense_rank dictGet dictGetOrDefault dictGetOrNull dictGetString
    dictGetUInt64 dictHas divide domain domainWithoutWWW dumpColumnStructure e empty emptyArrayString
    encodeURLComponent endsWith entropy equals erf exp exp10 exp2 exponentialMovingAverage extract
    extractAll extractAllGroups extractTextFromHTML extractURLParameter extractURLParameters farmHash64
    finalizeAggregation first_value floor format formatDateTime formatReadableDecimalSize
    formatReadableQuantity formatReadableSize formatReadableTimeDelta formatRow fragment
    fromModifiedJulianDay fromUnixTimestamp fromUnixTimestamp64Micro fromUnixTimestamp64Milli
    fromUnixTimestamp64Nano fuzzBits gcd generateSeries generateUUIDv4 generateUUIDv7 geoDistance geoToH3
    getMacro getSetting getSizeOfEnumType greatCircleDistance greater greaterOrEquals greatest groupArray
    groupArrayArray groupArrayInsertAt groupArrayLast groupArrayMovingAvg groupArrayMovingSum
    groupArraySample groupArraySorted groupBitAnd groupBitOr groupBitXor groupBitmap groupBitmapAnd
    groupConcat groupUniqArray has hasAll hasAny hasSubstr hasToken
    hasTokenCaseInsensitive hex hiveHash hostName hostname identity if ifNotFinite ifNull ignore ilike in
    indexHint indexOf initializeAggregation intDiv intDivOrZero intHash32 intHash64 ipv4CIDRToRange
    ipv6CIDRToRange isConstant isDecimalOverflow isFinite isIPAddressInRange isIPv4String isIPv6String
    isInfinite isNaN isNotNull isNull isValidJSON isValidUTF8 isZeroOrNull jsonMergePatch
    jumpConsistentHash kurtPop kurtSamp lag lagInFrame last_value lcm lead leadInFrame least left leftPad
    leftPadUTF8 lemmatize length lengthUTF8 less lessOrEquals like ln locate log log10 log1p log2 lower
    lowerUTF8 map mapAdd mapApply mapContains mapContainsKeyLike mapExists mapFilter mapFromArrays mapKeys
    mapSort mapSubtract mapUpdate mapValues match materialize max max2 maxIntersections maxMap median
    medianExact metroHash64 min min2 minMap minus mod modulo moduloOrZero monthName multiFuzzyMatchAny
    multiIf multiMatchAny multiMatchAnyIndex multiSearchAllPositions multiSearchAny multiSearchFirstIndex
    multiSearchFirstPosition multiply murmurHash2_32 murmurHash2_64 murmurHash3_32 murmurHash3_64 negate
    neighbor netloc ngramDistance ngramSearch ngrams normalizeQuery normalizedQueryHash not notEmpty
    notEquals notIn notLike now now64 nth_value ntile nullIf numbers numbers_mt or parseDateTime
    parseDateTime32BestEffort parseDateTime64BestEffort parseDateTimeBestEffort
    parseDateTimeBestEffortOrNull parseDateTimeBestEffortOrZero parseTimeDelta partitionId path pathFull
    percent_rank pi plus pointInPolygon port position positionCaseInsensitive positionCaseInsensitiveUTF8
    positionUTF8 pow power proportionsZTest protocol quantile quantileBFloat16 quantileDeterministic
    quantileExact quantileExactWeighted quantileTDigest quantileTDigestWeighted quantileTiming
    quantileTimingWeighted quantiles quantilesExact quantilesTDigest quantilesTiming queryString
    queryStringAndFragment rand rand32 rand64 randConstant randNormal randUniform randomPrintableASCII
    randomString rank regexpExtract regexpQuoteMeta reinterpretAsFloat64 reinterpretAsInt64
    reinterpretAsString reinterpretAsUInt64 repeat replace replaceAll replaceOne replaceRegexpAll
    replaceRegexpOne retention reverse reverseUTF8 right rightPad round roundAge roundBankers roundDown
    roundDuration roundToExp2 rowNumberInAllBlocks rowNumberInBlock row_number runningAccumulate
    runningDifference sequenceCount sequenceMatch sequenceNextNode serverTimezone serverUUID sigmoid sign
    simpleJSONExtractBool simpleJSONExtractFloat simpleJSONExtractInt simpleJSONExtractRaw
    simpleJSONExtractString simpleJSONExtractUInt simpleJSONHas simpleLinearRegression sin
    singleValueOrNull sipHash128 sipHash64 skewPop skewSamp snowflakeToDateTime soundex space sparkbar
    splitByChar splitByNonAlpha splitByRegexp splitByString splitByWhitespace sqrt startsWith stddevPop
    stddevSamp stem stochasticLinearRegression str_to_date subDate substr substring substringIndex
    substringUTF8 subtractDays subtractHours subtractMinutes subtractMonths subtractQuarters
    subtractSeconds subtractWeeks subtractYears sum sumCount sumKahan sumMap sumMapFiltered
    sumWithOverflow svg tan tcpPort tgamma throwIf tid timeDiff timeSlot timeSlots timeZone timeZoneOf
    timeZoneOffset timezone timezoneOf toBool toColumnTypeName toDate toDate32 toDateOrDefault
    toDateOrNull toDateOrZero toDateTime toDateTime64 toDateTime64OrNull toDateTimeOrNull toDateTimeOrZero
    toDayOfMonth toDayOfWeek toDayOfYear toDecimal128 toDecimal256 toDecimal32 toDecimal64 toDecimalString
    toFixedString toFloat32 toFloat32OrNull toFloat32OrZero toFloat64 toFloat64OrNull toFloat64OrZero
    toHour toIPv4 toIPv6 toISOWeek toISOYear toInt128 toInt16 toInt256 toInt32 toInt32OrNull toInt32OrZero
    toInt64 toInt64OrNull toInt64OrZero toInt8 toIntervalDay toIntervalHour toIntervalMinute
    toIntervalMonth toIntervalSecond toIntervalWeek toIntervalYear toJSONString toLastDayOfMonth
    toLastDayOfWeek toLowCardinality toMillisecond toMinute toMonday toMonth toNullable toQuarter
    toRelativeDayNum toRelativeHourNum toRelativeMinuteNum toRelativeMonthNum toRelativeSecondNum
    toRelativeWeekNum toRelativeYearNum toSecond toStartOfDay toStartOfFifteenMinutes toStartOfFiveMinute
    toStartOfFiveMinutes toStartOfHour toStartOfISOYear toStartOfInterval toStartOfMinute toStartOfMonth
    toStartOfQuarter toStartOfSecond toStartOfTenMinutes toStartOfWeek toStartOfYear toString
    toStringCutToZero toTime toTimeZone toTimezone toTypeName toUInt128 toUInt16 toUInt256 toUInt32
    toUInt32OrNull toUInt32OrZero toUInt64 toUInt64OrNull toUInt64OrZero toUInt8 toUInt8OrNull toUUID
    toUUIDOrNull toUnixTimestamp toUnixTimestamp64Micro toUnixTimestamp64Milli toUnixTimestamp64Nano
    toValidUTF8 toWeek toYYYYMM toYYYYMMDD toYYYYMMDDhhmmss toYear toYearWeek today tokens topK
    topKWeighted topLevelDomain transform translate translateUTF8 trim trimBoth trimLeft trimRight trunc
    truncate tryBase64Decode tuple tupleConcat tupleElement tupleHammingDistance tupleMinus tuplePlus
    tupleToNameValuePairs unbin unhex uniq uniqCombined uniqCombined64 uniqExact uniqHLL12 uniqTheta
    uniqUpTo untuple upper upperUTF8 uptime user values varPop varSamp version view visibleWidth
    visitParamExtractBool visitParamExtractFloat visitParamExtractInt visitParamExtractRaw
    visitParamExtractString visitParamExtractUInt visitParamHas width_bucket windowFunnel wkt xor xxHash32
    xxHash64 xxh3 yesterday zeros zeros_mt
""")

DUCKDB = words("""
    abs age aggregate any_value apply approx_count_distinct approx_quantile arbitrary arg_max arg_min
    array_agg array_apply array_contains array_cosine_similarity array_distance array_distinct
    array_extract array_filter array_has array_has_any array_inner_product array_length array_position
    array_slice array_sort array_to_string array_transform array_unique array_value ascii avg bar base64
    bin bit_and bit_count bit_length bit_or bit_xor bitstring_agg bool_and bool_or cardinality ceil
    ceiling century chr coalesce concat concat_ws contains cos count count_if count_star countif
    current_catalog current_database current_date current_schema current_schemas current_setting
    current_user damerau_levenshtein date_add date_diff date_part date_sub date_trunc datediff datepart
    datetrunc dayname dayofmonth dayofweek dayofyear decade decode dense_rank duckdb_columns
    duckdb_constraints duckdb_databases duckdb_dependencies duckdb_extensions duckdb_functions
    duckdb_indexes duckdb_keywords duckdb_memory duckdb_schemas duckdb_sequences duckdb_settings
    duckdb_tables duckdb_types duckdb_views editdist3 element_at encode ends_with entropy enum_range epoch
    epoch_ms epoch_ns epoch_us equi_width_bins even exp favg first flatten floor format format_bytes
    formatreadablesize from_base64 fsum gcd gen_random_uuid generate_series generate_subscripts geomean
    get_bit get_current_timestamp greatest group_concat hamming hash hex histogram if ifnull instr
    isfinite isinf isnan isodow jaccard jaro_similarity jaro_winkler_similarity json json_array
    json_array_length json_contains json_each json_exists json_extract json_extract_path
    json_extract_path_text json_extract_string json_group_array json_group_object json_keys
    json_merge_patch json_object json_pretty json_quote json_structure json_transform json_tree json_type
    json_valid json_value julian kurtosis lag last last_day last_value lcase lcm lead least left len
    length levenshtein list list_aggregate list_any_value list_append list_apply list_avg list_concat
    list_contains list_cosine_similarity list_count list_distance list_distinct list_dot_product
    list_element list_extract list_filter list_first list_has list_has_all list_has_any list_indexof
    list_last list_max list_min list_pack list_position list_prepend list_reduce list_resize list_reverse
    list_reverse_sort list_slice list_sort list_sum list_transform list_unique list_value list_zip listagg
    ln log log10 log2 lower lpad ltrim mad make_date make_time make_timestamp map map_contains map_entries
    map_extract map_from_entries map_keys map_values max max_by md5 mean median min min_by mode monthname
    nextafter now nth_value ntile nullif ord parse_filename percent_rank pi position pow power
    pragma_database_size pragma_storage_info pragma_table_info pragma_version prefix printf product
    quantile quantile_cont quantile_disc quarter radians random range rank reduce regexp_extract
    regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array repeat
    repeat_row replace reservoir_quantile reverse right round row row_number row_to_json rpad rtrim sha1
    sha256 sign sin skewness split split_part sqrt starts_with stddev stddev_pop stddev_samp str_split
    strftime string_agg string_split string_to_array strip_accents strlen strpos strptime struct_extract
    struct_insert struct_pack substr substring suffix sum sum_no_overflow summary tan test_all_types
    time_bucket timezone to_base64 to_days to_hours to_json to_minutes to_months to_seconds to_timestamp
    to_years today transaction_timestamp translate trim trunc try_strptime txid_current typeof ucase unbin
    unhex unicode union_extract union_tag union_value unnest unpivot_list upper url_decode url_encode uuid
    var_pop var_samp variance vector_type version week weekday weekofyear xor year yearweek
""")
