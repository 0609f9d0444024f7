"""Built-in functions of the other dialects that only read, beside those that sqlglot has a type for.

Left out: what waits or burns time (`SLEEP`, `BENCHMARK`), reads files or other machines (`LOAD_FILE`, `url`),
takes locks, or runs a string as a query.
"""

from firedoor.core.decide.sql.words import words

MYSQL = words("""
    row
    abs acos add_months adddate addtime aes_decrypt aes_encrypt any_value ascii asin atan atan2 avg bin
    bin_to_uuid bit_and bit_count bit_length bit_or bit_xor can_access_column cast ceil ceiling char
    char_length character_length charset chr coalesce coercibility collation compress concat concat_ws
    connection_id conv convert convert_tz cos cot count crc32 cume_dist curdate current_date current_role
    current_time current_timestamp current_user curtime database date date_add date_format date_sub
    datediff day dayname dayofmonth dayofweek dayofyear default degrees dense_rank elt exp export_set
    extract extractvalue field find_in_set first_value floor format format_bytes format_path
    format_pico_time format_statement format_time found_rows from_base64 from_days from_unixtime
    get_format greatest group_concat grouping gtid_subset gtid_subtract hex hour if ifnull inet6_aton
    inet6_ntoa inet_aton inet_ntoa insert instr interval is_ipv4 is_ipv4_compat is_ipv4_mapped is_ipv6
    is_uuid isnull json_array json_array_append json_array_insert json_arrayagg json_compact json_contains
    json_contains_path json_depth json_detailed json_equals json_exists json_extract json_insert json_keys
    json_length json_loose json_merge json_merge_patch json_merge_preserve json_normalize json_object
    json_objectagg json_overlaps json_pretty json_query json_quote json_remove json_replace
    json_schema_valid json_schema_validation_report json_search json_set json_storage_free
    json_storage_size json_table json_type json_unquote json_valid json_value lag last_day last_insert_id
    last_value lcase lead least left length ln localtime localtimestamp locate log log10 log2 lower lpad
    ltrim make_set makedate maketime max mbrcontains md5 median microsecond mid min minute mod month
    monthname name_const natural_sort_key nextdate now nth_value ntile nullif nvl nvl2 oct octet_length
    ord percent_rank percentile_cont percentile_disc period_add period_diff pi point position pow power
    ps_current_thread_id ps_thread_id quarter quote radians rand random_bytes rank regexp_instr
    regexp_like regexp_replace regexp_substr repeat replace reverse right roles_graphml round row_count
    row_number rpad rtrim schema sec_to_time second session_user sformat sha sha1 sha2 sign sin soundex
    space sqrt st_area st_asbinary st_asgeojson st_astext st_aswkb st_aswkt st_buffer st_centroid
    st_contains st_distance st_distance_sphere st_dwithin st_envelope st_equals st_geohash
    st_geomfromgeojson st_geomfromtext st_geomfromwkb st_intersection st_intersects st_isvalid st_latitude
    st_length st_longitude st_makeenvelope st_overlaps st_point st_pointfromtext st_simplify st_srid
    st_touches st_transform st_union st_within st_x st_y statement_digest statement_digest_text std stddev
    stddev_pop stddev_samp str_to_date strcmp subdate substr substring substring_index subtime sum sysdate
    system_user tan time time_format time_to_sec timediff timestamp timestampadd timestampdiff to_base64
    to_char to_days to_number to_seconds trim truncate ucase uncompress uncompressed_length unhex
    unix_timestamp updatexml upper user utc_date utc_time utc_timestamp uuid uuid_short uuid_to_bin
    validate_password_strength values var_pop var_samp variance vec_distance_cosine vec_distance_euclidean
    version week weekday weekofyear weight_string year yearweek
""")

SQLITE = words("""
    abs acos acosh asin asinh atan atan2 atanh avg bm25 ceil ceiling changes char coalesce concat
    concat_ws cos cosh count cume_dist current_date current_time current_timestamp date datetime dbstat
    degrees dense_rank exp first_value floor format generate_series glob group_concat hex highlight if
    ifnull iif instr json json_array json_array_length json_each json_error_position json_extract
    json_group_array json_group_object json_insert json_object json_patch json_pretty json_quote
    json_remove json_replace json_set json_tree json_type json_valid jsonb jsonb_array jsonb_each
    jsonb_extract jsonb_group_array jsonb_group_object jsonb_insert jsonb_object jsonb_patch jsonb_remove
    jsonb_replace jsonb_set jsonb_tree julianday lag last_insert_rowid last_value lead length like
    likelihood likely ln log log10 log2 lower ltrim match max median min mod nth_value ntile nullif
    octet_length percent_rank percentile percentile_cont percentile_disc pi pow power
    pragma_collation_list pragma_compile_options pragma_database_list pragma_foreign_key_list
    pragma_function_list pragma_index_info pragma_index_list pragma_index_xinfo pragma_module_list
    pragma_pragma_list pragma_table_info pragma_table_list pragma_table_xinfo printf quote radians random
    randomblob rank replace round row_number rtrim sign sin sinh snippet soundex sqlite_compileoption_get
    sqlite_compileoption_used sqlite_offset sqlite_source_id sqlite_version sqrt strftime string_agg
    substr substring subtype sum tan tanh time timediff total total_changes trim trunc typeof unhex
    unicode unistr unistr_quote unixepoch unlikely upper zeroblob
""")
"""Not here: `fts3_tokenizer`, `load_extension`, `readfile`, `writefile`, `edit`, pragmas that set."""

TSQL = words("""
    abs acos app_name applock_mode applock_test approx_count_distinct approx_percentile_cont
    approx_percentile_disc ascii asin assemblyproperty atan atn2 avg base64_decode base64_encode
    binary_checksum bit_count case cast ceiling certencoded certproperty char charindex checksum
    checksum_agg choose col_length col_name collationproperty columnproperty columns_updated compress
    concat concat_ws connectionproperty contains containstable context_info convert cos cot count
    count_big cume_dist current_date current_request_id current_timestamp current_timezone
    current_timezone_id current_transaction_id current_user cursor_status database_principal_id
    databasepropertyex datalength date_bucket dateadd datediff datediff_big datefromparts datename
    datepart datetime2fromparts datetimefromparts datetimeoffsetfromparts datetrunc day db_id db_name
    decompress degrees dense_rank difference edge_id_from_parts edit_distance edit_distance_similarity
    eomonth error_line error_message error_number error_procedure error_severity error_state exp file_id
    file_idex file_name filegroup_id filegroup_name filegroupproperty fileproperty first_value floor
    fn_builtin_permissions fn_get_sql fn_helpcollations fn_listextendedproperty
    fn_my_permissions fn_servershareddrives fn_virtualfilestats format formatmessage freetext
    freetexttable fulltextcatalogproperty fulltextserviceproperty generate_series get_bit
    get_filestream_transaction_context getansinull getdate getutcdate greatest grouping grouping_id
    has_dbaccess has_perms_by_name hashbytes host_id host_name ident_current ident_incr ident_seed
    identity iif index_col indexkey_property indexproperty is_member is_rolemember is_srvrolemember isdate
    isjson isnull isnumeric jaro_winkler_distance jaro_winkler_similarity json_array json_arrayagg
    json_contains json_modify json_object json_objectagg json_path_exists json_query json_value lag
    last_value lead least left left_shift len log log10 loginproperty lower ltrim max min month nchar
    newid newsequentialid next ntile nullif object_definition object_id object_name object_schema_name
    objectproperty objectpropertyex openjson original_login parse parsename patindex percent_rank
    percentile_cont percentile_disc permissions pi power product pwdcompare quotename radians rand rank
    regexp_count regexp_instr regexp_like regexp_matches regexp_replace regexp_split_to_table
    regexp_substr replace replicate reverse right right_shift round row_number rowcount_big rtrim
    schema_id schema_name scope_identity serverproperty session_context session_user sessionproperty
    set_bit sign sin smalldatetimefromparts soundex space sql_variant_property sqrt square stats_date
    stdev stdevp str string_agg string_escape string_split stuff substring sum suser_id suser_name
    suser_sid suser_sname switchoffset sysdatetime sysdatetimeoffset system_user sysutcdatetime tan
    textptr textvalid timefromparts todatetimeoffset translate trigger_nestlevel trim try_cast try_convert
    try_parse type_id type_name typeproperty unicode unistr upper user user_id user_name var varp
    vector_distance vector_norm vector_normalize xact_state year
""")

