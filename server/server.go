package server

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// Config is what a server can be told. Its zero value works.
type Config struct {
	Version string        // of the program, for the document
	Log     *slog.Logger  // nil: the database's Env.Log
	Auth    Authenticator // who the callers are; nil: package identity knows
	Limits  Limits

	// Key makes the hashes of requests with an Idempotency-Key unguessable. Servers over one
	// database need the same.
	Key []byte

	Metrics prometheus.Registerer // nil: nothing is measured

	// Traces gets a span of each request, named by its route; nil: none. Those of the queries
	// in it come with [bunstore.DB.TraceQueries]. No span has people's data in it.
	Traces trace.TracerProvider

	// TrustedProxies are the networks whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix

	HeaderTime, BodyTime time.Duration // how long a sender may take; 0: 5 s and 15 s
}

// Server is Clientele as an [http.Handler]. It is safe for concurrent use.
type Server struct {
	app    *clientele.Clientele
	db     *bunstore.DB
	config Config
	log    *slog.Logger
	auth   Authenticator

	answers               Answers
	swept                 atomic.Int64 // when old answers were removed, in Unix nanoseconds
	callers, from, strict *limiter
	starts, answering     *limiter // of public forms
	draining              atomic.Bool
	streams               context.Context // of answers without an end: over when the server stops
	endStreams            context.CancelFunc
	metrics               *metrics
	tracer                *tracer

	routes      *routes
	mux         *http.ServeMux // of the routes
	handler     http.Handler
	crossOrigin *http.CrossOriginProtection
}

// New is a server of app, whose rows are in db.
func New(app *clientele.Clientele, db *bunstore.DB, config Config) (*Server, error) {
	config.Version = cmp.Or(config.Version, "dev")
	s := &Server{
		app: app, db: db, config: config, auth: config.Auth, answers: db,
		log: config.Log, routes: newRoutes(),
		crossOrigin: http.NewCrossOriginProtection(), tracer: newTracer(config.Traces),
	}
	s.mux = s.routes.mux
	s.streams, s.endStreams = context.WithCancel(context.Background())
	if s.auth == nil {
		s.auth = identityAuth{app}
	}
	limits := config.Limits.withDefaults()
	s.callers, s.from, s.strict = newLimiter(limits.Caller), newLimiter(limits.Address), newLimiter(limits.Strict)
	s.starts, s.answering = newLimiter(limits.Starts), newLimiter(limits.Answers)
	if s.log == nil {
		s.log = db.Env.Logger()
	}
	var err error
	if s.metrics, err = newMetrics(config.Metrics); err != nil {
		return nil, err
	}
	for _, op := range Operations() {
		s.routes.handle(op, s.served(op))
	}
	s.documents()
	s.linkPages()
	s.formPages()
	s.bookingPages()
	s.clientPages()
	s.feedPage()
	s.health()
	s.handler = s.observe(namesFiles(s.routes))
	return s, nil
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }
