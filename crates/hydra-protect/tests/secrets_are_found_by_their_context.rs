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
