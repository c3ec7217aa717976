//! Lines that look like many things and are attacks on nothing: what applications, builds, web
//! servers, databases and people write. Made from templates with a fixed seed.

/// A small generator of numbers (xorshift64*), so that every run sees the same lines.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Numbers {
        Numbers(seed | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 33) as usize % limit
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

/// As many lines, each template about as often as any other.
pub(crate) fn lines(count: usize, seed: u64) -> Vec<String> {
    let mut numbers = Numbers::new(seed);
    let templates: Vec<&str> = TEMPLATES
        .iter()
        .flat_map(|group| group.iter().copied())
        .collect();
    (0..count)
        .map(|i| fill(templates[i % templates.len()], &mut numbers))
        .collect()
}

fn fill(template: &str, numbers: &mut Numbers) -> String {
    let mut line = String::new();
    let mut rest = template;
    while let Some((text, tail)) = rest.split_once('~') {
        line.push_str(text);
        let (code, tail) = tail.split_at(1);
        line.push_str(&value(code, numbers));
        rest = tail;
    }
    line.push_str(rest);
    line
}

fn value(code: &str, numbers: &mut Numbers) -> String {
    const NAMES: [&str; 10] = [
        "alice", "bob", "O'Brien", "José", "Zoë", "D'Angelo", "li wei", "marta", "sven", "Ngũgĩ",
    ];
    const WORDS: [&str; 20] = [
        "select", "union", "order", "users", "cache", "drop", "update", "script", "alert", "table",
        "index", "worker", "delete", "batch", "option", "payload", "queue", "exec", "join",
        "group",
    ];
    const FILES: [&str; 10] = [
        "main.rs",
        "app.py",
        "index.ts",
        "Handler.java",
        "config.yaml",
        "style.css",
        "server.go",
        "utils.js",
        "model.rb",
        "README.md",
    ];
    const DIRECTORIES: [&str; 8] = [
        "src", "lib", "app", "pkg", "internal", "core", "web", "tests",
    ];
    match code {
        "n" => numbers.below(100_000).to_string(),
        "d" => numbers.below(10).to_string(),
        "w" => numbers.pick(&WORDS).to_owned(),
        "a" => numbers.pick(&NAMES).to_owned(),
        "f" => numbers.pick(&FILES).to_owned(),
        "p" => format!("{}/{}", numbers.pick(&DIRECTORIES), numbers.pick(&FILES)),
        "i" => format!(
            "10.{}.{}.{}",
            numbers.below(256),
            numbers.below(256),
            numbers.below(256)
        ),
        "u" => {
            let (a, b) = (numbers.next(), numbers.next());
            format!(
                "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
                a as u32,
                b as u16,
                (b >> 16) & 0xfff,
                (b >> 32) & 0xfff,
                a >> 16
            )
        }
        "h" => format!("{:016x}", numbers.next()),
        "t" => format!(
            "2026-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            1 + numbers.below(12),
            1 + numbers.below(28),
            numbers.below(24),
            numbers.below(60),
            numbers.below(60),
            numbers.below(1000),
        ),
        other => panic!("no such code: {other}"),
    }
}