ORACLE = words("""
    odcivarchar2list odcinumberlist odcidatelist
    abs acos add_months any_value approx_count_distinct approx_median approx_percentile approx_rank
    approx_sum ascii asciistr asin atan atan2 avg bin_to_num bit_and_agg bit_or_agg bit_xor_agg bitand
    cardinality cast ceil chartorowid checksum chr cluster_id coalesce collation collect compose concat
    convert corr corr_k corr_s cos cosh cosine_distance count covar_pop covar_samp cume_dist current_date
    current_timestamp dbtimezone decode decompose dense_rank depth dump empty_blob empty_clob exp extract
    feature_id first first_value floor from_tz greatest group_id grouping grouping_id hextoraw initcap
    inner_product instr instrb iteration_number json_array json_arrayagg json_dataguide json_equal
    json_exists json_mergepatch json_object json_objectagg json_query json_scalar json_serialize
    json_table json_transform json_value kurtosis_pop l2_distance lag last last_day last_value lead least
    length lengthb lengthc listagg ln lnnvl localtimestamp log lower lpad ltrim max median min mod
    months_between nanvl nchr new_time next_day nls_charset_id nls_charset_name nls_initcap nls_lower
    nls_upper nlssort nth_value ntile nullif numtodsinterval numtoyminterval nvl nvl2 ora_dst_affected
    ora_hash ora_invoking_user path percent_rank percentile_cont percentile_disc power powermultiset
    presentnnv presentv previous rank ratio_to_report rawtohex rawtonhex regexp_count regexp_instr
    regexp_like regexp_replace regexp_substr remainder replace round row_number rowidtochar rowidtonchar
    rowtonchar rpad rtrim scn_to_timestamp sessiontimezone set sign sin sinh skewness_pop soundex sqrt
    standard_hash stats_mode stddev stddev_pop stddev_samp substr substrb sum sys_connect_by_path
    sys_context sys_extract_utc sys_guid sys_typeid systimestamp table tan tanh timestamp_to_scn
    to_binary_double to_binary_float to_blob to_char to_clob to_date to_dsinterval to_lob to_multi_byte
    to_nchar to_nclob to_number to_single_byte to_timestamp to_timestamp_tz to_yminterval translate treat
    trim trunc tz_offset uid unistr upper user userenv validate_conversion var_pop var_samp variance
    vector_distance vsize width_bucket wm_concat xmlagg xmlattributes xmlcast xmlcolattval xmlconcat
    xmlelement xmlexists xmlforest xmlserialize xmltable
""")
ORACLE_PACKAGES = words("""
    dbms_crypto.hash dbms_lob.getlength dbms_lob.instr dbms_lob.substr dbms_metadata.get_ddl
    dbms_metadata.get_dependent_ddl dbms_metadata.get_granted_ddl dbms_random.string dbms_random.value
    dbms_rowid.rowid_block_number dbms_rowid.rowid_object dbms_rowid.rowid_relative_fno
    dbms_rowid.rowid_row_number dbms_sqltune.report_sql_monitor dbms_sqltune.report_sql_monitor_list
    dbms_utility.format_error_stack dbms_utility.get_time dbms_xplan.display dbms_xplan.display_awr
    dbms_xplan.display_cursor dbms_xplan.display_plan utl_encode.base64_decode utl_encode.base64_encode
    utl_i18n.raw_to_char utl_i18n.string_to_raw utl_match.edit_distance utl_match.edit_distance_similarity
    utl_match.jaro_winkler utl_match.jaro_winkler_similarity utl_raw.cast_to_number utl_raw.cast_to_raw
    utl_raw.cast_to_varchar2 utl_raw.length utl_raw.substr
""")
