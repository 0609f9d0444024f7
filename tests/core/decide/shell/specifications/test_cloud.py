import pytest

from firedoor.core.decide.shell.understand import understand_shell


@pytest.mark.parametrize(
    "command",
    [
        "aws --version",
        "aws --region eu-west-1 --no-cli-pager ec2 describe-instances",
        "aws ec2 describe-instances --instance-ids i-1 i-2",
        "aws s3 ls",
        "aws dynamodb query --table-name x --key-condition-expression 'a = :a'",
        "gcloud --version",
        "gcloud beta compute instances describe x --zone=z",
        "gcloud info",
        "az --version",
        "az network nsg list -g x",
        "terraform -chdir=x plan -lock=false",
        "terraform fmt -check -recursive",
        "terraform workspace list",
        "tofu validate",
        "gsutil ls gs://x",
    ],
)
def test_a_cloud_command_that_reads_is_allowed(command: str) -> None:
    facts = understand_shell(command)
    assert facts.allowed, facts.reasons


@pytest.mark.parametrize(
    "command",
    [
        "aws",
        "aws ec2",
        "aws ec2 run-instances",
        "aws ec2 reboot-instances",
        "aws $x describe-instances",
        "aws ec2 $x",
        "aws frob describe-x",
        "aws --frob ec2 describe-instances",
        "aws ec2 describe-instances --endp http://x",
        "aws ec2 describe-instances --filters file:///etc/passwd",
        "aws ec2 describe-instances $x",
        "aws apigateway get-export out.json",
        "aws ebs get-snapshot-block --snapshot-id x out",
        "aws ssm get-parameters-by-path --path /",
        "aws --profile",
        "gcloud",
        "gcloud compute instances simulate-maintenance-event list",
        "gcloud frob list",
        "gcloud compute frob list",
        "gcloud compute instances",
        "gcloud compute instances list --impersonate-service-account=x",
        "gcloud storage cp list x",
        "az",
        "az vm start list",
        "az frob list",
        "az vm frob",
        "az storage account keys list",
        "az vm list --debug",
        "terraform",
        "terraform apply",
        "terraform plan -out=x",
        "terraform -chdir=x destroy",
        "terraform fmt",
        "terraform show -json",
        "terraform state rm x",
        "terraform plan -generate-config-out=x",
        "terraform workspace new x",
        "gsutil rm gs://x",
    ],
)
def test_a_cloud_command_that_does_more_is_not(command: str) -> None:
    assert not understand_shell(command).allowed


@pytest.mark.parametrize(
    "command",
    [
        "aws elasticbeanstalk describe-environments --query 'Environments[].EnvironmentName'",
        "aws lambda get-function-configuration --function-name f --query LastModified",
        "aws ec2 describe-instances --filters Name=tag:Environment,Values=prod",
    ],
)
def test_names_of_environments_are_asked_for(command: str) -> None:
    assert understand_shell(command).allowed, understand_shell(command).reasons


@pytest.mark.parametrize(
    "command",
    [
        "aws lambda get-function-configuration --function-name f --query Environment.Variables",
        "aws lambda get-function-configuration --function-name f --query=Environment",
        "aws --query environment lambda get-function-configuration --function-name f",
        "aws lambda get-function-configuration --function-name f --que 'Environment'",
        'aws lambda get-function-configuration --function-name f --query "Environment.$x"',
    ],
)
def test_variables_of_environments_are_not(command: str) -> None:
    assert not understand_shell(command).allowed
