"""aws, gcloud, az, terraform: what describes, lists and reads. Never secrets, files, other endpoints."""

import re

from firedoor.core.decide.shell.names import is_secret
from firedoor.core.decide.shell.specification import Parsed, Specification, Style
from firedoor.core.decide.shell.values import Argument, known
from firedoor.core.decide.sql.words import words

# --- aws -------------------------------------------------------------------------------------------

_SERVICES = frozenset(
    words("""
    accessanalyzer acm apigateway apigatewayv2 application-autoscaling appconfig apprunner athena
    autoscaling backup batch budgets ce cloudformation cloudfront cloudtrail cloudwatch codebuild
    codecommit codedeploy codepipeline configservice cur dax detective devops-guru directconnect dms
    docdb ds dynamodb ebs ec2 ecr ecs efs eks elasticache elasticbeanstalk elb elbv2 emr es events
    firehose fms fsx globalaccelerator glue guardduty health iam identitystore inspector2 kafka kinesis
    kms lakeformation lambda logs macie2 memorydb mq mwaa neptune network-firewall opensearch
    organizations pi pipes pricing quicksight ram rds redshift resource-explorer-2 resource-groups
    resourcegroupstaggingapi route53 route53resolver s3api s3control sagemaker scheduler
    securityhub secretsmanager
    servicecatalog servicediscovery service-quotas ses sesv2 shield sns sqs ssm sso-admin stepfunctions
    storagegateway sts support synthetics transfer trustedadvisor vpc-lattice waf wafv2 workspaces xray
""")
)
_READS = re.compile(r"(describe|list|head|filter|lookup|search|scan|query|batch-get|get)(-[a-z0-9-]+)?")
_SECRET_READS = frozenset(
    words("""
    get-secret-value batch-get-secret-value get-random-password get-parameter get-parameters
    get-parameters-by-path get-parameter-history get-session-token get-federation-token get-login
    get-login-password get-authorization-token get-password-data get-cluster-credentials
    get-cluster-credentials-with-iam get-credentials-for-identity get-open-id-token
    get-role-credentials get-api-key get-api-keys get-object get-object-torrent get-export get-sdk
    get-export-job get-job-output get-credentials get-data-key get-token get-delegated-access-token
    get-web-identity-token get-instance-access-details get-relational-database-master-user-password
    get-temporary-glue-table-credentials get-temporary-glue-partition-credentials get-data-access
    get-access-grants-instance-credentials get-dedicated-ip-pool-token get-download-url-for-layer
    get-parameters-for-import get-bot-token get-domain-auth-code get-connect-token
    get-function describe-launch-template-versions
    get-service-credentials get-caller-token get-snapshot-block get-work-unit-results get-configuration
    get-hosted-configuration-version get-access-token get-cluster-session-credentials
    get-vpn-connection-device-sample-configuration get-dashboard-embed-url get-session-embed-url
""")
)
_PLAIN_AWS = frozenset(
    {("s3", "ls"), ("logs", "tail"), ("configure", "list"), ("configure", "list-profiles")}
)
_AWS_REFUSED = (
    "--endpoint-url", "--ca-bundle", "--no-verify-ssl", "--cli-input-json", "--cli-input-yaml", "--debug",
    "--cli-auto-prompt", "--with-decryption", "--include-value", "--include-values",
)  # fmt: skip
_SERVICE_AND_OPERATION = 2
_AWS_OPTION = re.compile(r"--[a-z][a-z0-9-]*")
_ASKS_ENVIRONMENT = re.compile(r"(?i)environment(?!s|-?(?:name|id|arn))")
_FROM_FILE = re.compile(r"(?i)(fileb?|https?)://")
_AWS_FIRST = frozenset(
    {"--profile", "--region", "--output", "--query", "--color", "--cli-read-timeout", "--cli-connect-timeout"}
)
_AWS_FLAGS = frozenset({"--no-paginate", "--no-cli-pager", "--no-sign-request"})


