"""What may be called on PostgreSQL: its catalog, later versions, some volatile ones, well-known extensions.

Left out on purpose although they only read: what runs a query or reads a file that is named in a string
(`query_to_xml`, `ts_stat`, `ts_rewrite`, `crosstab`, `pg_read_file`, `pg_ls_dir`, `dblink`), and what waits.
"""

from firedoor.core.decide.sql.functions.postgres_catalog import CATALOG
from firedoor.core.decide.sql.words import words

_LATER = words("""
    any_value array_reverse array_sample array_shuffle array_sort bit_xor casefold crc32 crc32c date_add
    date_bin date_subtract erf erfc gamma icu_unicode_version json_array json_array_agg json_arrayagg
    json_object json_objectagg json_scalar json_serialize json_strip_nulls jsonb_strip_nulls lgamma
    pg_available_wal_summaries pg_basetype pg_column_toast_chunk_id pg_current_xact_id_if_assigned
    pg_get_acl pg_get_loaded_modules pg_get_process_memory_contexts pg_get_wait_events pg_input_error_info
    pg_input_is_valid pg_split_walfile_name pg_stat_get_checkpointer_num_timed pg_stat_get_io
    pg_wal_summary_contents random_normal range_agg range_intersect_agg regexp_count regexp_instr
    regexp_like regexp_substr string_to_table system_user to_bin to_oct to_regtypemod trim_array
    unicode_version unistr uuid_extract_timestamp uuid_extract_version uuidv4 uuidv7 xmltext
""")
_VOLATILE_BUT_READING = words("""
    clock_timestamp current_query currval gen_random_bytes gen_random_uuid lastval pg_blocking_pids
    pg_collation_actual_version pg_control_checkpoint pg_control_init pg_control_recovery
    pg_control_system pg_current_wal_flush_lsn pg_current_wal_insert_lsn pg_current_wal_lsn
    pg_database_collation_actual_version pg_database_size pg_get_backend_memory_contexts
    pg_get_multixact_members pg_get_shmem_allocations pg_get_wal_replay_pause_state
    pg_get_wal_resource_managers pg_indexes_size pg_is_in_recovery pg_is_wal_replay_paused
    pg_jit_available pg_last_committed_xact pg_last_wal_receive_lsn pg_last_wal_replay_lsn
    pg_last_xact_replay_timestamp pg_lock_status pg_notification_queue_usage pg_partition_ancestors
    pg_partition_tree pg_prepared_xact pg_relation_size pg_replication_origin_progress
    pg_safe_snapshot_blocking_pids pg_sequence_last_value pg_show_replication_origin_status
    pg_stat_get_recovery_prefetch pg_stat_get_xact_numscans pg_stat_get_xact_tuples_fetched
    pg_stat_get_xact_tuples_returned pg_stat_have_stats pg_table_size pg_tablespace_size
    pg_total_relation_size pg_xact_commit_timestamp pg_xact_status random timeofday txid_status
""")
_EXTENSIONS = words("""
    akeys approximate_row_count avals binary_quantize box2d chunks_detailed_size cosine_distance crypt
    cube cube_contains cube_dim cube_distance daitch_mokotoff defined difference digest dmetaphone
    dmetaphone_alt each earth earth_box earth_distance exist exists_all exists_any first gc_to_sec
    gen_salt geometrytype hamming_distance histogram hmac hstore hstore_to_array hstore_to_json
    hstore_to_json_loose hstore_to_jsonb hstore_to_matrix hypertable_approximate_size
    hypertable_detailed_size hypertable_size icount idx index inner_product interpolate intset
    jaccard_distance l1_distance l2_distance l2_normalize last latitude lca levenshtein
    levenshtein_less_equal ll_to_earth locf longitude ltree2text metaphone nlevel pg_buffercache_pages
    pg_buffercache_summary pg_buffercache_usage_counts pg_freespace pg_stat_statements
    pg_stat_statements_info pg_visibility pg_visibility_map pgstatindex pgstattuple pgstattuple_approx
    postgis_full_version postgis_version sec_to_gc show_chunks show_limit show_trgm similarity skeys slice
    sort sort_asc sort_desc soundex st_area st_asbinary st_asewkt st_asgeojson st_asgml st_askml st_asmvt
    st_asmvtgeom st_assvg st_astext st_azimuth st_boundary st_buffer st_centroid st_closestpoint
    st_clusterdbscan st_clusterkmeans st_collect st_contains st_containsproperly st_convexhull
    st_coveredby st_covers st_crosses st_difference st_dimension st_disjoint st_distance st_distancesphere
    st_distancespheroid st_dump st_dumppoints st_dwithin st_endpoint st_envelope st_equals st_expand
    st_extent st_geogfromtext st_geogfromwkb st_geohash st_geometryn st_geometrytype st_geomfromewkt
    st_geomfromgeojson st_geomfromtext st_geomfromwkb st_hausdorffdistance st_intersection st_intersects
    st_isempty st_isvalid st_isvalidreason st_length st_lengthspheroid st_lineinterpolatepoint
    st_linelocatepoint st_linemerge st_makeenvelope st_makeline st_makepoint st_makepolygon st_makevalid
    st_multi st_npoints st_numgeometries st_numpoints st_overlaps st_perimeter st_point st_pointfromtext
    st_pointn st_pointonsurface st_polygon st_project st_relate st_scale st_setsrid st_simplify
    st_simplifypreservetopology st_snaptogrid st_split st_srid st_startpoint st_subdivide st_symdifference
    st_tileenvelope st_touches st_transform st_translate st_unaryunion st_union st_within st_x st_xmax
    st_xmin st_y st_ymax st_ymin st_z strict_word_similarity subarray subltree subpath subvector svals
    text2ltree time_bucket time_bucket_gapfill unaccent uniq uuid_generate_v1 uuid_generate_v1mc
    uuid_generate_v3 uuid_generate_v4 uuid_generate_v5 uuid_nil uuid_ns_dns uuid_ns_url vector_dims
    vector_norm word_similarity
""")
_SPELLED_BY_THE_GRAMMAR = words("""
    btrim collation_for extract is_normalized ltrim normalize overlaps overlay pg_collation_for position
    rtrim substring system_user timezone xmlexists
""")

POSTGRES = (CATALOG | _LATER | _VOLATILE_BUT_READING | _EXTENSIONS | _SPELLED_BY_THE_GRAMMAR) - words("""
    nextval pg_sleep set_config setval ts_rewrite ts_stat
""")
PREFIXES = ("pg_stat_get_",)
"""Every function of such a name reads counters."""

REDSHIFT = POSTGRES | words("""
    add_months approximate_count_distinct approximate_percentile_disc array_flatten bpcharcmp
    can_json_parse cbrt charindex checksum convert convert_timezone crc32 current_user_id date_part_year
    dateadd datediff decode dexp dlog1 farmfingerprint64 fnv_hash func_sha1 get_array_length getdate hll
    is_valid_json is_valid_json_array isnull json_array_length json_extract_array_element_text
    json_extract_path_text json_parse json_typeof last_day len listagg md5 median months_between next_day
    nvl nvl2 object object_transform pg_backend_pid pg_last_copy_count pg_last_copy_id pg_last_query_id
    ratio_to_report regexp_count regexp_instr regexp_substr sha sha1 sha2 split_to_array strtol subarray
    sysdate to_date to_timestamp trunc
""")
