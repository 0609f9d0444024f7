import pytest

from firedoor.core.decide.shell.understand import understand_shell


@pytest.mark.parametrize("command", ["resolvectl dns", "resolvectl dns eth0", "resolvectl query example.com"])
def test_what_resolves_names_is_shown(command: str) -> None:
    assert understand_shell(command).allowed


@pytest.mark.parametrize("command", ["resolvectl dns eth0 10.0.0.9", "resolvectl domain eth0 '~.'"])
def test_a_server_behind_a_link_would_be_set(command: str) -> None:
    assert not understand_shell(command).allowed


@pytest.mark.parametrize(
    "command",
    [
        "pwdx 42 43",
        "ps -C nginx -o pid= | xargs -r pwdx",
        "systemd-cgls --no-pager",
        "systemd-cgtop -b -n 1 --depth=2",
        "auditctl -l",
        "auditctl -s",
        "ipvsadm -Ln --stats",
        "fail2ban-client status sshd",
        "fail2ban-client ping",
        "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub",
        "ssh-keygen -l -v -E md5 -f x.pub",
        "busctl list --no-pager",
        "busctl tree",
        "busctl status org.freedesktop.login1",
        "dmidecode -t memory",
        "dmidecode -s bios-version",
        "needs-restarting -r",
        "pg_lsclusters -h",
        "pg_controldata /var/lib/postgresql/15/main",
        "ceph -s",
        "ceph -f json status",
        "ceph health detail",
        "ceph df detail",
        "ceph osd tree -f json",
        "ceph osd df tree",
        "ceph osd perf",
        "ceph pg stat",
        "chronyc sources -v",
        "resolvectl query --cache=no example.com",
        "SYSTEMD_LESS=FRXMK systemctl status",
    ],
)
def test_a_machine_is_looked_at(command: str) -> None:
    assert understand_shell(command).allowed, understand_shell(command).reasons


@pytest.mark.parametrize(
    "command",
    [
        "pwdx -x 1",
        "systemd-cgtop -M evil",
        "auditctl -D",
        "auditctl -e 0",
        "auditctl",
        "ipvsadm -C",
        "ipvsadm -D -t 10.0.0.1:80",
        "ipvsadm --set 1 2 3",
        "ipvsadm -n",
        "fail2ban-client unban --all",
        "fail2ban-client set sshd banip 10.0.0.1",
        "ssh-keygen -f k",
        "ssh-keygen -lf /root/.ssh/id_rsa",
        "ssh-keygen -l -D /tmp/x.so",
        "ssh-keygen -R host",
        "ssh-keygen -l -f k -N ''",
        "busctl call a b c d",
        "busctl tree org.evil.Starts",
        "busctl --address=unixexec:path=sh list",
        "busctl list x",
        "dmidecode --dump-bin /tmp/x",
        'dmidecode -t "$x"',
        "needs-restarting --setopt=plugins=1",
        "pg_controldata a b",
        "ceph osd out 3",
        "ceph osd perf query add x",
        "ceph osd tree x",
        "ceph osd df x",
        "ceph health mute X",
        "ceph status x",
        "ceph pg repair 1.0",
        "ceph config dump",
        "ceph -- osd out 3",
        "ceph auth ls",
        "ceph -c /tmp/x status",
        "chronyc makestep",
        "chronyc -m tracking makestep",
        "SYSTEMD_LESS='+!reboot' systemctl status",
    ],
)
def test_a_machine_is_not_changed(command: str) -> None:
    assert not understand_shell(command).allowed
