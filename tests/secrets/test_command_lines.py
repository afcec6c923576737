"""Command lines as people write them: secrets in them are masked, and the rest is unchanged."""

from __future__ import annotations

import shlex

import pytest

from jobs.secrets.command_line import masked, masked_line

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"

SECRET = [
    # options, by their names
    "load --password S3",
    "load --password=S3 --max=5",
    "load --secret-key S3",
    "load --secret-key=S3",
    "load --secret_key=S3",
    "load --pass S3",
    "load --db-pass=S3",
    "load -password S3",
    "load --pwd S3",
    "load --api-key S3 --apikey S3",
    "load --access-key=S3",
    "load --clientSecret S3",
    "load --token --password S3",
    "gpg --batch --passphrase S3 -d f",
    "keytool -list -storepass S3",
    "java -Ddb.password=S3 -jar x.jar",
    "terraform apply -var db_password=S3 -var='token=S3'",
    # settings
    "SECRET_KEY=S3 load",
    "PGPASSWORD=S3 psql -p 5432 -h db",
    "env X_TOKEN=S3 A=1 load",
    "MYSQL_PWD=S3 mysql",
    "SECRET_KEY_BASE=S3 rails s",
    "make TOKEN_2=S3 all",
    "docker run -e DB_PASSWORD=S3 -p 80:80 app",
    "docker build --build-arg NPM_TOKEN=S3 .",
    "kubectl create secret generic x --from-literal=password=S3",
    "helm install x --set db.password=S3",
    "helm install x --set a=b,db.password=S3,c=d",
    "aws configure set aws_secret_access_key S3",
    "npm config set //registry.npmjs.org/:_authToken S3",
    "npm publish --//registry.npmjs.org/:_authToken=S3",
    "git config --global github.token S3",
    "redis-cli config set requirepass S3",
    "sqlcmd -S 'Server=db;Password=S3;Database=y'",
    "psql 'host=db password=S3 user=me'",
    # short options, by the program
    "mysql -u me -pS3 shop",
    "/usr/bin/mysqldump -pS3 shop",
    "sudo -E mysql -pS3",
    "sudo -u root mysql -pS3",
    "timeout 5 mysqladmin -pS3 ping",
    "docker exec -i db mysql -pS3",
    "docker run -p 80:80 --rm mysql mysql -pS3",
    "kubectl exec -it pod -- mariadb -pS3",
    "sshpass -p S3 ssh -p 22 host",
    "sshpass -pS3 ssh host",
    "docker login -u me -p S3 host",
    "podman login --password S3 host",
    "python -m twine upload -u me -p S3 dist",
    "redis-cli -h db -a S3 ping",
    "redis-cli AUTH S3",
    "mongosh -u me -p S3 db",
    "unzip -P S3 a.zip",
    "7z x -pS3 a.7z",
    "ldapsearch -x -D cn=a -w S3",
    "smbclient //h/s -U me%S3",
    "rabbitmqctl add_user me S3",
    "vault login S3",
    "htpasswd -b file me S3",
    "sh -c 'echo S3 | docker login -u me --password-stdin h'",
    "openssl enc -passin pass:S3 -in f",
    "openssl enc -pass pass:S3",
    "curl -u me:S3 http://h",
    "curl -ume:S3 http://h",
    "curl -sSfLu me:S3 http://h",
    "curl --user me:S3 http://h",
    "curl --user=me:S3 http://h",
    "curl -u S3: http://h",
    "curl --oauth2-bearer S3 http://h",
    "http -a me:S3 :9000",
    # headers and bodies
    "curl -H 'Authorization: Bearer S3' http://h",
    "curl -H 'authorization: S3' http://h",
    "curl -H X-Auth-Token:S3 http://h",
    "curl --header='PRIVATE-TOKEN: S3' http://h",
    "curl --proxy-header 'Proxy-Authorization: Basic S3' http://h",
    "http :9000 Authorization:'Bearer S3'",
    "http :9000 password=S3 a=b",
    """curl --data="{'token': 'S3'}" h""",
    # addresses
    "pg_dump postgres://me:S3@host/db",
    "git clone https://me:S3@host/x.git",
    "load redis://:S3@host",
    "curl 'http://h/?token=S3&a=1&api_key=S3'",
    "curl 'http://h/?a=1&sig=S3#x'",
    # keys that are known by themselves
    # within lines
    "sh -c 'load --password S3; echo  done'",
    "bash -lc 'mysql -pS3 <x | gzip >y'",
    "ssh host 'mysql -pS3 && true'",
    """bash -c 'sh -c "curl -u me:S3  h"'""",
    "sh -c 'export API_KEY=S3; load'",
    "sh -c 'x $(mysql -pS3)'",
    """sh -c 'curl -H "Authorization: Bearer S3"  -v h'""",
    """python -c 'login("me", password="S3")'""",
    """sh -c "it's --password S3 " """,
    "watch 'redis-cli -a S3 info'",
    "su me -c 'mysql -pS3'",
]

