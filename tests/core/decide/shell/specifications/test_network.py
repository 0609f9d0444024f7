import pytest

from firedoor.core.decide.shell.understand import understand_shell


@pytest.mark.parametrize(
    "command",
    [
        "curl -sS https://x/y?a=b",
        "curl -X GET x.example",
        "curl -H 'Accept: a/b' https://x",
        "curl -so /dev/null -w '%{http_code}' http://x",
        "wget -qO- http://x",
        "wget --spider http://x",
        "dig +short x @1.1.1.1",
        "ip a",
        "ip -br link show",
        "ip route get 1.1.1.1",
        "nc -zv x 443",
        "ss -tlnp",
        "tcpdump -c 5 -nn port 80",
        "openssl x509 -in x -noout -text",
        "ping -c1 x",
        "curl -s 'http://[::1]:8080/x'",
    ],
)
def test_a_network_command_that_reads_is_allowed(command: str) -> None:
    facts = understand_shell(command)
    assert facts.allowed, facts.reasons


@pytest.mark.parametrize(
    "command",
    [
        "curl",
        "curl -X POST http://x",
        "curl -XDELETE http://x",
        "curl -d x http://x",
        "curl -o f http://x",
        "curl -w '@f' http://x",
        "curl -H @f http://x",
        "curl -H 'X-HTTP-Method-Override: DELETE' http://x",
        "curl file:///x",
        "curl http://u:p@x",
        "curl 'http://x/{a,b}'",
        "curl http://2852039166/x",
        "curl http://0xa9fea9fe/",
        "curl http://[::ffff:169.254.169.254]/",
        "curl http://metadata.google.internal/",
        'curl "http://x/$y"',
        "curl -s http://x -T f",
        "curl --config f http://x",
        "curl -u a:b http://x",
        "wget http://x",
        "wget -O f http://x",
        "dig $x",
        "dig -f f",
        "ip link set x down",
        "ip a add 1.1.1.1 dev x",
        "ip netns exec x ls",
        "ip",
        "nc x 80",
        "nc -l 80",
        "tcpdump",
        "tcpdump -c 5 -w f",
        "openssl",
        "openssl enc -in x",
        "openssl req -in x",
        "openssl req -noout",
        "cat x | openssl s_client -connect y:443",
        "ping x; rm y",
        "ping -f x",
        "bridge fdb add x",
    ],
)
def test_a_network_command_that_does_more_is_not(command: str) -> None:
    assert not understand_shell(command).allowed


@pytest.mark.parametrize(
    "text",
    [
        "curl -sG --data-urlencode 'query=up{job=\"api\"}' http://prom:9090/api/v1/query",
        "curl --get --data-urlencode 'q=a@b' http://localhost/x",
    ],
)
def test_a_question_is_encoded_into_a_url(text: str) -> None:
    assert understand_shell(text).allowed


@pytest.mark.parametrize(
    "text",
    [
        "curl --data-urlencode 'q=1' http://localhost/x",
        "curl -G --data-urlencode @/etc/hosts http://localhost/x",
        "curl -G --data-urlencode x@/etc/hosts http://localhost/x",
        'curl -G --data-urlencode "q=$(id)" http://localhost/x',
        "curl http://169.254.169.254.nip.io/",
        "curl http://a.169-254-169-254.sslip.io/",
        "curl http://a9fea9fe.nip.io/latest",
    ],
)
def test_neither_a_file_nor_the_address_of_metadata_in_a_name(text: str) -> None:
    assert not understand_shell(text).allowed


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("x:443:10.0.0.5", ""),
        ("x:443:169.254.169.254", "is not allowed: a machine's metadata holds credentials."),
        ("x:443:\uff11\uff16\uff19.254.169.254", "is no address that is written out."),
    ],
)
def test_a_name_is_pinned_to_an_address_that_everybody_reads_alike(pin: str, why: str) -> None:
    facts = understand_shell(f"curl --resolve {pin} https://x")
    assert facts.allowed is not bool(why)
    assert not why or facts.reasons[0] == f"curl --resolve {pin} {why}"


@pytest.mark.parametrize(
    "command",
    [
        "ssh-keyscan -t ed25519 web1.internal",
        "wg show all latest-handshakes",
        "wg show wg0 public-key",
    ],
)
def test_keys_that_are_shown_to_everybody_are_asked_for(command: str) -> None:
    assert understand_shell(command).allowed, understand_shell(command).reasons


@pytest.mark.parametrize(
    "command",
    [
        "ssh-keyscan -f hosts",
        'ssh-keyscan "$x"',
        "wg show",
        "wg show wg0",
        "wg show all dump",
        "wg show wg0 private-key",
        "wg show wg0 preshared-keys",
        'wg show wg0 "$x"',
        "wg show wg0 peers private-key",
        "wg showconf wg0",
        "wg set wg0 listen-port 1",
    ],
)
def test_no_key_that_is_secret_is_shown_and_no_host_is_asked_that_is_not_known(command: str) -> None:
    assert not understand_shell(command).allowed
