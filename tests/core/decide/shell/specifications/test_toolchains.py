import pytest

from firedoor.core.decide.shell.understand import understand_shell
from tests.helpers.shell_cases import REVIEWED_DANGEROUS


@pytest.mark.parametrize(
    "text",
    [
        "go env GOPATH",
        "go list -m all",
        "go mod graph | head",
        "conda env list",
        "dotnet --list-sdks",
        "gradle --version",
        "nm -D libx.so",
        "sensors -j",
        "mailq",
        "pvdisplay -m",
        "docker compose -f ops/compose.yaml ps",
        "ruff check --no-fix src",
        "ruff format --check .",
        "gofmt -l .",
        "shellcheck -s bash run.sh",
        "objdump -d a.out | head",
        "nvidia-smi --query-gpu=name --format=csv",
        "npm config get registry",
        "npm run",
        "pip index versions flask",
        "bash -n run.sh",
        "unzip -p a.zip README",
        "gunzip -c a.gz | head",
        "systemctl --failed",
        "test -f .env && echo there",
        "helm template ./chart -f values.yaml",
        "kubectl diff -f k8s/",
    ],
)
def test_what_is_depended_on_and_what_would_change_is_shown(text: str) -> None:
    assert understand_shell(text).allowed, understand_shell(text).reasons


@pytest.mark.parametrize(
    "text",
    [
        "go env -w GOFLAGS=-toolexec=id",
        "go list -toolexec=id ./...",
        "go list -mod=mod ./...",
        "go list -export ./...",
        "go mod tidy",
        "go mod",
        "cargo tree",
        "cargo tree --locked=false",
        "cargo metadata --locked --config x",
        "uv tree",
        "uv pip install x",
        "poetry env remove x",
        "poetry env",
        "conda env remove -n x",
        "dotnet --info run",
        "ruff check src",
        "ruff check --no-fix --fix src",
        "ruff check --no-fix=false src",
        "black .",
        "gofmt -l -w .",
        "nm --plugin=x f",
        "nvidia-smi -r",
        "kustomize build https://example.com/x",
        "kustomize build github.com/x/y",
        "npm config get //registry/:_authToken",
        "npm config get _auth",
        "npm config set a b",
        "npm run build",
        "npm run -- x",
        "pip index versions --log x y",
        "bash -n -c id +n",
        "bash -n $x",
        "less +'!id' f",
        "man -P id ls",
        "unzip a.zip",
        "tar -xf a.tar",
        "tar -xOf a.tar --to-command=id",
        "tar -xOf host:a.tar",
        "gunzip a.gz",
        "systemctl --failed stop nginx",
        "systemctl --failed -- stop nginx",
        "test -f .env && cat .env",
        "[ -f x ] && cat .env",
        "helm template ./chart --post-renderer id",
        "helm template https://example.com/c.tgz",
        "helm template ./chart -f https://example.com/v.yaml",
        "kubectl diff -f https://example.com/x.yaml",
        "kubectl wait -f https://example.com/x.yaml --for=delete",
        "docker compose config",
        "docker compose config --services -o out",
        "bundle list",
        "composer show",
        "ldd ./a.out",
        "python3 -m json.tool f.json",
    ],
)
def test_what_builds_fixes_writes_fetches_or_runs_what_a_folder_holds_is_not(text: str) -> None:
    assert not understand_shell(text).allowed


@pytest.mark.parametrize("text", REVIEWED_DANGEROUS)
def test_what_a_manual_says_runs_writes_fetches_or_shows_more_is_not_allowed(text: str) -> None:
    assert not understand_shell(text).allowed


@pytest.mark.parametrize(
    "text",
    [
        "yamllint -d relaxed deploy/",
        "yamllint -s a.yaml",
        "hadolint Dockerfile",
        "hadolint -f json Dockerfile",
        "actionlint .github/workflows/a.yml",
        "actionlint -oneline",
        "glab ci list --per-page 5",
        "glab pipeline list -R a/b",
    ],
)
def test_what_is_written_is_checked(text: str) -> None:
    assert understand_shell(text).allowed, understand_shell(text).reasons


@pytest.mark.parametrize(
    "text",
    [
        "yamllint -d '{extends: /etc/motd}' x",
        'yamllint -d "$x" a',
        "yamllint -c /tmp/x a",
        "hadolint -c /tmp/x Dockerfile",
        "actionlint -shellcheck=./x a.yml",
        "actionlint -config-file /tmp/x",
        "actionlint -format '{{x}}'",
        "glab ci run",
        "glab ci delete 1",
        'glab ci list "$x"',
    ],
)
def test_what_is_written_is_checked_by_no_settings_and_no_programs_that_are_named(text: str) -> None:
    assert not understand_shell(text).allowed
