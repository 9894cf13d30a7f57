//! Logs to standard error, and traces where they are asked for.

use anyhow::Context;
use gateway::config::{LogConfig, LogFormat};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// Whether this gateway was built to send traces.
const SENDS_TRACES: bool = cfg!(feature = "otel");

/// Ends what is still to be sent when it is dropped.
pub(crate) struct Logging {
    #[cfg(feature = "otel")]
    traces: Option<opentelemetry_sdk::trace::SdkTracerProvider>,
}

/// Starts to log. Once in a process.
pub(crate) fn start(config: &LogConfig) -> anyhow::Result<Logging> {
    check(config, SENDS_TRACES)?;
    let filter = EnvFilter::try_from_default_env();
    let filter = filter.or_else(|_| EnvFilter::try_new(&config.filter));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match config.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let lines = lines.with_filter(filter.context("log.filter")?);
    start_with(lines.boxed(), config)
}

/// Whoever asks for traces gets them, or is told.
fn check(config: &LogConfig, sends_traces: bool) -> anyhow::Result<()> {
    anyhow::ensure!(
        sends_traces || config.otlp_endpoint.is_none(),
        "log.otlp_endpoint: this gateway was built without the feature otel"
    );
    Ok(())
}

#[cfg(not(feature = "otel"))]
fn start_with(
    lines: Box<dyn Layer<Registry> + Send + Sync>,
    _: &LogConfig,
) -> anyhow::Result<Logging> {
    tracing_subscriber::registry().with(lines).try_init()?;
    Ok(Logging {})
}

#[cfg(feature = "otel")]
fn start_with(
    lines: Box<dyn Layer<Registry> + Send + Sync>,
    config: &LogConfig,
) -> anyhow::Result<Logging> {
    use opentelemetry::trace::TracerProvider;
    let traces = config.otlp_endpoint.as_deref().map(exporting).transpose()?;
    let spans = traces.as_ref().map(|traces| {
        // Requests and what happens in them; never what libraries say of their bytes.
        tracing_opentelemetry::layer()
            .with_tracer(traces.tracer("gateway"))
            .with_filter(EnvFilter::new("gateway=info"))
    });
    tracing_subscriber::registry()
        .with(lines)
        .with(spans)
        .try_init()?;
    Ok(Logging { traces })
}

#[cfg(feature = "otel")]
fn exporting(endpoint: &str) -> anyhow::Result<opentelemetry_sdk::trace::SdkTracerProvider> {
    use opentelemetry_otlp::WithExportConfig;
    // The exporter's client takes the process's TLS provider, which is the same as elsewhere here.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_endpoint(endpoint)
        .build()
        .context("log.otlp_endpoint")?;
    let resource = opentelemetry_sdk::Resource::builder().with_service_name("hanpyo-gateway");
    Ok(opentelemetry_sdk::trace::SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource.build())
        .build())
}

#[cfg(feature = "otel")]
impl Drop for Logging {
    fn drop(&mut self) {
        // What cannot be sent any more is not worth waiting for.
        let _ = self.traces.take().map(|traces| traces.shutdown());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_never_silently_not_sent() {
        let mut config = LogConfig::default();
        assert!(check(&config, false).is_ok());
        config.otlp_endpoint = Some("http://127.0.0.1:4318/v1/traces".into());
        assert!(check(&config, true).is_ok());
        let refused = check(&config, false).unwrap_err().to_string();
        assert!(refused.contains("log.otlp_endpoint"), "{refused}");
    }
}
