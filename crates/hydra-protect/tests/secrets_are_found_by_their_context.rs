//! A value whose surroundings say that it is secret goes; what only speaks about secrets stays.

use hydra_protect::Redactor;

/// Each line's `«…»` is what must go; the marker's label stands before the `|`.
fn check(lines: &[&str]) {
    let redactor = Redactor::new();
    let mut wrong = Vec::new();
    for line in lines {
        let (label, line) = line.split_once('|').expect("LABEL|line");
        let marker = format!("[REDACTED:{label}]");
        let (mut text, mut wanted, mut rest) = (String::new(), String::new(), line);
        while let Some((head, tail)) = rest.split_once('«') {
            let (secret, tail) = tail.split_once('»').expect("« is closed by »");
            text += &(head.to_owned() + secret);
            wanted += &(head.to_owned() + &marker);
            rest = tail;
        }
        text += rest;
        wanted += rest;
        let got = redactor.redact(&text);
        if got != wanted {
            wrong.push(format!("{text}\n  gave   {got}\n  wanted {wanted}"));
        }
        assert_eq!(redactor.redact(&got), got, "redacting twice changes {got}");
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn pairs_of_name_and_value_in_log_lines() {
    check(&[
        "PASSWORD|password=«hunter2»",
        "PASSWORD|user=bob password=«hunter2» status=failed",
        "PASSWORD|user=bob, password=«hunter2», status=failed",
        "PASSWORD|(user=bob, password=«hunter2»)",
        "PASSWORD|password=«hun&ter;2!#» user=bob",
        "PASSWORD|DB_PASSWORD=«s3cr3t» DB_USER=app",
        "PASSWORD|export PGPASSWORD='«my secret phrase»'",
        "PASSWORD|userpassword: «Tr0ub4dor&3»",
        "API_KEY|x-api-key: «abcdef123456»",
        "API_KEY|api key: «abcdef123456»",
        "TOKEN|GET /v1/items?limit=3&access_token=«abc.def-123»&page=2 200",
        "PASSWORD|Server=db;User Id=sa;Password=«p@ss;w0rd»;Database=x",
        "SECRET|clientSecret => '«q8w7e6r5»'",
        "PASSWORD|dbPassword=«hunter2»",
    ]);
}

#[test]
fn pairs_of_name_and_value_in_json() {
    check(&[
        r#"PASSWORD|{"user":"bob","password":"«hunter2»","n":1}"#,
        r#"PASSWORD|{"password":"«a\"b\\»","n":1}"#,
        r#"PASSWORD|{"msg":"{\"password\":\"«hunter2»\",\"a\":1}"}"#,
        r#"PASSWORD|{"msg":"{\"m\":\"{\\\"password\\\":\\\"«hun\\\\\\\"ter2»\\\",\\\"a\\\":1}\"}"}"#,
        r#"TOKEN|{"msg":"token=«abc123def»\nuser=bob"}"#,
        "PASSWORD|{'user': 'bob', 'password': '«hunter2»'}",
    ]);
    let redactor = Redactor::new();
    assert_eq!(
        redactor.redact(r#"{"password":12345,"n":1}"#),
        r#"{"password":"[REDACTED:PASSWORD]","n":1}"#
    );
}

#[test]
fn what_speaks_about_secrets_is_left_alone() {
    check(&[
        "-|password=",
        "-|password: expired",
        "-|Token: invalid, try again",
        "-|password=${DB_PASSWORD} password={{ vault }} password=%s password=<password> password=$PASS",
        "-|password=**** token=null secret=None",
        "-|max_tokens=4096 prompt_tokens: 17 token_type=bearer",
        "-|monkey=1234 author=bob22 primary_key=id7 cache_key=u:1234 public_key_id=k1",
        "-|password_policy=min8chars1upper password_updated_at=2026-11-21",
        "-|std::string::token::Kind9",
        "-|if password == null {",
        "-|token://abc123",
        "-|tests: pass=12 fail=0",
        "-|has_password=true is_secret=1",
    ]);
}

#[test]
fn headers_and_urls() {
    check(&[
        "AUTHORIZATION|Authorization: Bearer «abcDEF123._-~+/xyz=»",
        "AUTHORIZATION|authorization: basic «dXNlcjpwYXNzd29yZA==»",
        "AUTHORIZATION|> Authorization: Basic «dXNlcjpwYXNzd29yZA==» 200 OK",
        r#"AUTHORIZATION|{"Authorization":"Bearer «abc123def456»","n":1}"#,
        r#"AUTHORIZATION|Authorization: «Digest username="bob", realm="r", response="6629fae49393a05397450978507c4ef1"»"#,
        "AUTHORIZATION|sending Bearer «abc123def456ghi» to upstream",
        "COOKIE|Cookie: sid=«abc123»; pref=«dark»",
        "COOKIE|Set-Cookie: sessionid=«38afes7a8»; Path=/; HttpOnly",
        r#"COOKIE|{"cookie":"sid=«abc123»; pref=«dark»","n":1}"#,
        "URL_CREDENTIAL|postgres://app:«s3cr3t»@db.local:5432/x",
        "URL_CREDENTIAL|postgres://app:«p@ssw;rd»@db.local:5432/x",
        "URL_CREDENTIAL|postgres://app:«pa/sw#rd»@db.local:5432/x",
        "URL_CREDENTIAL|redis://:«hunter2»@cache:6379/0",
        "URL_CREDENTIAL|https://«x7f9c2d1e4b5»@git.example.com/a.git",
        "-|https://example.com:8080/users/@bob",
        "-|http://example.com/a?b=c@d",
    ]);
}

#[test]
fn command_lines() {
    check(&[
        "PASSWORD|psql --password «hunter2» -h db",
        "PASSWORD|tool --db-password='«hun ter2»' run",
        "API_KEY|tool --api-key «abc123def» run",
        "PASSWORD|mysql -u root -p«hunter2» shop",
        "PASSWORD|sshpass -p '«hunter2»' ssh host",
        "PASSWORD|docker login -u bob -p «hunter2» registry.local",
        "PASSWORD|curl -u bob:«hunter2» https://example.com",
        "PASSWORD|PGPASSWORD=«hunter2» psql",
        "-|docker run -p 8080:80 nginx",
        "-|mysql -u root -p shop",
    ]);
}

#[test]
fn sentences() {
    check(&[
        "PASSWORD|the password is «hunter2»",
        "PASSWORD|password for bob is «hunter2», please change it",
        "PASSWORD|My password: «hunter2»",
        "PASSWORD|login bob password «hunter2»",
        "PASSWORD|set the password to \"«correct»\"",
        "-|the password is required",
        "-|password must be 8 characters",
        "-|password reset for user 12",
        "-|unexpected token 'foo' in JSON at position 12",
        "-|token expired at 2026-11-21",
        "-|basic authentication failed",
        "-|Bearer token missing",
        "-|the secret was rotated",
    ]);
}

#[test]
fn pairs_of_a_named_name_and_a_value() {
    check(&[
        r#"PASSWORD|{"name":"DB_PASSWORD","value":"«hunter2»"}"#,
        r#"PASSWORD|{"name": "DB_PASSWORD", "value": "«hunter2»", "x": 1}"#,
        "PASSWORD|- name: DB_PASSWORD\n  value: «hunter2»\n",
        "PASSWORD|('password', '«hunter2»')",
        "API_KEY|[(b'x-api-key', b'«abc123»')]",
        "PASSWORD|<password>«hunter2»</password>",
        r#"PASSWORD|<password type="plain">«hunter2»</password>"#,
        r#"API_KEY|<add key="ApiKey" value="«abc123»"/>"#,
        "PASSWORD|client.setPassword(\"«hunter2»\")",
        "PASSWORD|config['password'] = '«hunter2»'",
        "PASSWORD|params[password]=«hunter2»",
    ]);
}

#[test]
fn whole_json_values() {
    let redactor = Redactor::new();
    for (text, wanted) in [
        (
            r#"{"credentials":{"user":"bob","k":["a",{"b":1}]},"n":1}"#,
            r#"{"credentials":"[REDACTED:PASSWORD]","n":1}"#,
        ),
        (
            r#"{"m":"{\"secret\":{\"a\":\"}\",\"b\":[1,2]},\"n\":1}"}"#,
            r#"{"m":"{\"secret\":\"[REDACTED:SECRET]\",\"n\":1}"}"#,
        ),
        (
            r#"{"password":null,"token":true}"#,
            r#"{"password":null,"token":true}"#,
        ),
    ] {
        assert_eq!(redactor.redact(text), wanted);
        assert_eq!(redactor.redact(wanted), wanted);
    }
}

#[test]
fn credentials_before_a_host_that_no_scheme_leads() {
    check(&[
        "URL_CREDENTIAL|mount //svc:«hunter2»@files/share",
        "URL_CREDENTIAL|//svc:«p@ss»@files/share",
        "URL_CREDENTIAL|connect app:«hunter2»@db-1:5432 failed",
        "URL_CREDENTIAL|target=app:«correcthorse»@db-1:5432/shop",
        "URL_CREDENTIAL|app:«zaq12wsx»@db-1 is not reachable",
        "URL_CREDENTIAL|jdbc:oracle:thin:app/«hunter2»@//db-1:1521/shop",
        "URL_CREDENTIAL|jdbc:oracle:thin:app/«hunter2»@db-1:1521:shop",
        "-|INVITE sip:bob77@pbx:5060 SIP/2.0",
        "-|image nginx:1.25-alpine3@sha256:0a1b2c",
        "-|npm:wrap-ansi7@7.0.0 npm:es6-shim@latest",
        "-|handle:com.example.Proxy1@2bd79ce",
        "-|callback:onload@script.js:120:15",
        "-|ports 10.0.0.1:8080@eth0",
        "-|// see a:b@c",
    ]);
}

#[test]
fn commands_of_protocols_and_lines_of_configurations() {
    check(&[
        "PASSWORD|a1 LOGIN bob «hunter2»",
        "PASSWORD|C: A042 LOGIN \"bob\" \"«correct horse»\"",
        "PASSWORD|{\"msg\":\"a1 LOGIN bob «hunter»\"}",
        "PASSWORD|. LOGIN bob «hunter2»",
        "-|it is done . LOGIN is open to all",
        "-|user 12 LOGIN failed because of x9x9x9",
        "PASSWORD|requirepass «foobared»",
        "-|requirepass is not set",
        "SECRET|username bob privilege 15 secret «Winter26»",
        "SECRET|username bob secret 5 «abcdef»",
        "SECRET|enable secret «Winter26»",
        "PASSWORD|enable password 7 «0822455D0A16»",
        "-|enable secret rotation",
        "SECRET|secret 5 «$1$mERr$hx5rVt7rPNoS4wqbXKX7m0»",
        "SECRET| secret 9 «$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6»",
        "PASSWORD|line vty 0 4 / password 7 «094F471A1A0A»",
        "-|secret 5 of 9 was shared",
        "-|password 7 12345678 times",
        "-|secret 7 ABCDEF01 is a build",
        "PASSWORD|net user bob «hunter2x» /add",
        "PASSWORD|net use z: \\\\files\\share /user:bob «hunter2»",
        "-|net user bob /delete",
        "PASSWORD|ConvertTo-SecureString \"«correct horse»\" -AsPlainText -Force",
        "-|ConvertTo-SecureString $env:PW -AsPlainText",
        "PASSWORD|echo «hunter2» | sudo -S systemctl restart web",
        "-|echo ready | sudo tee /etc/motd",
        "PASSWORD|FTP Command: bob, \"PASS «correct»\"",
        "PASSWORD|USER bob\r\nPASS «correct»\r\n",
        "-|PASS src/auth/password.test.ts",
        "PASSWORD|ALTER USER app WITH PASSWORD '«correct-horse»'",
        "PASSWORD|mongosh db -u app -p «52979684»",
        "AUTHORIZATION|[0 db:60866] \"AUTH\" \"«x7y8z9a0b1»\"",
    ]);
}

#[test]
fn personal_identification_numbers() {
    check(&[
        "PASSWORD|{\"pin\":\"«8150»\"}",
        "PASSWORD|pin: «463943»",
        "PASSWORD|pincode=«0042»",
        "-|pin=13 level=high",
        "-|pin: 123456789",
        "-|pin: none",
    ]);
}

#[test]
fn pairs_as_programming_languages_print_them() {
    check(&[
        "PASSWORD|[{user,<<\"bob\">>},{password,<<\"«hunter2»\">>}]",
        "PASSWORD|[\"password\"]=> string(7) \"«hunter2»\"",
        "TOKEN|{:user \"bob\", :token \"«cd3040fe-9526-407b»\"}",
        "COOKIE|[Cookie(name='session', value='«e0fcfab0»', domain='x')]",
        "API_KEY|<add key=\"accesskey\" value=\"«6LG9C5X8»\"/>",
        "PASSWORD|pwd → «Michele!38» done",
        "PASSWORD|-Dadmin-pass=«sunshine»",
        "PASSWORD|user bob/pass «hunter2»",
        "PASSWORD|admin pass;«letmein80»;983",
        "TOKEN|token=b\\'«k_kb5OA5kP4H»\\' in x",
    ]);
}

#[test]
fn code_that_gets_a_secret_and_words_about_one_are_left_alone() {
    check(&[
        "-|password = os.environ['DB_PASSWORD']",
        "-|token = process.env.API_TOKEN1",
        "-|password = input('Password: ')",
        "-|self.api_key = api_key",
        "-|password: { type: String, required: true },",
        "-|jwt: token is expired by 3h",
        "-|oauth: response_type=code client_id=web",
        "-|crng init done token=680",
        "-|password=required",
        "-|GET /auth/token 200ms",
        "TOKEN|token=«68012»",
    ]);
}
