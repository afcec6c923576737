"""Records of several lines as programs write them: traces, and what compilers and databases say."""

# In each block the first line of every record, then its further lines behind `+`; `-` begins what is unrelated, and
# empty lines, which are no part of the error.
ERRORS = {
    "python": """
Traceback (most recent call last):
+  File "/app/x.py", line 3, in <module>
+    foo()
+    ^^^^^
+ValueError: bad
-
+During handling of the above exception, another exception occurred:
-
+Traceback (most recent call last):
+  File "/app/x.py", line 5, in <module>
+    bar()
+app.errors.Boom: worse
-done
""",
    "python that was logged": """
2024-03-01 10:15:30 ERROR app failed
+Traceback (most recent call last):
+  File "/app/x.py", line 3, in <module>
+    foo()
+ZeroDivisionError: division by zero
-2024-03-01 10:15:30 next
""",
    "python's group of exceptions": """
  + Exception Group Traceback (most recent call last):
+  |   File "x.py", line 1, in <module>
+  |     raise ExceptionGroup("m", [ValueError(1)])
+  | ExceptionGroup: m (1 sub-exception)
+  +-+---------------- 1 ----------------
+    | ValueError: 1
+    +------------------------------------
-done
""",
    "python's syntax": """
  File "x.py", line 1
+    foo(
+       ^
+SyntaxError: '(' was never closed
-done
""",
    "java": """
2024-03-01 10:15:30 ERROR [main] down
+java.lang.IllegalStateException: oops
+	at com.example.Foo.bar(Foo.java:12) ~[app.jar:1]
+	Suppressed: java.io.IOException: x
+		at a.b(C.java:1)
+Caused by: java.io.IOException: broken
+	at com.example.Foo.baz(Foo.java:22)
+	... 12 more
-2024-03-01 10:15:31 up
""",
    "java behind a name": """
2024-03-01 10:15:30 ERROR app.worker: down
+java.lang.IllegalStateException: oops
+	at com.example.Foo.bar(Foo.java:12)
-
+	at com.example.Foo.baz(Foo.java:22)
-
-2024-03-01 10:15:31 INFO app.worker: up
""",
    "syslog, and a trace without its header": """
Mar  1 10:15:30 host app[1]: ERROR down
+	at com.example.Foo.bar(Foo.java:12)
-done
-	indented
""",
    "node": """
/app/index.js:3
+throw new Error("x");
+^
-
+Error: x is not a function
+    at foo (/app/index.js:3:9)
+    at node:internal/main/run_main_module:23:47 {
+  code: 'ENOENT',
+  [cause]: Error: y
+      at bar (/app/index.js:1:1)
+}
-
+Node.js v18.0.0
-done
""",
    ".net": """
Unhandled exception. System.InvalidOperationException: x
+ ---> System.Exception: inner
+   at A.B() in /a.cs:line 3
+   --- End of inner exception stack trace ---
+   at Program.Main()
-done
""",
    ".net that was logged": """
[10:15:30 ERR] Failed to load
+System.AggregateException: One or more errors
-with a line of its own
+   at A.B() in /a.cs:line 3
+--- End of stack trace from previous location ---
+   at async Task C.D()
+ ---> (Inner Exception #1) System.Exception: y
-[10:15:31 INF] next
""",
    "python whose messages have lines of their own": """
Traceback (most recent call last):
+  File "/app/x.py", line 3, in <module>
+    foo()
+ValueError: bad
-second line
-
+The above exception was the direct cause of the following exception:
-
+Traceback (most recent call last):
+  File "/app/x.py", line 5, in <module>
+    bar()
+RuntimeError: worse
-done
""",
    "node's assertion": """
AssertionError [ERR_ASSERTION]: Expected values to be equal:
-+ actual - expected
-
-+ 1
-- 2
+    at file:///app/x.mjs:10:14 {
+  code: 'ERR_ASSERTION',
+}
-done
""",
    "go's error with a stack": """
ERROR failed: no rows
+example.org/shop/db.(*Pool).Load
+	/app/db/pool.go:12
+main.main
+	/app/main.go:20
+runtime.main
+	/usr/local/go/src/runtime/proc.go:271
-done
""",
    "rust's panic": """
thread 'main' panicked at src/main.rs:2:5:
+index out of bounds: the len is 3
+stack backtrace:
+   0: rust_begin_unwind
+             at /rustc/library/std/src/panicking.rs:645:5
+note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
-done
""",
    "rustc": """
error[E0382]: borrow of moved value: `x`
+ --> src/main.rs:4:20
+  |
+2 |     let x = String::new();
+  |         - move occurs because `x` has a type
+  |
+  = note: this error originates in a macro
+help: consider cloning
+  |
+3 |     let y = x.clone();
+  |              ++++++++
-done
""",
    "gcc": """
a.h:3:5: error: expected ';' before '}' token
+    3 | int x
+      |     ^
+a.c:9:1: note: declared here
+    9 | foo()
+In file included from a.c:1:
-done
""",
    "postgres": """
2024-03-01 10:15:30.123 UTC [81] ERROR:  duplicate key value violates unique constraint "x"
+2024-03-01 10:15:30.123 UTC [81] DETAIL:  Key (id)=(1) already exists.
+2024-03-01 10:15:30.123 UTC [81] STATEMENT:  INSERT INTO x
+	VALUES (1)
-2024-03-01 10:15:31.123 UTC [82] connection received
""",
    "psql": """
ERROR:  relation "x" does not exist
+LINE 1: select * from x
+                      ^
+HINT:  Perhaps you meant "y".
-done
""",
    "ruby": """
app.rb:3:in `foo': down (RuntimeError)
+	from app.rb:7:in `bar'
-done
""",
    "elixir": """
10:15:30.123 [error] GenServer X terminating
+** (stop) oops
+    (stdlib 3.17) gen_server.erl:1: :gen_server.x/1
+Last message: :x
+State: %{}
-10:15:30.123 up
""",
    "erlang": """
=ERROR REPORT==== 1-Mar-2024::10:15:30 ===
+** Generic server x terminating
+** Reason for termination ==
+** {badmatch,1}
-done
""",
    "terraform": """
│ Error: Invalid provider
+│
+│   on main.tf line 1:
+╵
-done
""",
    "json and sql": """
ERROR: query failed
+    SELECT *
+    FROM x WHERE level = 'info'
+{
+  "level": "info"
+}
-done
""",
    "docker compose, lines woven together": """
api-1  | Traceback (most recent call last):
-web-1  | GET / 200
+api-1  |   File "/app/x.py", line 3, in <module>
-web-1  |     indented
+api-1  | ValueError: x
-api-1  | done
""",
    "syslog, lines woven together": """
Mar  1 10:15:30 host app[1]: Traceback (most recent call last):
+Mar  1 10:15:30 host app[1]:   File "/app/x.py", line 3, in <module>
-Mar  1 10:15:30 host other[2]: hello
+Mar  1 10:15:30 host app[1]: ValueError: x
-Mar  1 10:15:30 host app[1]: done
""",
}
FATAL = {
    "go": """
panic: runtime error: index out of range [5] with length 3
-
+goroutine 1 [running]:
+main.(*T).foo(0x1, {0xc000, 0x2})
+	/app/main.go:12 +0x1d
+created by main.main in goroutine 1
+	/app/main.go:8 +0x2f
+exit status 2
-done
""",
    "go, of several goroutines and a message of two lines": """
panic: bad [recovered]
-second line
-
+goroutine 1 gp=0xc000002380 m=0 mp=0x57 [running]:
+panic({0x45b1e0?, 0x4c2f80?})
+	/usr/local/go/src/runtime/panic.go:770 +0x132
+main.Map[...](0x1)
+	/app/main.go:12 +0x1d
-
+goroutine 6 [chan receive, 2 minutes]:
+main.worker(0x0?)
+	/app/main.go:30 +0x25
+created by main.main in goroutine 1
+	/app/main.go:8 +0x2f
-done
""",
    "php": """
PHP Fatal error:  Uncaught Exception: x in /a.php:3
+Stack trace:
+#0 /a.php(7): foo()
+#1 {main}
+  thrown in /a.php on line 3
-done
""",
}