def _aws(parsed: Parsed) -> str | None:
    """Service, operation, then parameters of the operation: their names are many, and of a read."""
    left = list(parsed.operands)
    if [argument.text for argument in left] == ["--version"]:
        return None
    if any(map(_asks_for_environment, left, [known(""), *left])):
        return "The environment of what runs often holds credentials."
    words: list[str] = []
    while left and len(words) < _SERVICE_AND_OPERATION:
        refused = _aws_word(left, words)
        if refused is not None:
            return refused
    if len(words) < _SERVICE_AND_OPERATION or not _is_aws_read(words[0], words[1]):
        return f"aws {' '.join(words)} is not specified as a read."
    return _aws_parameters(words, left)


def _asks_for_environment(argument: Argument, before: Argument) -> bool:
    """Options may be shortened: `--quer`."""
    text = argument.text or argument.spelling or argument.prefix
    option, _, value = text.partition("=") if text.startswith("--") else (before.shown, "", text)
    is_query = option.startswith("--q") and "--query".startswith(option)
    return is_query and _ASKS_ENVIRONMENT.search(value) is not None


def _aws_word(left: list[Argument], words: list[str]) -> str | None:
    """Take the service, the operation, or an option before them."""
    text = left.pop(0).text
    if text is None:
        return "The service and the operation of aws are written out."
    if text.partition("=")[0] in _AWS_FIRST:
        if "=" not in text and (not left or left.pop(0).may_be_option):
            return f"aws {text} has no value."
    elif text.startswith("-") and text not in _AWS_FLAGS:
        return f"The option {text} of aws is not specified."
    elif not text.startswith("-"):
        words.append(text)
    return None


def _is_aws_read(service: str, operation: str) -> bool:
    if (service, operation) in _PLAIN_AWS:
        return True
    return service in _SERVICES and _READS.fullmatch(operation) is not None and operation not in _SECRET_READS


def _aws_parameters(words: list[str], left: list[Argument]) -> str | None:
    if tuple(words) not in _PLAIN_AWS and left and not (left[0].text or left[0].prefix).startswith("--"):
        return f"aws {' '.join(words)} takes no file to write to."
    before = "--"
    for argument in left:
        text = argument.text if argument.text is not None else argument.prefix
        if (
            argument.text is None
            and argument.may_be_option
            and (argument.is_many or "=" not in argument.prefix)
        ):
            return f"aws … {argument.shown}: what it becomes is not known; write it out."
        if text.startswith("-"):
            name = text.partition("=")[0]
            if _AWS_OPTION.fullmatch(name) is None or any(
                refused.startswith(name) for refused in _AWS_REFUSED
            ):
                return f"The option {name} of aws is not allowed."
        elif before in _AWS_FLAGS:
            return f"aws {' '.join(words)} takes no file to write to."
        refused = _aws_value(before, text.partition("=")[2] if text.startswith("-") else text)
        if refused is not None:
            return refused
        before = text
    return None


def _aws_value(before: str, value: str) -> str | None:
    if before != "--queue-url" and _FROM_FILE.match(value):
        return "aws would send what a file or URL holds."
    return "The user data of a machine often holds credentials." if value.lower() == "userdata" else None


# --- gcloud and az ---------------------------------------------------------------------------------

