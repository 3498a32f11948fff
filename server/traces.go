package server

import (
	"net/http"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// tracer makes a span of each request. A nil *tracer makes none.
type tracer struct{ trace.Tracer }

func newTracer(p trace.TracerProvider) *tracer {
	if p == nil {
		return nil
	}
	return &tracer{p.Tracer("github.com/clientele-crm/clientele/server")}
}

// methods are those that a span names; anything else may be a caller's own text.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
	http.MethodDelete, http.MethodOptions, http.MethodConnect, http.MethodTrace,
}

// begin is the request in a span, below the one that its traceparent names.
func (t *tracer) begin(r *http.Request, requestID string) *http.Request {
	if t == nil {
		return r
	}
	method := "_OTHER"
	if slices.Contains(methods, r.Method) {
		method = r.Method
	}
	ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, _ = t.Start(ctx, method, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.request.method", method),
		attribute.String("clientele.request.id", requestID), // finds it in the log
	))
	return r.WithContext(ctx)
}

// end names the span by the pattern of its route. Like the log it has neither the path nor the
// query, which may hold secrets and names.
func (t *tracer) end(r *http.Request, status int) {
	if t == nil {
		return
	}
	span := trace.SpanFromContext(r.Context())
	defer span.End()
	if r.Pattern != "" {
		span.SetName(r.Pattern)
		span.SetAttributes(attribute.String("http.route", r.Pattern))
	}
	if status == 0 { // nothing was written: net/http answers 200
		status = http.StatusOK
	}
	span.SetAttributes(attribute.Int("http.response.status_code", status))
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
}
