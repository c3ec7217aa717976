//! All counts of a logger as Prometheus reads them: the text format 0.0.4
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>).

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use hydra_core::metrics::LatencySnapshot;
use hydra_core::{DestinationSnapshot, Level};
#[cfg(feature = "async")]
use hydra_delivery::queue::DropReason;

use crate::Metrics;

impl Metrics {
    /// The counts in the text format that Prometheus scrapes: counters end in `_total`, times are
    /// summaries in seconds, and every name begins with `hydra_`.
    ///
    /// ```
    /// let logger = hydra_logger::Logger::new();
    /// logger.info("APP", "one");
    /// let text = logger.metrics().to_prometheus();
    /// assert!(text.contains("hydra_layer_records_total{layer=\"APP\",level=\"INFO\"} 1\n"));
    /// ```
    pub fn to_prometheus(&self) -> String {
        let mut page = Page::default();
        self.layers(&mut page);
        self.destinations(&mut page);
        page.counter("hydra_redacted", "Values that were redacted.");
        for (detector, count) in &self.redacted {
            page.sample("_total", &[("detector", detector)], count);
        }
        page.counter("hydra_threats", "Records that held a threat.");
        for (threat, count) in &self.threats {
            page.sample("_total", &[("threat", threat)], count);
        }
        #[cfg(feature = "async")]
        self.engine(&mut page);
        page.text
    }

    fn layers(&self, page: &mut Page) {
        page.counter(
            "hydra_layer_records",
            "Records that passed the level check.",
        );
        for (layer, counts) in &self.layers {
            page.by_level(&[("layer", layer)], &counts.by_level);
        }
        page.counter(
            "hydra_layer_bytes",
            "Bytes that destinations took of a layer.",
        );
        for (layer, counts) in &self.layers {
            page.sample("_total", &[("layer", layer)], &counts.bytes);
        }
        let help = "Lines of a layer that a destination did not take.";
        page.counter("hydra_layer_dropped", help);
        for (layer, counts) in &self.layers {
            page.sample("_total", &[("layer", layer)], &counts.dropped);
        }
        let help = "How long a call took; one record in 128 is measured.";
        page.summary("hydra_layer_call_seconds", help);
        for (layer, counts) in &self.layers {
            page.latency(("layer", layer), &counts.latency);
        }
    }

    fn destinations(&self, page: &mut Page) {
        // Two that differ in their settings alone have one name here, and then no times.
        let mut destinations: BTreeMap<&str, DestinationSnapshot> = BTreeMap::new();
        for destination in &self.destinations {
            let counts = &destination.counts;
            destinations
                .entry(&destination.name)
                .and_modify(|sum| {
                    sum.add(counts);
                    sum.latency = LatencySnapshot::default();
                })
                .or_insert_with(|| counts.clone());
        }
        page.counter(
            "hydra_destination_records",
            "Lines that a destination took.",
        );
        for (name, counts) in &destinations {
            page.by_level(&[("destination", name)], &counts.by_level);
        }
        page.counter("hydra_destination_bytes", "Bytes that a destination took.");
        for (name, counts) in &destinations {
            page.sample("_total", &[("destination", name)], &counts.bytes);
        }
        page.counter(
            "hydra_destination_dropped",
            "Lines that a destination lost.",
        );
        for (name, counts) in &destinations {
            page.sample("_total", &[("destination", name)], &counts.dropped);
        }
        page.counter("hydra_destination_errors", "Operations that failed.");
        for (name, counts) in &destinations {
            page.sample("_total", &[("destination", name)], &counts.errors);
        }
        page.summary("hydra_destination_write_seconds", "How long writing took.");
        for (name, counts) in &destinations {
            page.latency(("destination", name), &counts.latency);
        }
        let replaced = "Lines lost by destinations of configurations that were replaced.";
        page.counter("hydra_replaced_destinations_dropped", replaced);
        page.sample("_total", &[], &self.replaced_destinations.dropped);
    }

    #[cfg(feature = "async")]
    fn engine(&self, page: &mut Page) {
        let Some(engine) = &self.engine else {
            return;
        };
        page.counter("hydra_engine_accepted", "Calls that the engine took.");
        page.sample("_total", &[], &engine.accepted);
        page.counter(
            "hydra_engine_dispatched",
            "Calls that went through the pipeline.",
        );
        page.sample("_total", &[], &engine.dispatched);
        page.gauge(
            "hydra_engine_queued",
            "Calls that wait before the pipeline.",
        );
        page.sample("", &[], &engine.queued);
        page.counter("hydra_engine_refused", "Calls that found no room.");
        for ((layer, level, reason), count) in &engine.refused {
            let labels = [
                ("layer", layer.as_str()),
                ("level", level.name()),
                ("reason", &reason.to_string()),
            ];
            page.sample("_total", &labels, count);
        }
        page.gauge(
            "hydra_queue_records",
            "Lines that wait for their destination.",
        );
        for (name, counts) in &self.queues {
            page.sample("", &[("destination", name)], &counts.queued);
        }
        page.counter(
            "hydra_queue_dropped",
            "Lines that left a queue undelivered.",
        );
        for (name, counts) in &self.queues {
            for reason in DropReason::ALL {
                let labels = [("destination", name.as_str()), ("reason", reason.name())];
                page.sample("_total", &labels, &counts.dropped.of(reason));
            }
        }
    }
}

/// The page that is written.
#[derive(Default)]
struct Page {
    text: String,
    name: &'static str,
}

impl Page {
    fn counter(&mut self, name: &'static str, help: &str) {
        // The type is that of the samples' name.
        self.begin(name, "_total", "counter", help);
    }

    #[cfg(feature = "async")]
    fn gauge(&mut self, name: &'static str, help: &str) {
        self.begin(name, "", "gauge", help);
    }

    fn summary(&mut self, name: &'static str, help: &str) {
        self.begin(name, "", "summary", help);
    }

    fn begin(&mut self, name: &'static str, ending: &str, kind: &str, help: &str) {
        self.name = name;
        self.write(format_args!(
            "# HELP {name}{ending} {help}\n# TYPE {name}{ending} {kind}\n"
        ));
    }

    /// A sample of what was begun last.
    fn sample(&mut self, ending: &str, labels: &[(&str, &str)], value: &dyn fmt::Display) {
        self.text.push_str(self.name);
        self.text.push_str(ending);
        for (i, (label, value)) in labels.iter().enumerate() {
            let before = if i == 0 { '{' } else { ',' };
            let value = value
                .replace('\\', r"\\")
                .replace('"', "\\\"")
                .replace('\n', r"\n");
            self.write(format_args!("{before}{label}=\"{value}\""));
        }
        if !labels.is_empty() {
            self.text.push('}');
        }
        self.write(format_args!(" {value}\n"));
    }

    fn by_level(&mut self, labels: &[(&str, &str); 1], counts: &[u64; Level::ALL.len()]) {
        for (level, count) in Level::ALL.iter().zip(counts) {
            self.sample("_total", &[labels[0], ("level", level.name())], count);
        }
    }

    fn latency(&mut self, label: (&str, &str), latency: &LatencySnapshot) {
        for (quantile, value) in [
            ("0.5", latency.p50),
            ("0.99", latency.p99),
            ("0.999", latency.p999),
        ] {
            self.sample("", &[label, ("quantile", quantile)], &value.as_secs_f64());
        }
        let sum = latency.mean.as_secs_f64() * latency.count as f64;
        self.sample("_sum", &[label], &sum);
        self.sample("_count", &[label], &latency.count);
    }

    fn write(&mut self, text: fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.text.write_fmt(text);
    }
}
