"""Labelled texts, and text of operations, by somebody who had not seen the detectors.

docs/explain/masking.md has the figures of the first run.
"""

import json
from pathlib import Path

from tests.corpora.masking import Document, Label, filled
from tests.corpora.values import Maker

_FILE = Path(__file__).with_name("masking_attack.jsonl")


def attack() -> list[Document]:
    """Return the labelled texts."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return [
        Document("attack", "", case["text"], tuple(Label(*label) for label in case["labels"]))
        for case in map(json.loads, lines)
    ]


def operational_attack(seed: int, size: int) -> str:
    """Logs, tables, traces, command lines and settings without a personal datum or a credential."""
    make = Maker(seed)
    lines: list[str] = []
    total = 0
    while total < size:
        lines.append(filled(make, make.random.choice(_LINES)))
        total += len(lines[-1]) + 1
    return "\n".join(lines)


_LINES = (
    'I<d4> 10:<n10-59>:02.<d6>  1 controller.go:<d3>] "Reconciled" controller="deployment" '
    'name="checkout-api" namespace="prod" reconcileID="<h8>-<h4>-4<h3>-a<h3>-<h12>"',
    '{"level":"warn","ts":<d10>.<d7>,"caller":"etcdserver/util.go:<d3>","msg":"apply request took too long",'
    '"took":"<d3>.<d6>ms","prefix":"read-only range ","request":"key:\\"/registry/pods/\\" limit:<d5>",'
    '"response":"range_response_count:<d3> size:<d6>"}',
    '10.1.<n0-255>.7 - - [21/Nov/2026:10:<n10-59>:02 +0000] "GET /api/v2/orders/<d8>/items?limit=50&cursor='
    '<a24> HTTP/1.1" 200 <d5> "-" "kube-probe/1.29" rt=0.<d3> urt="0.<d3>"',
    "node-<d2>  Ready  <none>  <d3>d  v1.29.<d1>  10.0.<d2>.<d2>  Ubuntu 22.04.<d1> LTS  5.15.0-<d4>-aws",
    '<h12>  registry.example.com/team/checkout:<d4>.<d2>.<d1>-<h7>  "/entrypoint.sh" '
    " Up <d2> hours (healthy)  "
    "0.0.0.0:<d4>->8080/tcp",
    "total_ms=<d6> p50=<d2>.<d2> p99=<d4>.<d1> rps=<d4>.<d1> errors=<d2> build=<d9> "
    "shard=<d2>/<d2> lsn=0/<h8>",
    "ERROR: deadlock detected DETAIL: Process <d5> waits for ShareLock on "
    "transaction <d9>; blocked by process "
    '<d5>. CONTEXT: while updating tuple (<d4>,<d2>) in relation "orders"',
    "arn:aws:elasticloadbalancing:eu-west-1:<d12>:targetgroup/checkout/<h16> i-0<h16> vpc-0<h16> sg-0<h16>",
    "java.lang.IllegalStateException: Pool exhausted\n\tat com.example.pool.HikariPool.getConnection("
    "HikariPool.java:<d3>)\n\tat org.springframework.web.servlet.DispatcherServlet.doDispatch(X.java:<d4>)",
    "| <d5> | orders_<d4>_<d2> | <d10> | <d3>.<d2> GB | 2026-11-<n10-28> 09:<n10-59>:00 | ok |",
    "kernel: [<d7>.<d6>] Out of memory: Killed process <d5> (java) total-vm:<d8>kB, "
    "anon-rss:<d7>kB, UID:1000",
    "WARN  [<h16>,<h16>] c.e.o.OrderService - Retrying order <d10> attempt <d1> of 5, backoff <d4> ms",
    '{"metric":{"__name__":"http_requests_total","instance":"10.1.<d2>.<d2>:9090","job":"checkout"},'
    '"value":[<d10>.<d3>,"<d7>"]}',
    'aws_instance.web["<d1>"]: Refreshing state... [id=i-0<h16>] + key_name = "deploy-<d4>"',
    '{"name":"MAX_CONNECTIONS","value":"<d3>"},{"name":"TOKEN_TTL_SECONDS","value":"3600"},'
    '{"name":"SECRET_NAME","value":"db-credentials"},{"key":"Environment","value":"production"}',
    "commit <h40>\nDate:   Sat Nov 21 10:<n10-59>:02 2026 +0000\n\n    "
    "fix(checkout): retry on <d3> (#<d4>)\n",
    "Contact the on-call team via the runbook; callback queue depth <d4> of <d5>, contact center latency "
    "<d3> 200 ms",
    "docker run -u 1000:1000 -p <d4>:<d4> app; mysql -h db -P 3306 -u ro -N -e "
    '"select 1"; psql -p 5432 -U ro; '
    'curl -u "$USER:$PASS" https://example.com; kubectl -n prod get po -o wide',
    'password authentication failed for user "app"; token expired; secret "db" not '
    "found; key (id)=(<d6>) is not "
    'present in table "orders"',
    "phone_verified=true email_sent=false name=checkout-worker-<d2> user=root "
    "owner=platform-team card_type=visa "
    "iban_check=ok ssn_masked=yes dob_required=false",
    ""
    "request_id,service,method,status,duration_ms,bytes\n<h12>,checkout,GET,200,<d3>,<d5>\n<h12>,cart,POST,500,<d4>,"
    "<d3>",
    "-[ RECORD <d1> ]---+------\npid     | <d5>\nname    | autovacuum launcher\nstate   | active",
)