_GCLOUD_GROUPS = frozenset(
    words("""
    compute container sql iam projects logging monitoring run functions pubsub storage dns services
    organizations config redis artifacts builds app dataproc dataflow kms secrets asset spanner
    bigtable filestore alpha beta resource-manager folders billing deploy composer scheduler tasks
    eventarc network-security network-services recommender certificate-manager memcache source scc
    workflows info version
""")
)
_GCLOUD_NOUNS = frozenset(
    words("""
    instances clusters node-pools operations disks snapshots images networks subnets routes routers
    firewall-rules addresses forwarding-rules backend-services health-checks url-maps target-pools
    target-http-proxies target-https-proxies ssl-certificates instance-groups managed unmanaged
    instance-templates machine-types regions zones vpn-tunnels vpn-gateways interconnects
    security-policies databases users backups flags tiers service-accounts roles policies topics
    subscriptions schemas buckets objects managed-zones record-sets jobs executions revisions
    configurations domain-mappings versions repositories docker packages files triggers logs sinks
    metrics log-views dashboards channels uptime keyrings cryptokeys environments dags locations queues
    indexes fields accounts constraints tags effective-firewalls nats network-endpoint-groups
    reservations resource-policies sole-tenancy node-groups project-info os-images workflows catalogs
    datasets ssl-policies packet-mirrorings memberships hub features releases pipelines
""")
)
_GCLOUD_VERBS = frozenset(
    words("""
    list describe get-iam-policy get-value read get-health info version get-ancestors get-server-config
    ls get-serial-port-output get-guest-attributes list-grantable-roles get-operation du
""")
)
_GCLOUD_OPTIONS = (
    "--project: --format: --filter: --limit: --zone: --zones: --region: --regions: --global "
    "--sort-by: --page-size: "
    "--freshness: --order: -q --quiet --verbosity: --location: --locations: --cluster: "
    "--organization: --folder: "
    "--flatten: --uri --instance: --service: --database: --repository: --keyring: --topic: --all "
    "--namespace: "
    "--account: --platform: --ongoing --bucket: --resource-names: --show-deleted --port: --start: -r "
    "-l -L -a --long "
    "--recursive --readable-sizes --version --help --no-user-output-enabled --billing-account: "
    "--backend-service:"
)
_AZ_GROUPS = frozenset(
    words("""
    vm vmss aks group network monitor account resource storage sql postgres mysql webapp functionapp
    acr ad role disk policy container containerapp servicebus eventhubs redis cosmosdb advisor security
    graph tag snapshot image cdn dns lock provider feature apim appservice batch backup consumption
    deployment identity iot managedapp reservations sig search signalr spring cloud version
""")
)
_AZ_VERBS = frozenset(
    words("""
    show list list-locations list-skus list-sizes list-usage list-instances get-instance-view
    get-versions get-upgrades list-ip-addresses list-definitions list-values list-defaults query
    list-deleted list-effective-nsg show-effective-route-table list-available-ips show-tags
    show-manifests list-outputs version exists list-runtimes list-images list-offers list-publishers
    list-vm-resize-options list-children
""")
)
_AZ_SECRET = frozenset(
    words("""
    keyvault secret secrets key keys credential credentials connection-string appsettings
    connection-strings publishing-credentials publishing-profiles keys-list sas authentication
    connection password function-keys
""")
)
_AZ_OPTIONS = (
    "-g: --resource-group: -n: --name: -o: --output: --query: --subscription: --only-show-errors "
    "--ids: --location: -l: "
    "--resource: --metric: --metrics: --start-time: --end-time: --interval: --aggregation: --offset: "
    "--max-events: "
    "--status: --caller: --account-name: --container-name: --prefix: --auth-mode: --workspace: -w: "
    "--analytics-query: "
    "--timespan: -t: --timespan: -s: --server: --server-name: --namespace-name: --registry: -r: "
    "--repository: --top: "
    "--orderby: -d --show-details --all --resource-type: --tag: --scope: --assignee: --include-inherited "
    "--include-groups --role: --vnet-name: --nsg-name: --vm-name: --filter: --num-results: -q: --first: "
    "--correlation-id: --resource-id: --dimension: --namespace: --version --instance-id:"
)


def _gcloud(parsed: Parsed) -> str | None:
    words = [operand.text for operand in parsed.operands]
    if not words:
        return None if parsed.has("--version", "--help") else "gcloud has no command."
    if words[0] not in _GCLOUD_GROUPS:
        return f"gcloud {parsed.operands[0].shown} is not specified."
    verb = next((at for at, word in enumerate(words) if word in _GCLOUD_VERBS), None)
    if verb is None:
        return (
            f"gcloud {' '.join(operand.shown for operand in parsed.operands[:4])} is not specified as a read."
        )
    group = [word or "?" for word in words[:verb]]
    if not all(word in _GCLOUD_GROUPS | _GCLOUD_NOUNS for word in group):
        return f"gcloud {' '.join(group)} is not specified."
    return None


