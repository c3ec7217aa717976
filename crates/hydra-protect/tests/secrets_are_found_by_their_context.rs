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
