package bunstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/clientele-crm/clientele/core"
)

// TraceQueries makes every query a span below that of its context, at the provider which that
// one came from; where there is none, or none that is recorded, it costs next to nothing. A
// span has the operation, the table and the kind of an error, and no SQL: its values are
// people's data. Call it once, before the first use of the database.
func (db *DB) TraceQueries() {
	db.tracer = &queryTracer{db}
	db.Hook(queryTracer{db})
}

// Hook has h see every query with its values, which are people's data: for tests and while
// developing. Call it before the first use of the database.
func (db *DB) Hook(h bun.QueryHook) {
	shared := db.read == db.write
	db.write = db.write.WithQueryHook(h)
	if shared {
		db.read = db.write
		return
	}
	db.read = db.read.WithQueryHook(h)
}

// traced begins the span of a statement that Bun does not run.
func (db *DB) traced(ctx context.Context, e *bun.QueryEvent) (context.Context, *bun.QueryEvent) {
	if db.tracer != nil {
		ctx = db.tracer.BeforeQuery(ctx, e)
	}
	return ctx, e
}

func (db *DB) tracedEnd(ctx context.Context, e *bun.QueryEvent) {
	if db.tracer != nil {
		db.tracer.AfterQuery(ctx, e)
	}
}

// queryTracer implements [bun.QueryHook].
type queryTracer struct{ db *DB }

func (t queryTracer) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx
	}
	name := e.Operation()
	attributes := []attribute.KeyValue{
		attribute.String("db.system.name", t.system()),
		attribute.String("db.operation.name", name),
	}
	// A query's own name for its table may be an expression, with values in it.
	if m, ok := e.Model.(interface{ Table() *schema.Table }); ok && m.Table() != nil {
		name += " " + m.Table().Name
		attributes = append(attributes, attribute.String("db.collection.name", m.Table().Name))
	}
	ctx, span := parent.TracerProvider().Tracer("github.com/clientele-crm/clientele/store/bunstore").
		Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attributes...))
	if e.Stash == nil {
		e.Stash = map[any]any{}
	}
	e.Stash[queryTracer{}] = span
	return ctx
}

// system is what OpenTelemetry calls the database.
func (t queryTracer) system() string {
	if t.db.dialect.Name == "postgres" {
		return "postgresql"
	}
	return t.db.dialect.Name
}

func (t queryTracer) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	span, ok := e.Stash[queryTracer{}].(trace.Span)
	if !ok {
		return
	}
	defer span.End()
	if e.Err == nil || errors.Is(e.Err, sql.ErrNoRows) {
		return
	}
	kind := "_OTHER"
	if known := new(core.Error); errors.As(t.db.fail(e.Err), &known) {
		kind = known.Kind.Error()
	}
	span.SetStatus(codes.Error, "") // the database's own words may have values in them
	span.SetAttributes(attribute.String("error.type", kind))
}
