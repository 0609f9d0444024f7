import pytest

from firedoor.core.decide.shell.understand import understand_shell


@pytest.mark.parametrize(
    "text",
    [
        "promtool query instant http://prom:9090 'up == 0'",
        "promtool query range --start=1 --end=2 http://prom:9090 up",
        "promtool check rules rules.yml",
        "vault status",
        "vault status -format=json",
        "consul members",
        "consul catalog services",
        "nomad job status api",
        "nomad alloc logs 8f2a",
        "etcdctl --endpoints=http://a:2379 endpoint health",
        "etcdctl member list -w table",
        "rabbitmqctl list_queues name messages consumers",
        "rabbitmqctl -p /prod list_queues name",
        "kafka-topics.sh --bootstrap-server k:9092 --list",
        "kafka-consumer-groups --bootstrap-server k:9092 --describe --group g",
        "jstat -gcutil 4242 1000 5",
        "jcmd",
        "jcmd 4242 Thread.print",
        "stern -n prod api --since 5m",
    ],
)
def test_a_state_is_asked_for(text: str) -> None:
    assert understand_shell(text).allowed


@pytest.mark.parametrize(
    "text",
    [
        "promtool query instant http://u:p@prom:9090 up",
        "promtool tsdb clean",
        "promtool query instant --http.config.file=/etc/x http://a up",
        "vault kv get x",
        "vault read x",
        "vault token lookup",
        "consul kv get x",
        "consul members -http-addr=evil",
        "nomad job stop api",
        "nomad alloc exec 8f sh",
        "nomad alloc fs 8f",
        "etcdctl get / --prefix",
        "etcdctl del x",
        "etcdctl endpoint health --user root:x",
        "rabbitmqctl purge_queue x",
        "rabbitmqctl eval 'x().'",
        "rabbitmqctl status $x",
        "kafka-topics.sh --bootstrap-server k --delete --topic t",
        "kafka-topics.sh --bootstrap-server k --describe --delete --topic t",
        "kafka-topics.sh --list --command-config /etc/x",
        "kafka-consumer-groups.sh --describe --reset-offsets",
        "jstat -gcutil 42@evil:1099",
        "jcmd 42 GC.heap_dump /tmp/x",
        "jcmd 42 Thread.print extra",
        "jcmd 42 VM.system_properties",
        "stern --kubeconfig /tmp/x api",
        "stern --config /tmp/x api",
    ],
)
def test_neither_keys_nor_changes(text: str) -> None:
    assert not understand_shell(text).allowed


@pytest.mark.parametrize(
    "text",
    [
        "rabbitmq-diagnostics -q ping",
        "rabbitmq-diagnostics check_port_connectivity",
        "consul catalog nodes -service=api",
        "consul catalog services -tags",
        "stern --version",
        'logcli query \'{app="a"} |= "b"\' --limit=20 --since=1h',
        "logcli labels job -q",
        "varnishstat -1 -f MAIN.cache_hit",
        "py-spy dump --pid 42",
        "py-spy dump -p 42 --json",
    ],
)
def test_more_states_are_asked_for(text: str) -> None:
    assert understand_shell(text).allowed, understand_shell(text).reasons


@pytest.mark.parametrize(
    "text",
    [
        "rabbitmq-diagnostics consume_event_stream",
        "rabbitmq-diagnostics environment",
        "rabbitmq-diagnostics erlang_cookie_sources",
        "rabbitmq-diagnostics ping $x",
        "rabbitmq-diagnostics --erlang-cookie x ping",
        "consul catalog nodes -http-addr=evil",
        "consul catalog register x",
        "logcli query --addr=http://evil '{a=\"b\"}'",
        "logcli query @/etc/motd",
        "logcli query --limit @/etc/motd '{a=\"b\"}'",
        'logcli query "$(cat notes)"',
        "logcli query --part-path-prefix=/tmp/x '{a=\"b\"}'",
        "promtool check rules @/etc/motd",
        "promtool query instant http://p:9090 @/etc/motd",
        "promtool query range --step @/etc/motd http://p:9090 up",
        "varnishstat",
        "varnishstat -1 -N /etc/motd",
        "py-spy dump --pid 42 --locals",
        "py-spy dump",
        "py-spy record -o x --pid 42",
    ],
)
def test_more_states_are_not_changed_and_no_file_of_options_is_read(text: str) -> None:
    assert not understand_shell(text).allowed