_ACTS = re.compile(
    r"(add|remove|set|update|create|delete|deploy|reset|start|stop|suspend|resume|restart|move|import|export|"
    r"enable|disable|print|get|activate|revoke|submit|cancel|call|invoke|access|ssh|scp|sign|run|execute|"
    r"undelete|patch|promote|failover|clone|restore|drain|kill|rollback|resize|attach|detach|login|unset|copy|cp|mv|rm|"
    r"rsync|cat|connect|configure|encrypt|decrypt|destroy|write|publish|pull|ack|seek|apply|replace|tag|untag)(-.*)?"
)


def _az(parsed: Parsed) -> str | None:
    words = [operand.text for operand in parsed.operands]
    if not words:
        return None if parsed.has("--version") else "az has no command."
    if None in words or words[0] not in _AZ_GROUPS or words[-1] not in _AZ_VERBS:
        return f"az {' '.join(operand.shown for operand in parsed.operands[:5])} is not specified as a read."
    if any(_ACTS.fullmatch(word or "") for word in words[:-1]):
        return f"az {' '.join(word or '' for word in words)} is not specified as a read."
    if any(word in _AZ_SECRET for word in words):
        return f"az {' '.join(word or '' for word in words)} shows credentials."
    return None


# --- terraform -------------------------------------------------------------------------------------

_TERRAFORM = (
    Specification(
        name="plan",
        options="-no-color -input? -lock? -lock-timeout: -refresh? -refresh-only "
        "-detailed-exitcode -compact-warnings "
        "-parallelism: -target: -var: -var-file: -destroy -json -replace: -concise",
        most_operands=0,
        note="runs the providers that are installed; not -out, not -generate-config-out",
    ),
    Specification(name="validate", options="-json -no-color -no-tests", most_operands=0),
    Specification(name="show", options="-no-color", note="not -json: it shows sensitive values"),
    Specification(
        name="output",
        options="-no-color -state:",
        check=lambda parsed: (
            "terraform output of one sensitive value shows it; without a name it is hidden."
            if any(operand.text is None or is_secret(operand.text) for operand in parsed.operands)
            else None
        ),
        note="not -json or -raw: they show sensitive values",
    ),
    Specification(name="version", options="-json", most_operands=0),
    Specification(name="providers|graph", options="-plan: -type: -draw-cycles", most_operands=0),
    Specification(name="fmt", options="-check -diff -recursive -list? -no-color", needs=("-check",)),
    Specification(
        name="state",
        subs=(
            Specification(name="list", options="-state: -id:"),
            Specification(name="show", options="-state: -no-color"),
        ),
    ),
    Specification(name="workspace", subs=(Specification(name="list|show", most_operands=0),)),
)


def _whole(specification: Specification) -> Specification:
    """A single dash begins a long option, for sub-commands as well."""
    return Specification(
        name=specification.name,
        options=specification.options,
        style=Style.WHOLE,
        most_operands=specification.most_operands,
        needs=specification.needs,
        check=specification.check,
        note=specification.note,
        subs=tuple(map(_whole, specification.subs)),
    )


CLOUD = (
    Specification(
        name="aws",
        style=Style.RAW,
        check=_aws,
        note="describe-*, list-*, get-*, head-*, lookup-*, filter-*, query, scan of the known "
        "services, s3 ls, logs tail; "
        "not of secrets, tokens and object bodies, not with other endpoints, not with values from files",
    ),
    Specification(
        name="gcloud", options=_GCLOUD_OPTIONS, check=_gcloud, note="list, describe, read and the like"
    ),
    Specification(
        name="az", options=_AZ_OPTIONS, check=_az, note="show, list and the like; not of credentials"
    ),
    *(
        Specification(
            name=name,
            options="-chdir: -version -help",
            style=Style.WHOLE,
            subs=tuple(map(_whole, _TERRAFORM)),
        )
        for name in ("terraform", "tofu")
    ),
    Specification(
        name="gsutil", subs=(Specification(name="ls|du|stat|version", options="-l -h -r -a -L -p: -s -c -d"),)
    ),
)
