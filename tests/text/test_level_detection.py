"""Plain lines of many systems and the levels they state, and lines that only mention levels."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.text import detect_level, parse_line

STATED = {
    "debug": """
        2024-03-01 10:15:30.123 [main] DEBUG com.example.Service -- cache warmed
        03-17 16:13:38.811  1702  2395 D WindowManager: printFreezingDisplayLogs opening app
        03-17 16:13:38.811  1702  2395 V KeyguardUpdateMonitor: received broadcast
        V/Tag (  310): started
        dbug: Microsoft.Extensions.Hosting[1]
        10:15:30 DBG reading config path=/etc/app
        DEBU[0003] resolved image
        1234:M 01 Mar 2024 10:15:30.123 . 12 clients connected
        01-Mar-2024 10:15:30.123 FINE [main] org.example.Server.start ready
        DEBUG:asyncio:Using selector: EpollSelector
        <15>Oct 11 22:14:15 host app: cache warmed
        2024-03-01T10:15:30Z DEBUG myhost app running
        ::ffff:10.0.0.1 - 2024-03-01 10:15:30 DEBUG request
    """,
    "info": """
        081109 203615 148 INFO dfs.DataNode$PacketResponder: PacketResponder 1 for block blk_38 terminating
        - 1117838570 2005.06.03 R02-M1-N0-C:J12-U11 2005-06-03-15.42.50.6 R02-M1-N0 RAS KERNEL INFO parity error
        2016-09-28 04:30:30, Info                  CBS    Loaded Servicing Stack v6.1.7601.23505 with Core
        2016-09-28 04:30:31, Info                  CBS    Warning: Unrecognized packageExtended attribute.
        17/06/09 20:10:40 INFO executor.Executor: ERROR is only a word here
        2015-07-29 17:41:44,747 - INFO  [QuorumPeer[myid=1]/0:0:0:0:0:0:0:0:2181:FastLeaderElection@774] - Notification
        api.log.1.2017-05-16_13:53:08 2017-05-16 00:00:00.008 25746 INFO nova.wsgi [req-38 - - -] "GET /error"
        [Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok
        [Thu Jun 01 12:00:00.123456 2023] [mpm_event:notice] [pid 1:tid 2] AH00489: configured
        2024/03/01 10:15:30 [notice] 1#1: using the "epoll" event method
        I0301 10:15:30.123456    1234 server.go:42] listening
        I20240301 10:15:30.123456 1234 server.cc:42] listening
        Mar 01 10:15:30 node-1 kubelet[812]: I0301 10:15:30.123456     812 kubelet.go:42] syncing
        2024-03-01 10:15:30.123 UTC [77] LOG:  database system is ready to accept connections
        2024-03-01T10:15:30.123456Z 0 [Note] [MY-010747] [Server] Plugin 'FEDERATED' is disabled.
        1234:M 01 Mar 2024 10:15:30.123 * Ready to accept connections
        2024-03-01T10:15:30.123Z  INFO my_crate::server: listening addr=0.0.0.0:80
        [2024-03-01T10:15:30Z INFO  my_crate] listening
        2024-03-01T10:15:30.123Z	INFO	controller	main.go:12	started	{"error": "none"}
        [10:15:30 INF] Now listening on: http://localhost:5000
        2024-03-01 10:15:30.123 +00:00 [INF] Request finished
        info: Microsoft.Hosting.Lifetime[14]
        [INFO] BUILD FAILURE
        [INFO ] 2024-03-01 10:15:30 [main] App - started
        10:15AM INF listening port=80
        INFO[0001] Starting up
        INFO:     Uvicorn running on http://127.0.0.1:8000
        [2024-03-01 10:15:30 +0000] [1234] [INFO] Starting gunicorn 21.2.0
        [2024-03-01 10:15:30,123: INFO/MainProcess] Connected to redis
        [2024-03-01, 10:15:30 UTC] {taskinstance.py:1332} INFO - Starting attempt
        2024-03-01 10:15:30.123  INFO 4711 --- [           main] c.e.Application : Started
        2024-03-01 10:15:30.1234|INFO|App.Program|started
        I, [2024-03-01T10:15:30.123456 #4711]  INFO -- : started
        [I 2024-03-01 10:15:30.123 ServerApp] Serving notebooks
        [I 10:15:30.123 NotebookApp] Serving notebooks
        [10:15:30] [Server thread/INFO]: Starting minecraft server
        [10:15:30 INFO]: Starting minecraft server
        2024-03-01T10:15:30.123+0100 I NETWORK  [initandlisten] waiting for connections
        2024-03-01 10:15:30.123456 I | etcdmain: starting
        2024-03-01 10:15:30.123 [info] <0.44.0> Server startup complete
        10:15:30.123 [info] Running MyApp.Endpoint
        Mar  1 10:15:30 host NetworkManager[812]: <info>  [1704067200.1234] device up
        2024-03-01T10:15:30.123Z [INFO]  agent: Started DNS server: error_count=0
        2024-03-01T10:15:30.123Z info hostd[2099] [Originator@6876 sub=Vimsvc] task created
        2024-03-01T10:15:30+0000 info com.example.app : started
        [Nest] 4711  - 03/01/2024, 10:15:30 AM     LOG [NestFactory] Starting
        <Mar 1, 2024 10:15:30 AM UTC> <Notice> <WebLogicServer> <BEA-000365> <Server state changed>
        <30>Oct 11 22:14:15 host app: ERROR in the text
        <165>1 2003-10-11T22:14:15.003Z host app - - - started
        main.c:3:5: note: declared here
        npm notice created a lockfile
        info - Loaded env from .env
        info Visit https://example.org for documentation
        [Pipeline] INFO: stage ready
        14:02:11,004 INFO  [org.jboss.as] (MSC service thread 1-2) started
        app-1  | 2024-03-01 10:15:30 INFO ready
    """,
    "warn": """
        - 1117842440 2005.06.03 NULL 2005-06-03-16.47.20.730545 NULL RAS MMCS WARNING resolved
        2015-10-18 18:01:53,713 WARN [main] org.apache.hadoop.conf.Configuration: job.xml: an attempt to override
        W0301 10:15:30.123456       1 reflector.go:533] failed to list
        03-17 16:13:38.811  1702  2395 W ActivityManager: slow operation
        2024-03-01 10:15:30.123 1234-1260/com.example.app W/System: unclosed
        [Thu Jun 01 12:00:00.123456 2023] [ssl:warn] [pid 1] AH01909: certificate
        2024-03-01 10:15:30 0 [Warning] InnoDB: slow
        1234:M 01 Mar 2024 10:15:30.123 # WARNING overcommit_memory is set to 0
        npm WARN deprecated request@2.88.2: request has been deprecated
        npm warn deprecated request@2.88.2: request has been deprecated
        WARNING: Running pip as the 'root' user can break permissions
          WARNING: The script chardetect is installed in '/root/.local/bin' which is not on PATH.
        DEPRECATION: Python 2.7 reached the end of its life
        W: GPG error: http://deb.example.org stable InRelease
        warning: unused variable: `x`
        main.c:3:5: warning: implicit declaration of function 'foo' [-Wimplicit-function-declaration]
        src\\main.cs(3,5): warning CS0168: The variable 'x' is declared but never used
        /usr/lib/python3/x.py:12: DeprecationWarning: the imp module is deprecated
        PHP Warning:  Undefined variable $x in /srv/a.php on line 3
        configure: WARNING: unrecognized options
        [WARNING] 060/101530 (1) : Server web/s1 is DOWN
        [DEPRECATION WARNING]: use of foo is deprecated
        warn: Microsoft.AspNetCore.DataProtection[60]
        WARN[0002] image not found
        2024-03-01 10:15:30 WRN slow query
        Mar  1 10:15:30 host postfix/postdrop[10896]: warning: unable to look up public/pickup
        (process:123): Gtk-WARNING **: 10:15:30.123: cannot open display
        CMake Warning (dev) at CMakeLists.txt:3 (message):
        WARNING:root:disk nearly full
        Warning: Permanently added '10.0.0.1' (ED25519) to the list of known hosts.
          12:5  warning  'x' is assigned a value but never used  no-unused-vars
        ::1 - - [01/Mar/2024:10:15:30 +0000] WARN slow
        2024-03-01 10:15:30,123 - mymodule - WARNING - disk nearly full
        [2024-03-01 10:15:30] production.WARNING: slow query {"ms":812}
        Mar  1 10:15:30 host dockerd[812]: time="2024-03-01T10:15:30Z" level=warning msg="slow"
        \x1b[33mWARN\x1b[0m something
    """,
    "error": """
        - 1118087260 2005.06.06 R24-M0-N1 2005-06-06-12.47.40.123 R24-M0-N1 NULL DISCOVERY ERROR Node card VPD check
        MASABNORM 1118700580 2005.06.13 NULL 2005-06-13-15.09.40.12 NULL RAS BGLMASTER FAILURE mmcs_server exited
        R_DDR 1118536327 2005.06.11 R30-M0-N9-C:J16-U01 2005-06-11-17.32.07.58 R30-M0 RAS LINKCARD SEVERE broken
        [Sun Dec 04 04:47:44 2005] [error] mod_jk child workerEnv in error state 6
        2024/03/01 10:15:30 [error] 31#31: *1 open() "/usr/share/nginx/html/info" failed
        Dec 10 06:55:48 LabSZ sshd[24200]: error: Received disconnect from 103.99.0.122: 14: No more authentication
        E0301 10:15:30.123456       1 leaderelection.go:332] error retrieving resource lock
        2024-03-01 10:15:30.123 UTC [81] app@db ERROR:  relation "x" does not exist at character 15
        ERROR:  syntax error at or near "selec"
        03-17 16:13:38.811  1702  2395 E AndroidRuntime: FATAL EXCEPTION: main
        E/AndroidRuntime( 1234): crashed
        fail: Microsoft.EntityFrameworkCore.Database.Command[20102]
        [10:15:30 ERR] Unhandled
        npm ERR! code ELIFECYCLE
        npm error code E404
        gyp ERR! build error
        ERROR: Could not find a version that satisfies the requirement foo
        error: subprocess-exited-with-error
          error: subprocess-exited-with-error
        E: Unable to locate package foo
        e: /src/Main.kt: (3, 5): Unresolved reference: foo
        error[E0382]: borrow of moved value: `x`
        error: could not compile `foo` (bin "foo") due to previous error
        main.c:3:5: error: expected ';' before '}' token
        a.py:1: error: Incompatible types in assignment  [assignment]
        src/a.ts(1,2): error TS2322: Type 'string' is not assignable to type 'number'.
        src/a.ts:1:2 - error TS2322: Type 'string' is not assignable to type 'number'.
        collect2: error: ld returned 1 exit status
        make: *** [Makefile:12: all] Error 1
        make[2]: *** No rule to make target 'foo.o'.  Stop.
        gmake[1]: *** [all] Error 2
        Traceback (most recent call last):
        ValueError: invalid literal for int() with base 10: 'x'
        requests.exceptions.ConnectTimeout: timed out
        KeyboardInterrupt
        Exception in thread "main" java.lang.NullPointerException: oops
        java.lang.IllegalStateException: no info
        Caused by: java.io.IOException: warn level
        Uncaught TypeError: x is not a function
        PHP Parse error:  syntax error, unexpected end of file in a.php on line 3
        FAILURE: Build failed with an exception.
        FAILED tests/test_a.py::test_b - assert 1 == 2
        [FAILED] Failed to start Foo Service.
        [  FAILED  ] Foo.Bar (0 ms)
        SEVERE: Servlet threw exception
        01-Mar-2024 10:15:30.123 SEVERE [main] org.apache.catalina.startup failed
        ERRO[0003] failed
        ERROR in ./src/index.js
        ERROR! the role 'foo' was not found
        CMake Error at CMakeLists.txt:3 (message):
        configure: error: no acceptable C compiler found in $PATH
        rsync error: some files could not be transferred (code 23)
        docker: Error response from daemon: pull access denied.
        Error response from daemon: No such container: x
        #8 ERROR: process "/bin/sh -c false" did not complete successfully: exit code: 1
        │ Error: Invalid provider configuration
        Error: Cannot find module 'x'
        thread 'main' panicked at src/main.rs:2:5:
        [1234:5678:0301/101530.123456:ERROR:gpu_init.cc(440)] Passthrough is not supported
        2024-03-01 10:15:30.123:ERROR:oejs.Server:main: broken
        2024-03-01 10:15:30,123,ERROR,worker,broken
        [2024-03-01T10:15:30+00:00] app.ERROR: broken {"x":1} []
        [    12.345] (EE) Failed to load module "nvidia"
        [10.30 16:54:08] App.exe - get.example.com:80 error : Could not connect to proxy
        error Command failed with exit code 1.
        [error] (run-main-0) broken
        [    3.141592] [drm:i915_init] *ERROR* failed
        Segmentation fault (core dumped)
        <3>disk broken
        [E] disk broken
        2024-03-01 10:15:30 [E] disk broken
        ERROR;2024-03-01;disk broken
        Error	disk broken
        ===== ERROR =====
        E0000 00:00:1712345678.123456   123 foo.cc:1] broken
        2024-03-01 10:15:30.123456: E tensorflow/stream_executor/x.cc:64] broken
        Mar  1 10:15:30 host kernel: ACPI BIOS Error (bug): Could not resolve symbol
        Err:5 http://deb.example.org stable/main amd64 Packages
        <11>Oct 11 22:14:15 host app: text
        remote: error: GH001: Large files detected.
        2024-03-01 10:15:30 [main] ERROR com.example.Foo - INFO was expected
        ✖ ERROR: Compilation failed
        >>> ERROR: compilation failed
          12:5  error  'x' is not defined  no-undef
    """,
    "fatal": """
        APPREAD 1117869872 2005.06.04 R04-M1-N4-I:J18-U11 2005-06-04-00.24.32.4 R04-M1 RAS APP FATAL ciod: failed
        KERNDTLB 1118536327 2005.06.11 R30-M0-N9-C:J16-U01 2005-06-11-17.32.07.58 R30-M0 RAS KERNEL FATAL data TLB
        Dec 10 07:07:38 LabSZ sshd[24206]: fatal: Write failed: Connection reset by peer [preauth]
        F0301 10:15:30.123456       1 main.go:12] cannot start
        2024-03-01 10:15:30.123 UTC [81] FATAL:  password authentication failed for user "x"
        fatal: not a git repository (or any of the parent directories): .git
        fatal error: all goroutines are asleep - deadlock!
        main.c:1:10: fatal error: foo.h: No such file or directory
        PHP Fatal error:  Uncaught Error: oops in a.php:3
        panic: runtime error: index out of range [5] with length 3
        CRITICAL:root:disk full
        2024-03-01 10:15:30 CRITICAL disk full
        [crit] disk full
        crit: Microsoft.AspNetCore.Server.Kestrel[0]
        10:15:30 FTL disk full
        FATA[0003] cannot start
        [Sun Dec 04 04:47:44 2005] [emerg] (98)Address already in use
        03-17 16:13:38.811  1702  2395 F libc    : Fatal signal 11 (SIGSEGV)
        <34>Oct 11 22:14:15 mymachine su: 'su root' failed
        <0>panic
        Jun 15 04:06:20 combo logrotate: ALERT exited abnormally with [1]
        2024-03-01T10:15:30.123Z FATAL main.rs: cannot start
    """,
}

MERELY_SPOKEN_OF = """
    no error
    0 errors, 0 warnings
    0 ERROR
    found 3 errors
    mod_jk child workerEnv in error state 6
    info about the build follows
    error handling is described below
    the ERROR was ignored
    Got ERROR from the server
    status: ERROR
    Job state: FATAL
    log level: DEBUG
    level is INFO
    127.0.0.1 - - [01/Mar/2024:10:15:30 +0000] "GET /?level=ERROR HTTP/1.1" 200 12 "-" "ERROR"
    GET /error/info HTTP/1.1
    DEBUG=1 make all
    /var/log/error.log rotated
    tests/test_error.py::test_info PASSED
    Compiling error-chain v0.12.4
    Training error: 0.123
    error: 0
    errors: none
    debug: true
      "error": null,
      level: 'error',
    <error>text</error>
    raise(error)
    a.py:297: super().__init__(error)
    print_error(ERROR)
    ERROR_CODE is 5
    my-error: thing
    informational messages follow
    Warnings are treated as errors
    cc1: all warnings being treated as errors
    Jun 15 04:06:18 combo su(pam_unix)[21416]: session opened for user cyrus by (uid=0)
    Nov  9 12:01:01 dn228/dn228 crond(pam_unix)[2915]: session closed for user root
    Jul  1 09:00:55 calvisitor kernel[0]: IOThunderboltSwitch<0>(0x0)::listenerCallback - Thunderbolt HPD packet
    20171223-22:15:29:606|Step_LSC|30002312|onStandStepChanged 3579
    [10.30 16:49:06] chrome.exe - proxy.example.edu:5070 open through proxy proxy.example.edu:5070 HTTPS
    134681 node-246 unix.hw state_change.unavailable 1077804742 1 Component State Change: Component is unavailable
    2558 node-246 action error 1100807222 1 halt (command 1902)
    2024-03-01 10:15:30 Started with no ERROR at all
    2024-03-01 10:15:30 the job returned ERROR 5
    [  OK  ] Started Foo Service.
    I think so
    E = mc2
    A: yes
    x = (error)
    50%|#####     | 5/10 [00:01<00:01,  3.21it/s]
    drwxr-xr-x 2 root root 4096 Mar  1 10:15 error
    -rw-r--r-- 1 root root  120 Mar  1 10:15 INFO
    1 warning generated.
    Listing '/usr/lib/python3.11/logging'...
    BUILD FAILED in 3s
