import pytest
from sqlglot import exp

from firedoor.core.decide.sql.functions import typed
from firedoor.core.decide.sql.functions.allowed import is_allowed, takes_a_number


@pytest.mark.parametrize(
    ("dialect", "name"),
    [("postgres", "lower"), ("postgres", "pg_database_size"), ("postgres", "pg_stat_get_live_tuples"),
     ("mysql", "json_extract"), ("sqlite", "strftime"), ("tsql", "isnull"), ("oracle", "nvl"),
     ("bigquery", "safe_divide"), ("snowflake", "iff"), ("clickhouse", "formatreadablesize"),
     ("duckdb", "list_transform"), ("redshift", "json_extract_path_text")],
)  # fmt: skip
def test_a_built_in_function_that_reads_is_allowed(dialect: str, name: str) -> None:
    assert is_allowed(dialect, (), name)


HARMFUL = {
    "postgres": """
        crosstab cursor_to_xml database_to_xml dblink dblink_exec lo_export lo_import lo_put
        lo_unlink lowrite nextval pg_advisory_lock pg_logical_emit_message pg_ls_dir pg_notify
        pg_promote pg_read_binary_file pg_read_file pg_reload_conf pg_rotate_logfile pg_sleep
        pg_stat_file pg_stat_reset pg_switch_wal pg_terminate_backend query_to_xml schema_to_xml
        set_config setval table_to_xml ts_rewrite ts_stat xpath_table
    """,
    "mysql": """
        benchmark get_lock load_file master_pos_wait release_lock sleep sys_eval sys_exec
        wait_for_executed_gtid_set
    """,
    "sqlite": """
        edit fts3_tokenizer load_extension pragma_journal_mode readfile writefile
    """,
    "tsql": """
        fn_dblog fn_xe_file_target_read_file opendatasource openquery openrowset xp_cmdshell
    """,
    "oracle": """
        bfilename dbms_xmlgen extractvalue httpuritype xmltype
    """,
    "bigquery": """
        external_query
    """,
    "snowflake": """
        system$cancel_query system$wait
    """,
    "clickhouse": """
        executable file hdfs jdbc mysql postgresql remote remotesecure s3 sleep sleepeachrow
        sqlite url
    """,
    "duckdb": """
        getenv read_csv read_parquet read_text
    """,
}


@pytest.mark.parametrize(("dialect", "name"), [(d, n) for d, names in HARMFUL.items() for n in names.split()])
def test_a_function_that_does_more_is_not(dialect: str, name: str) -> None:
    assert not is_allowed(dialect, (), name)


@pytest.mark.parametrize(
    ("dialect", "schema", "name", "expected"),
    [
        ("postgres", ("pg_catalog",), "lower", True),
        ("postgres", ("public",), "lower", False),
        ("postgres", (), "Lower", False),
        ("tsql", ("sys",), "dm_exec_sql_text", True),
        ("tsql", ("sys",), "fn_dblog", False),
        ("tsql", ("dbo",), "value", False),
        ("tsql", ("doc",), "value", True),
        ("oracle", ("dbms_metadata",), "get_ddl", True),
        ("oracle", ("sys", "dbms_metadata"), "get_ddl", True),
        ("oracle", ("dbms_scheduler",), "create_job", False),
        ("oracle", ("evil", "dbms_metadata"), "get_ddl", False),
        ("bigquery", ("net",), "host", True),
        ("bigquery", ("safe",), "substr", True),
        ("bigquery", ("ds",), "substr", False),
        ("snowflake", ("information_schema",), "query_history", True),
        ("snowflake", ("db",), "query_history", False),
        ("mysql", ("mydb",), "lower", False),
    ],
)
def test_what_stands_before_a_name_decides_with_it(
    dialect: str, schema: tuple[str, ...], name: str, expected: bool
) -> None:
    assert is_allowed(dialect, schema, name) is expected


def test_the_next_number_of_a_sequence_is_no_read() -> None:
    assert takes_a_number("nextval")
    assert not takes_a_number("currval")


def test_every_type_on_the_lists_exists_and_those_that_do_more_are_not_on_them() -> None:
    known = {name for name in vars(exp) if isinstance(getattr(exp, name), type)}
    assert known >= typed.FUNCTIONS | typed.STRUCTURE | typed.CHANGES
    assert not typed.FUNCTIONS & {
        "ReadCSV", "ReadParquet", "ToFile", "NextValueFor", "DynamicIdentifier", "AIGenerate", "Anonymous",
    }  # fmt: skip
    assert not typed.STRUCTURE & {
        "Insert", "Update", "Delete", "Merge", "Create", "Drop", "Alter", "Command", "Into", "Lock", "Set",
        "Copy",
        "TruncateTable", "Kill", "Grant", "Use", "Attach", "Execute", "Pragma", "UnicodeString",
    }  # fmt: skip
