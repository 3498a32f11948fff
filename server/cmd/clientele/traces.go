package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

// tracesTime is how long the last spans may take to get out when the program ends.
const tracesTime = 5 * time.Second

// tracing reports whether OpenTelemetry's variables ask for traces: they name a collector, or
// an exporter.
func (p *program) tracing() (bool, error) {
	first := func(names ...string) string {
		for _, name := range names {
			if value, ok := p.env(name); ok && value != "" {
				return value
			}
		}
		return ""
	}
	exporter := first("OTEL_TRACES_EXPORTER")
	endpoint := first("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
	protocol := first("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
	switch {
	case first("OTEL_SDK_DISABLED") == "true", exporter == "none", exporter == "" && endpoint == "":
		return false, nil
	case exporter != "" && exporter != "otlp":
		return false, errUsage{"OTEL_TRACES_EXPORTER has to be otlp or none"}
	case protocol != "" && protocol != "http/protobuf":
		return false, errUsage{"traces are sent by OTLP over http/protobuf only: that is what OTEL_EXPORTER_OTLP_PROTOCOL has to be"}
	}
	return true, nil
}

// traces is where spans go, or nil if nobody asked for them. Where the collector is, what is
// sampled and what the service is called the OTEL_* variables say.
func (p *program) traces(ctx context.Context, log *slog.Logger) (*trace.TracerProvider, error) {
	if on, err := p.tracing(); !on {
		return nil, err
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		log.Warn("traces", slog.Any("error", err))
	}))
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, err
	}
	about, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "clientele"), attribute.String("service.version", version())),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, errors.Join(errUsage{"OTEL_RESOURCE_ATTRIBUTES: " + err.Error()}, exporter.Shutdown(ctx))
	}
	return trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(about)), nil
}

// flush sends the last spans. A collector that does not answer does not hold up the end for long.
func flush(ctx context.Context, traces *trace.TracerProvider) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tracesTime)
	defer cancel()
	return traces.Shutdown(ctx)
}
