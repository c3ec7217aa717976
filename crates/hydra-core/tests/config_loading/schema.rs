//! The decoder and the JSON Schema take the same.

use hydra_core::config::{Value, load_value, schema};

use super::VALIDATOR;

/// Values of every kind that some key takes, and some that none does.
fn values() -> Vec<Value> {
    let words = "INFO info warn 20 json plain auto never 5MB 0 0KB -5MB 1.5KB 5XB unlimited 500ms \
                 1.5s utc +02:00 +25:00 0640 640 0o640 7777 00640 red bright-red dark stdout daily \
                 aws http://h a.log logs/ %d 0.0MB 00012 5TiB 5TB 1GiB 2d 3ns";
    let mut values: Vec<Value> = words.split_whitespace().map(Value::from).collect();
    values.extend(["", " ", "5 mb", "7 d", " 5MB ", "plain text", "a\nb"].map(Value::from));
    values.extend([
        Value::Null,
        true.into(),
        false.into(),
        2.5.into(),
        (-0.5).into(),
    ]);
    values.extend([0, 1, 9, 10, 20, 25, -1, 640, 1 << 40, i64::MAX].map(Value::Int));
    values.extend([
        Value::List(vec![]),
        Value::List(vec!["a".into()]),
        Value::Map(vec![]),
    ]);
    values.push(Value::map([("a", "b".into())]));
    values.push(Value::map([("force_flush", true.into())]));
    values.push(Value::map([("error", "red".into())]));
    values
}

/// Every key with every value: what the decoder takes, the schema takes, and nothing more.
#[test]
fn decoder_and_schema_agree_on_every_key_and_value() {
    // What exists, and whether a template is one, only the decoder knows.
    let beyond = ["extends", "include", "theme", "time_zone"];
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    let keys = |properties: &serde_json::Value| -> Vec<String> {
        let keys = properties["properties"].as_object().unwrap().keys();
        let keys = keys.filter(|key| !beyond.contains(&key.as_str()) && !key.ends_with("_format"));
        keys.cloned().collect()
    };
    for (key, value) in pairs(&keys(&schema)) {
        agree(&Value::map([(key, value)]));
    }
    for kind in [
        "console",
        "file",
        "http",
        "async_database",
        "Queue",
        "cloud",
        "fil",
    ] {
        for (key, value) in pairs(&keys(&schema["$defs"]["destination"])) {
            let mut destination = vec![
                ("type".to_owned(), Value::from(kind)),
                ("path".to_owned(), "a.log".into()),
                ("url".to_owned(), "http://h".into()),
                ("connection_string".to_owned(), "db".into()),
                ("queue_url".to_owned(), "q".into()),
                ("service_type".to_owned(), "aws".into()),
            ];
            destination.retain(|(name, _)| *name != key);
            destination.push((key, value));
            let layer = Value::map([("destinations", vec![Value::Map(destination)].into())]);
            agree(&Value::map([("layers", Value::map([("APP", layer)]))]));
        }
    }
}

fn pairs(keys: &[String]) -> Vec<(String, Value)> {
    let pair = |key: &String| {
        values()
            .into_iter()
            .map(|v| (key.clone(), v))
            .collect::<Vec<_>>()
    };
    keys.iter().flat_map(pair).collect()
}

fn agree(tree: &Value) {
    let decoder = load_value(tree);
    let json = as_json(tree);
    let mode = json.pointer("/layers/APP/destinations/0/mode");
    if mode.is_some_and(serde_json::Value::is_i64) {
        // 640 is no octal number, 0o640 is: a schema sees only the number.
        return;
    }
    let schema = VALIDATOR.is_valid(&json);
    assert_eq!(decoder.is_ok(), schema, "{json}: {:?}", decoder.err());
}

fn as_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Text(text) => text.clone().into(),
        Value::List(items) => items.iter().map(as_json).collect(),
        Value::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.clone(), as_json(value)));
            serde_json::Value::Object(entries.collect())
        }
    }
}
