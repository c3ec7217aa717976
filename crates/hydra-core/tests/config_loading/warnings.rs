//! What is taken, and told to have no effect or not to be there in this build.

use hydra_core::config::{Config, DestinationKind, ProblemKind, Syntax, Value, load_text};
use hydra_core::pipeline::Assembly;

use super::yaml;

#[test]
fn a_network_type_passes_with_a_warning_that_names_the_feature() {
    let loaded = yaml(
        "layers: {A: {destinations: [{type: async_http, url: 'http://h', extra: {batch: 5}}]}}",
    );
    let [warning] = loaded.warnings.as_slice() else {
        panic!("{:?}", loaded.warnings);
    };
    assert_eq!(
        warning.to_string(),
        "<text>:1:36: layers.A.destinations[0]: this build has no async_http: it needs the \
         feature `http`"
    );
    assert_eq!(warning.kind, ProblemKind::NotBuilt);
    let DestinationKind::Network(network) = &loaded.config.layers["A"].destinations[0].kind else {
        panic!("not a network destination");
    };
    assert_eq!(network.extra["batch"], Value::Int(5));
}

#[test]
fn a_key_of_another_type_is_a_warning() {
    let loaded = yaml("layers: {A: {destinations: [{type: console, max_size: 5MB}]}}");
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "<text>:1:45: layers.A.destinations[0].max_size: has no effect on type console, only \
             on file",
        ]
    );
}

#[test]
fn a_file_that_is_written_in_two_ways_is_a_warning() {
    let loaded = yaml(
        "
layers:
  A: {destinations: [{type: file, path: a.log}, {type: file, path: b.log}]}
  B: {destinations: [{type: file, path: a.log}, {type: file, path: b.log, format: json}]}
  C: {destinations: [{type: file, path: a.log, max_size: 1KB, format: plain}]}
",
    );
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "<text>:4:21: layers.B.destinations[1]: b.log is written by layers.A.destinations[1] \
             too, in another format",
            "<text>:5:21: layers.C.destinations[0]: a.log is written by layers.A.destinations[0] \
             too, with other settings of rotation, buffer or mode",
        ]
    );
}

#[test]
fn compression_is_a_warning_in_a_build_without_it() {
    let text = "layers: { A: { destinations: [{ type: file, path: a.log, compress: true }] } }";
    let loaded = load_text(text, Syntax::Yaml).unwrap();
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    if cfg!(feature = "gzip") {
        assert!(warnings.is_empty(), "{warnings:?}");
    } else {
        assert!(warnings[0].contains("the feature `gzip`"), "{warnings:?}");
    }
}

#[test]
fn compression_is_refused_where_a_logger_is_made_in_a_build_without_it() {
    let config = Config::builder()
        .layer("A", |layer| layer.file("a.log", |file| file.compress(true)))
        .build()
        .unwrap();
    let error = Assembly::new(&config, None).err().map(|e| e.to_string());
    let expected = "layers.A.destinations[0].compress: this build has no gzip compression; it \
                    comes with the feature \"gzip\"";
    let expected = cfg!(not(feature = "gzip")).then_some(expected);
    assert_eq!(error.as_deref(), expected);
}