OTHERWISE = [
    ("load --password='S3 S3' x", "load --password=*** x"),
    ("DB_PASSWORD='S3 S3,S3&S3' load", "DB_PASSWORD=*** load"),
    ("pulumi config set --secret dbPassword S3", "pulumi config set --secret *** ***"),
    ("curl -b 'session=S3' http://h", "curl -b *** http://h"),
    ("curl '-HX-Api-Key: S3 S3' http://h", "curl '-HX-Api-Key: ***' http://h"),
    ("curl -H 'Cookie: a=S3; b=S3' http://h", "curl -H 'Cookie: ***' http://h"),
    ("""curl -d '{"user":"me","password":"S3 S3"}' h""", """curl -d '{"user":"me","password":"***"}' h"""),
    ("""curl -d '{"a":{"apiKey": "S3\\"S3"}, "b": 1}' h""", """curl -d '{"a":{"apiKey": "***"}, "b": 1}' h"""),
    ("git clone https://S3S3S3S3S3S3S3S3S3S3S3@host/x", "git clone https://***@host/x"),
    ("load mysql://me:S3/S3@host/db", "load mysql://me:***@host/db"),
    ("load 'amqp://me:S3@S3@host/x'", "load 'amqp://me:***@host/x'"),
    ("gh auth ghp_S3S3S3S3S3S3S3S3S3S3S3S3S3", "gh auth ***"),
    (f"ssh-add '{KEY}'", "ssh-add ***"),
    ("sh -c 'A=1 DB_PASSWORD=S3\\ S3 load'", "sh -c 'A=1 DB_PASSWORD=*** load'"),
    ('sh -c \'DB_PASS="S3"S3; PASSWORD="S3"S3 load\'', "sh -c 'DB_PASS=***; PASSWORD=*** load'"),
]  # fmt: skip

WITHOUT = [
    "load --password-stdin --token-file /run/token",
    "load --no-password --ask-pass --with-token x",
    "load --pass-through --passes 3 --bypass=1 --compass north",
    "load --max-tokens 100 --tokenizer=x --author=me keyboard=us monkey=1",
    "load --password-file=/run/x --secret-name x --token-type y --key-length 3",
    "bypass=1 compass=2 author=me keyboard=us tokenizer=x tokens=3 load",
    "docker run -p 8080:80 --name mysql -d mysql:8",
    "docker run --name mysql -p 3306:3306 img",
    "docker run --user 1000:1000 -v secret:/run/secret img",
    "mkdir -p a/b",
    "ssh -p 22 -u me host",
    "psql -p 5432 -U me",
    "cp -p a b",
    "grep -r password src",
    "grep password file",
    "git commit -m 'Explain tokens, see password section'",
    "git config --get user.name",
    "curl -u me http://h -b cookies.txt -k --cacert key.pem",
    "curl http://h:80/a@b?key_id=3",
    "git clone ssh://git@host/x.git",
    "openssl enc -pass env:PW -passin file:f -passout stdin",
    "sort -k2 -u a:b",
    "PWD=/tmp OLDPWD=/ sh -c 'cd  /x &&  make \"all\"  # \\$x'",
    "load --token=",
    "curl -d '{\"password\": null, \"has_token\": true}' h",
    "test a == b",
    "sh -c 'if test \"$a\" = 1; then echo \"x y\"  z; fi'",
]  # fmt: skip


@pytest.mark.parametrize(("line", "shown"), [*((line, line.replace("S3", "***")) for line in SECRET), *OTHERWISE])
def test_secrets_are_masked_and_the_rest_is_as_it_was(line: str, shown: str) -> None:
    assert masked(shlex.split(line)) == shlex.split(shown)
    assert "S3" not in masked_line(line)


@pytest.mark.parametrize("line", WITHOUT)
def test_what_is_no_secret_is_shown(line: str) -> None:
    assert masked(shlex.split(line)) == shlex.split(line)
    assert masked_line(line) == line
