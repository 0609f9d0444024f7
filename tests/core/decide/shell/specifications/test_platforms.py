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
