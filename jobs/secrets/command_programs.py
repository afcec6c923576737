"""The secret options of well-known programs, where the option's name does not show it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from jobs.secrets.names import MASK

Masking = Callable[[str], str]


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def whole(value: str) -> str:
    return MASK


def after(mark: str) -> Masking:
    """For `NAME<mark>PASSWORD`: masks the password, or the name where the password is empty. A name alone stays."""

    def masked(value: str) -> str:
        user, found, password = value.partition(mark)
        return value if not found else f"{user}{mark}{MASK}" if password else f"{MASK}{mark}"

    return masked


def user_or_token(value: str) -> str:
    return after(":")(value) if ":" in value else MASK


def cookie(value: str) -> str:
    return MASK if "=" in value else value  # without "=" it is a file


def certificate(value: str) -> str:
    return after(":")(value) if not value.startswith("pkcs11:") else value


def openssl_password(value: str) -> str:
    return f"pass:{MASK}" if value.startswith("pass:") else value  # env:, file:, fd: and stdin name a place


P = {"-p": whole}
CURL = {
    **{option: after(":") for option in ("-u", "--user", "-U", "--proxy-user")},
    "-E": certificate,
    "--cert": certificate,
    "-b": cookie,
    "--cookie": cookie,
}
HTTPIE = {"-a": user_or_token, "--auth": user_or_token}
OPENSSL = {**dict.fromkeys(("-pass", "-passin", "-passout"), openssl_password), "-k": whole, "-K": whole}
LDAP = {"-w": whole}
SNMP = {"-A": whole, "-X": whole, "-c": whole}
UPPER_P = {"-P": whole}

_TABLE: tuple[tuple[str, Mapping[str, Masking]], ...] = (
    ("mysql mysqldump mysqladmin mysqlimport mysqlshow mysqlcheck mysqlbinlog mysqlslap mysqlpump mysqlsh mycli", P),
    ("mariadb mariadb-dump mariadb-admin mariadb-import mariadb-check mydumper myloader xtrabackup", P),
    ("sshpass cqlsh mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat mongotop rdesktop", P),
    ("7z 7za 7zr 7zz rar unrar ncftpput ncftpget", P),
    ("curl", CURL),
    ("http https xh xhs", HTTPIE),
    ("redis-cli valkey-cli keydb-cli", {"-a": whole}),
    ("sqlcmd bcp isql osql tsql zip unzip mosquitto_pub mosquitto_sub ipmitool", {"-P": whole}),
    ("openssl", OPENSSL),
    ("ldapsearch ldapadd ldapmodify ldapdelete ldapwhoami ldapcompare ldapmodrdn", {"-w": whole}),
    ("ldappasswd", {"-w": whole, "-s": whole, "-a": whole}),
    ("smbclient smbget rpcclient net", {"-U": after("%"), "--user": after("%")}),
    ("lftp", {"-u": after(",")}),
    ("snmpget snmpwalk snmpset snmpbulkwalk snmptrap", {"-A": whole, "-X": whole, "-c": whole}),
    ("ab", {"-A": after(":"), "-P": after(":")}),
    ("hey", {"-a": after(":")}),
    ("influx", {"-t": whole, "-p": whole}),
)
PROGRAMS = {name: rules for names, rules in _TABLE for name in words(names)}
# Options that are secret after a subcommand: `docker login -p`, where -p is no port.
SUBCOMMANDS: Mapping[str, Mapping[str, Masking]] = {
    **{f"{name} login": P for name in words("docker podman nerdctl buildah skopeo helm oras crane az oc")},
    "twine upload": P,
    "gh secret": {"-b": whole, "--body": whole},
}
FLAGS = {"curl": "0123469#aBfgGiIjJkLlMnNOpqRsSvVZ", "http": "fjhbdSvF"}
"""Short options without a value, which may be written before one that has a value: `curl -sSu user:password`."""
SECRET_WORDS = {
    **{f"{name} auth": 0 for name in words("redis-cli valkey-cli keydb-cli")},
    **{f"rabbitmqctl {name}": 1 for name in words("add_user change_password authenticate_user")},
    "vault login": 0,
    **{f"htpasswd -{flags}": 1 for flags in words("nb bn nbB nbm Bbn bnB")},
    **{f"htpasswd -{flags}": 2 for flags in words("b cb bc Bb bB cbB Bbc bcB")},
}
"""Commands whose words are secrets, after the first so many."""
READS_SECRET = re.compile(
    r".* --?(?:password|passwd|pass|token|secret|key)-stdin\b|.* --with-token\b|.* --passphrase-fd[ =]0"
    r"|sudo -S\b|chpasswd\b|passwd --stdin"
)
"""Commands that read a secret from a pipe."""
PRINTERS = ("echo", "printf")
ANYWHERE: Mapping[str, Masking] = {"--proxy-user": after(":"), "--auth": after(":")}
"""Options that are secret in most programs."""
SETTERS = ("set", "config", "configure", "config:set", "setenv", "setx", "export", "nmcli", "connect")
"""Words after which `NAME VALUE` is a setting."""
WRAPPERS = words(
    "sudo doas sshpass env nice ionice nohup time timeout stdbuf setsid exec command xargs ssh docker podman nerdctl "
    "kubectl oc docker-compose compose flock chroot unshare strace ltrace watch parallel find su runuser setpriv chpst "
    "winpty gosu su-exec tini dumb-init systemd-run script unbuffer screen tmux proxychains python python3 uv poetry "
    "pipenv npx builtin eval then do else if while until ! { busybox vagrant helm lxc nsenter srun caffeinate ts"
)
"""Programs and keywords whose words include another command to run."""
ALSO_ENGLISH = words("do then else if while until find time watch command script screen parallel exec compose nice ! {")
WITH_VALUES = words(
    "--name -u --user --hostname -h --network --net -w --workdir -v --volume -e --env -l --label --link -f --file -n "
    "--network-alias --namespace -c --container --context -p --publish -P --project-name --mount -g --group -C --chdir "
    "-o --service --image --ip --add-host --restart -L -R -D -F -J -W"
)
"""Options of wrappers whose value is no command: `docker run --name mysql -p 80:80`."""
SHELLS = words("sh bash zsh dash ksh mksh ash fish su script flock runuser busybox rbash cmd")
TAKES_LINES = words("ssh eval watch parallel tmux screen xargs trap")
"""Programs with shell lines as words."""