const TEMPLATES: [&[&str]; 14] = [
    // Applications.
    &[
        "~t INFO user ~a logged in from ~i",
        "~t WARN retrying request ~u (attempt ~d of 3)",
        "~t ERROR connection refused: ~i:~n; giving up",
        "cache miss for key user:~n:profile; loaded in ~n ms",
        "job ~u finished: ok=~n failed=~d skipped=~d",
        "payment of 19.99 EUR accepted (order #~n, customer ~n)",
        "can't open '~p': No such file or directory",
        "couldn't parse '~w' as integer; it's not a number",
        "the worker's queue is full (~n items); dropping the oldest",
        "rate limit exceeded for ~a: 100 requests / 60 s",
        "feature flag 'new-~w' is on for 10% of users",
        "GC pause 12.~d ms (heap 512 MB -> 300 MB)",
        "request_id=~u method=GET path=/api/v1/~w/~n status=200 duration_ms=~n",
        "level=info ts=~t caller=~f:~n msg=\"~w finished\" err=null",
        "{\"level\":\"info\",\"msg\":\"~w done\",\"user\":{\"id\":~n,\"name\":\"~a\"},\"tags\":[\"a\",\"b\"]}",
        "{\"event\":\"order.created\",\"id\":\"~u\",\"total\":19.99,\"items\":[{\"sku\":\"A-~n\",\"qty\":2}]}",
        "config: timeout=30s; retries=3; backend='~i:~n'; mode=\"fast\"",
        "100% of ~n records processed & written; 0 errors",
        "disk usage at 91% on /var/lib/docker (threshold 90%)",
        "scheduled next run at ~t (in ~n s)",
        "thread 'main' panicked at ~p:~n:5: index out of bounds: the len is ~d but the index is ~d",
        "session expired for user=~a; redirecting to /login?next=%2Fdashboard",
        "mail sent to 3 recipients; subject='Your order #~n'",
        "metric http_requests_total{code=\"200\",method=\"get\"} ~n",
        "upload of 'report (final).pdf' by ~a: 1.2 MB",
    ],
    // SQL that applications and databases log.
    &[
        "SELECT id, name FROM users WHERE id = ~n",
        "SELECT * FROM orders WHERE status = 'open' AND total > 100 ORDER BY created_at DESC LIMIT 10",
        "SELECT u.id, o.total FROM users u JOIN orders o ON o.user_id = u.id WHERE u.name = 'bob'",
        "executing: INSERT INTO events (id, kind) VALUES (~n, '~w')",
        "UPDATE accounts SET balance = balance - 10 WHERE id = ~n AND balance >= 10",
        "DELETE FROM sessions WHERE expires_at < now()",
        "slow query (~n ms): SELECT COUNT(*) FROM logs WHERE level = 'ERROR' OR level = 'FATAL'",
        "BEGIN; UPDATE t SET n = n + 1 WHERE id = ~n; COMMIT;",
        "migration 0~n: ALTER TABLE users ADD COLUMN age integer; CREATE INDEX ON users (age);",
        "SELECT a FROM t1 UNION SELECT a FROM t2",
        "SELECT name FROM staff UNION ALL SELECT name FROM contractors ORDER BY 1",
        "SELECT * FROM t WHERE (a = 1 OR b = 2) AND c IS NOT NULL -- paging",
        "duration: ~n.12 ms  statement: SELECT \"id\", \"name\" FROM \"users\" WHERE \"id\" = $1 LIMIT 1",
        "ERROR:  duplicate key value violates unique constraint \"users_pkey\" (id)=(~n) already exists.",
        "sqlalchemy.engine INFO SELECT users.id AS users_id FROM users WHERE users.name = %(name_1)s",
        "[DEBUG] Hibernate: select u1_0.id,u1_0.name from users u1_0 where u1_0.id=?",
        "You have an error in your SQL syntax; check the manual near 'FORM users' at line 1",
        "CREATE TABLE IF NOT EXISTS ~w (id BIGINT PRIMARY KEY, payload JSONB NOT NULL DEFAULT '{}');",
        "SELECT count(*) AS n, date_trunc('day', ts) FROM log WHERE user_id IN (1, 2, ~n) GROUP BY 2 HAVING count(*) > 5",
        "Unknown column 'u.~w' in 'where clause' (`users`.`id`, `users`.`type`)",
        "EXPLAIN ANALYZE SELECT * FROM orders WHERE id = ~n; -- 0.~d ms",
        "SELECT * FROM orders WHERE 1=1 AND status = 'paid' AND region = 'eu'",
        "INSERT INTO notes (text) VALUES ('it''s fine; really'); -- by ~a",
    ],
    // Prose with the words of attacks.
    &[
        "please select an option (or two) from the menu",
        "the union of both sets; select the first or the last one",
        "order by phone or e-mail; delivery or pick-up, whichever you like",
        "drop the table reservation for 4 or 5 people, it's cancelled",
        "Don't panic -- it's only a test, isn't it?",
        "he said 'yes' or 'no' -- I can't recall",
        "update: the script didn't alert anyone; insert coin to continue",
        "and 5 * 3 = 15, or so they say (see chapter 2)",
        "The European Union selects 12 delegates from each group.",
        "union select committee meets on Monday; members vote on ~n items",
        "exec summary: we drop support for v1; update to v2 or v3",
        "if x = y or y = z then alert the on-call person",
        "Dear O'Brien, your order #~n is ready; pick it up at 5 or later",
        "Rock 'n' roll; 'til the end -- 100% pure",
        "3 > 2 and 2 > 1, so 3 > 1",
        "wait for delay messages; sleep well (8 hours)",
        "Q&A: what's new? A&B merged; C|D pending",
        "cats & dogs; ls is the plural of l; id is short for identity",
        "See also: having fun or being bored (a == b?)",
        "the price is $5 or $10; choose {one}",
        "Alert: confirm your e-mail address (prompt reply needed)",
        "users; id; type; sort; find what you need",
        "host is up; ping took ~n ms; dir is empty; type unknown",
        "my 2 cents; it's 'good enough'; let's ship it #done",
        "x or y; true or false; 1 or 2; all or nothing",
    ],
    // Code and diffs.
    &[
        "if (a == 1 || b == 2) { return c && d; }",
        "const x = cond ? 'a' : \"b\"; // it's a comment",
        "let v: Vec<Option<&str>> = vec![Some(\"a\"), None];",
        "def f(x, *args, **kwargs): return x or args[0]",
        "for (int i = 0; i < n; i++) { sum += a[i]; }",
        "opts.name === '' || opts.name === 'default'",
        "x = y || ''; z = q && 'w';",
        "self.assertEqual(self.__class__.__name__, 'Foo')",
        "print(f\"{name!r}: {value:>10}\")",
        "time.sleep(5)  # wait for the server",
        "usleep(100); sleep(5); retry();",
        "eval(expr) is deprecated; use ast.literal_eval(expr)",
        "window.onload = init; button.onclick = handler;",
        "onError = retry; onClose = cleanup",
        "<Button onClick={save} onChange={(e) => set(e.target.value)} />",
        "return (<div className=\"row\">{items.map(i => <Item key={i.id} />)}</div>);",
        "+    const { a, ...rest } = props; // ~w",
        "-  - import ~w from './~w'",
        "std::vector<std::pair<int, std::string>> v{{1, \"a\"}, {2, \"b\"}};",
        "regex: ^[a-z]+(?:-[a-z]+)*$ matched '~w'",
        "mode = 'r' if readonly else 'w'  # file mode",
        "if mode == 'r' or 'w' in mode:",
        "assert a == 1 and b == 2, \"expected 1 and 2\"",
        "fn main() { println!(\"{}\", 7 * 7); }",
        "#define MAX(a,b) ((a) > (b) ? (a) : (b))",
        "@app.route('/users/<int:id>', methods=['GET', 'POST'])",
        "SELECTED = [x for x in items if x not in ('a', 'b')]",
        "printf(\"%d%%\\n\", 100 * a / b);",
        "lambda x: x['id'] or x.get('uuid')",
        "git diff --stat: ~p | ~d +++--",
        "var self = this; this.username = name; this.password = null;",
        "db.users.find({ age: { $gt: 21 }, status: { $in: ['a', 'b'] } })",
    ],
    // Stack traces.
    &[
        "Traceback (most recent call last): File \"/app/~p\", line ~n, in <module>",
        "  File \"/usr/lib/python3.11/asyncio/base_events.py\", line ~n, in run_until_complete",
        "java.lang.NullPointerException: Cannot invoke \"String.length()\" because \"<local1>\" is null",
        "\tat com.example.app.Handler.handle(Handler.java:~n)",
        "\tat java.base/java.lang.Thread.run(Thread.java:1583)",
        "Caused by: java.sql.SQLException: ORA-00942: table or view does not exist",
        "    at Object.<anonymous> (/srv/app/~p:~n:12)",
        "    at processTicksAndRejections (node:internal/process/task_queues:95:5)",
        "TypeError: Cannot read properties of undefined (reading '~w')",
        "goroutine ~n [running]: main.main() /src/~f:~n +0x~h",
        "  4: <alloc::boxed::Box<F,A> as core::ops::function::FnOnce<Args>>::call_once",
        "System.InvalidOperationException: Sequence contains no elements at System.Linq.Enumerable.First[T](IEnumerable`1 source)",
        "NoMethodError: undefined method `name' for nil:NilClass (~p:~n:in `show')",
        "ActionView::Template::Error (undefined local variable or method `~w')",
        "panic: runtime error: invalid memory address or nil pointer dereference [signal SIGSEGV: segmentation violation code=0x1 addr=0x0]",
    ],
    // HTML, CSS and XML mentioned.
    &[
        "rendered <div class=\"~w\"> in ~n ms",
        "missing closing </script> tag in ~f",
        "added the <script> tag to <head>",
        "CSS: .btn:hover { color: #fff; background: url('/img/a.png'); }",
        "parsed <?xml version=\"1.0\" encoding=\"UTF-8\"?> with ~n nodes",
        "<object object at 0x7f~h>",
        "<module 'app' from '/srv/~p'>",
        "<Response [200]> for https://example.com/~w?page=~d",
        "List<Object> and Map<String, List<Integer>> are generic",
        "style: font-size:12px; margin:0 auto; content:'\\201C'",
        "<a href=\"https://example.com/docs?x=1&amp;y=2\">docs</a>",
        "<img src=\"/static/logo.png\" alt=\"logo\"> took ~n ms",
        "<p>Tom &amp; Jerry &lt;3 cheese</p>",
        "warning: unescaped '&' in template <~w/> near line ~n",
        "<td style=\"width:10%\">~n</td>",
        "link rel=\"stylesheet\" href=\"/a.css\" loaded",
        "href=\"javascript:void(0)\" is discouraged by the linter",
        "<input type=\"text\" name=\"~w\" value=\"~n\" disabled>",
    ],
    // Paths.
    &[
        "reading ../config/~f",
        "loading dotenv file ../.env",
        "../~p:~n:5: warning: unused variable 'x' [-Wunused-variable]",
        "../../~p(~n,7): error TS2304: Cannot find name 'foo'.",
        "import { x } from '../../utils'",
        "require('../../lib/~w')",
        "In file included from ../../~p:3:",
        "/usr/lib/gcc/x86_64-linux-gnu/13/../../../x86_64-linux-gnu/crt1.o: in function `_start'",
        "C:\\Users\\bob\\AppData\\Local\\Temp\\~n.tmp",
        "rotated /var/log/app.log to /var/log/app.log.1",
        "open /etc/ssl/certs/ca-certificates.crt: permission denied",
        "/etc/passwd has been changed by useradd",
        "file:///srv/bob/project/~p opened",
        "copied ~p -> build/~f (~n bytes)",
        "cd .. && pwd gives /srv",
        "npm ERR! path /srv/node_modules/../node_modules/~w",
        "\"extends\": \"../tsconfig.base.json\"",
        "C:\\new\\release\\~f written",
        "s3://bucket-~n/a/b/~f uploaded",
        "./~p ../~p ~f",
    ],
    // Builds and shells.
    &[
        "+ cd /app && npm ci && npm run build",
        "RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*",
        "$ docker build -t app:~n . && docker push app:~n",
        "cat ~f | grep ~w | wc -l",
        "curl -sSL https://install.example.com | sh -s -- --yes",
        "export TAG=$(git rev-parse --short HEAD); echo $TAG",
        "make clean; make -j4 all",
        "Step ~d/12 : RUN pip install -r requirements.txt && python setup.py install",
        "ps aux | grep ~w | awk '{print $2}' | xargs kill",
        "tar xzf ~w.tar.gz && rm ~w.tar.gz",
        "find . -name '*.~w' -exec rm {} \\;",
        "script: cargo test --all; cargo clippy -- -D warnings",
        "ssh deploy@host 'cd /srv && git pull && systemctl restart app'",
        "echo \"done\" >> /tmp/~w.log 2>&1",
        "for f in *.rs; do rustfmt $f; done",
        "Run `ls -la` to list files, or `cat ~f` to show one",
        "run `npm install` and `npm start`; then open http://localhost:3000",
        "git log --oneline | head -n ~d",
        "sudo: bob : TTY=pts/0 ; PWD=/home/bob ; USER=root ; COMMAND=/usr/bin/apt update",
        "CMD (cd /srv/app && ./bin/cleanup --days 30 > /dev/null 2>&1)",
        "(root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)",
        "kubectl get pods -n prod | grep -v Running",
        "ENV PATH=${PATH}:/opt/bin HOME=${HOME}",
        "ls -la /srv; df -h; du -sh *",
        "wget -q https://example.com/~w.tar.gz -O - | tar xz",
        "backup: pg_dump app | gzip > /backup/app-~n.sql.gz",
    ],
    // Web servers.
    &[
        "~i - - [21/Nov/2026:12:00:00 +0000] \"GET /~w?id=~n&sort=name HTTP/1.1\" 200 ~n \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"",
        "~i - bob [21/Nov/2026:12:00:00 +0000] \"POST /login HTTP/1.1\" 302 0",
        "GET /search?q=select+a+shirt&order=asc HTTP/1.1",
        "GET /api/items?filter=name%20eq%20%27bob%27&top=10",
        "GET /caf%C3%A9/menu?lang=fr HTTP/2.0 200",
        "GET /users?page[size]=10&page[number]=~d&filter[name]=bob",
        "Referer: https://www.example.com/a/b?utm_source=x&utm_medium=y",
        "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)",
        "Set-Cookie: theme=dark; Path=/; HttpOnly; SameSite=Lax",
        "Content-Security-Policy: default-src 'self'; script-src 'self' 'nonce-~h'; object-src 'none'",
        "upstream timed out (110: Connection timed out) while reading response header from upstream, client: ~i",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ~n",
        "POST /form name=bob&comment=it%27s+nice%2C+really&ok=1",
        "comment=line+one%0D%0Aline+two%0D%0Abye",
        "GET /static/js/app.~h.js 304",
        "If-None-Match: W/\"~h\"; Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
        "query: q=a%26b&lang=en&x=%7B%22a%22%3A1%7D",
    ],
    // Templates, placeholders, variables.
    &[
        "replicas: {{ .Values.replicas }} image: {{ .Values.image.tag | quote }}",
        "Hello {{ user.name }}, you have {{ count }} messages",
        "${{ github.sha }} built by ${{ github.actor }}",
        "using ${HOME}/.cache and ${TMPDIR:-/tmp}",
        "template: #{user.id} - <%= user.name %>",
        "format string '%s: %d (%5.2f%%)' with ~d args",
        "{% if user %}Hello{% endif %}",
        "logback: %d{HH:mm:ss.SSS} [%thread] %-5level %logger{36} - %msg%n",
        "${env:STAGE} and ${self:provider.region} resolved",
        "pattern '${date} [${level}] ${message}' compiled",
        "jinja2.exceptions.UndefinedError: 'dict object' has no attribute '~w'",
        "{0} of {1} done; {name} left",
        "cron '*/5 * * * *' -> backup; '0 0 * * 0' -> report",
    ],
    // LDAP, Mongo, regexes, mathematics.
    &[
        "LDAP search base=dc=example,dc=com filter=(&(objectClass=user)(uid=bob))",
        "filter (|(cn=~w*)(mail=~w@example.com)) returned ~n entries",
        "(&(objectCategory=person)(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))",
        "find { status: { $in: [ 'A', 'D' ] }, qty: { $lt: 30 } } took ~n ms",
        "{\"age\": {\"$gt\": 21}, \"deleted\": {\"$ne\": true}}",
        "aggregate [{ $match: { a: 1 } }, { $group: { _id: '$b', n: { $sum: 1 } } }]",
        "f(a)(b)(c) = (a + b) * c",
        "((a | b) & (c | d)) == ~n",
        "matrix [[1, 2], [3, 4]] times [5, 6] = [17, 39]",
        "regex (foo|bar)+(baz)* compiled in ~n us",
        ":) ;) :-) (see above) (*) footnote (**) another",
        "score: a) 1 b) 2 c) 3",
        "1) first; 2) second (x=~d); 3) third",
        "f(x)=x^2; g(x)=2*x (x>0)",
    ],
    // Systems.
    &[
        "sshd[~n]: Failed password for invalid user admin from ~i port ~n ssh2",
        "kernel: [~n.~n] usb 1-1: new high-speed USB device number ~d using xhci_hcd",
        "systemd[1]: Started Daily apt download activities.",
        "CRON[~n]: pam_unix(cron:session): session opened for user root by (uid=0)",
        "dhclient: DHCPACK from ~i (xid=0x~h)",
        "audit: type=1400 audit(~n.~d:~d): apparmor=\"ALLOWED\" operation=\"open\" name=\"/etc/hosts\" pid=~n",
        "nf_conntrack: table full, dropping packet",
        "EXT4-fs (sda1): mounted filesystem with ordered data mode. Opts: (null)",
        "postfix/smtpd[~n]: connect from unknown[~i]",
        "dnsmasq[~n]: query[A] example.com from ~i",
        "kubelet: Error syncing pod ~u (\"web-~h_default(~u)\"), skipping",
        "ping ~i: 64 bytes; time=~d.~d ms",
        "uid=1000(bob) gid=1000(bob) groups=1000(bob),27(sudo)",
        "Accepted publickey for bob from ~i port ~n ssh2: RSA SHA256:~h",
        "Out of memory: Killed process ~n (java) total-vm:~nkB, anon-rss:~nkB",
    ],
    // Text of several lines, encodings, other scripts.
    &[
        "Traceback:\n  File \"~f\", line ~n\nValueError: bad ~w",
        "Dear ~a,\n\nyour order is on its way.\nRegards",
        "Größe: 5 µm; naïve café – “quoted” … ‘single’",
        "用户登录成功; 订单号 ~n",
        "пользователь ~a вошёл в систему; id=~n",
        "emoji 🎉 done; 100 % ✓",
        "path=%2Fhome%2Fbob%2Ffile.txt decoded",
        "json string \"a\\u00e9b\\nline\" parsed",
        "base64: eyJhIjoxfQ== (~n bytes)",
        "hex dump: 00 01 02 0a 0d 27 22 3b",
        "key: value\nother: value\nthird: ~n",
    ],
    // Versions, hashes, URLs, mails.
    &[
        "resolved lodash@4.17.21; left-pad@1.3.0 is deprecated",
        "sha256:~h~h~h~h verified",
        "https://example.com/a/b/../c?x=1;y=2#frag",
        "mailto:bob@example.com?subject=hi&body=it's%20me",
        "javascript: the good parts, 2nd edition, ~n copies",
        "data: 12 items; view: table; sort: name",
        "version 1.2.3-rc.1+build.~n (commit ~h)",
        "#~n: fix ~w; #~n: add ~w -- thanks @~w",
        "issue #12 closes; see PR #~n (it's merged)",
        "UUID ~u; trace=~h span=~h",
        "jdbc:postgresql://db:5432/app?user=app&ssl=true opened",
        "redis://cache:6379/0 connected; PING -> PONG",
        "amqp: channel ~d opened; queue='~w' (durable)",
    ],
];