"""


def lines_of(block: str) -> list[str]:
    """The lines of an indented block; what is indented further keeps its indentation."""
    return [line[8 if line.startswith(" " * 8) else 4 :] for line in block.split("\n") if line.strip()]


@pytest.mark.parametrize(
    ("level", "line"), [(level, line) for level, block in STATED.items() for line in lines_of(block)]
)
def test_a_level_in_the_header_is_found(level: str, line: str) -> None:
    assert detect_level(line) == level


@pytest.mark.parametrize("line", lines_of(MERELY_SPOKEN_OF))
def test_a_level_word_in_prose_is_no_level(line: str) -> None:
    assert detect_level(line) is None


@given(st.text(max_size=400))
def test_any_text_has_a_level_or_none(text: str) -> None:
    assert detect_level(text) in {None, "debug", "info", "warn", "error", "fatal"}


HOSTILE = [
    *(
        "[",
        "(",
        "a ",
        "1:1 ",
        "::",
        "error ",
        "[error ",
        "\x1b[",
        "\x1b]",
        "<1> ",
        "a.",
        "- ",
        "{",
        '{"log":"',
        "level=",
    ),
    *(
        "a:",
        "a::",
        "a b: ",
        "Error ",
        "Error in ",
        "ERROR: 0 ",
        "0 ",
        "é",
        "a-b c-d ",
        "Aa",
        "10:15:30 ",
        "x | ",
        "=",
        "l=",
    ),
    *("A::", "a=b "),
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_line_of_a_mebibyte_takes_no_longer_than_a_short_one(unit: str) -> None:
    started = time.process_time()
    parse_line(unit * (1024 * 1024 // len(unit)))
    parse_line("2024-03-01 10:15:30 " + unit * (1024 * 1024 // len(unit)) + "}")
    assert time.process_time() - started < 0.5
