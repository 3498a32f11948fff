package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/server"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// serving is what serve can be told.
type serving struct {
	*program
	database *database

	platform *platform

	addr, metricsAddr, proxies *string
	noWork                     *bool
	limits                     server.Limits
}

func serveCommand() command {
	return command{
		name: "serve", summary: "Answer over HTTP",
		details: "The tables are made, or brought up to date, first. SIGINT and SIGTERM let the requests that have\nbegun be answered, and end the program; a second one ends it at once.\n\n" +
			"Traces are sent where OTEL_EXPORTER_OTLP_ENDPOINT names a collector of OpenTelemetry, such as\n" +
			"http://localhost:4318, by OTLP over HTTP; the other OTEL_* variables are understood as well.",
		define: func(p *program, o *options) func(context.Context, []string) error {
			s := &serving{
				program: p, database: databaseOptions(o), platform: platformOptions(o),
				addr:        o.String("addr", "127.0.0.1:8080", "the `address` to listen on"),
				metricsAddr: o.String("metrics-addr", "", "the `address` at which Prometheus finds /metrics; without it there are none"),
				proxies:     o.String("trusted-proxies", "", "the `networks` whose X-Forwarded-For is believed, such as 10.0.0.0/8,fd00::/8"),
			}
			s.noWork = o.Bool("no-work", false, "leave the background work, such as webhooks, to \"clientele work\"")
			standard := server.DefaultLimits()
			o.TextVar(&s.limits.Caller, "rate-caller", standard.Caller, "how often one user or API key may call: 50/s:200 is 50 a second over time, and 200 at once, as a `rate`")
			o.TextVar(&s.limits.Address, "rate-address", standard.Address, "how often one address may call, as a `rate`; of IPv6, one network of 64 bits")
			o.TextVar(&s.limits.Starts, "rate-starts", standard.Starts, "how often one address may begin to answer a public form, as a `rate`")
			o.TextVar(&s.limits.Answers, "rate-answers", standard.Answers, "how often answers of one attempt may be saved or submitted, as a `rate`")
			o.TextVar(&s.limits.Strict, "rate-strict", standard.Strict, "how often one address may log in, register, or do anything else that guesses at secrets or sends mail, each, as a `rate`")
			return s.serve
		},
	}
}

func (s *serving) serve(ctx context.Context, _ []string) (err error) {
	trusted, err := networks("trusted-proxies", *s.proxies)
	if err != nil {
		return err
	}
	// Listening comes first: a second server on the address does no harm to the database.
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *s.addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	db, err := s.database.opened(ctx, s.program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	traces, err := s.traces(ctx, db.Env.Logger())
	if err != nil {
		return err
	}
	if traces != nil {
		defer func() { err = errors.Join(err, flush(ctx, traces)) }()
		db.TraceQueries()
	}
	app, files, err := s.platform.app(ctx, s.database, db, s.reachable(listener.Addr()))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	key, err := s.database.key(*s.platform.keyFile)
	if err != nil {
		return err
	}
	config := server.Config{Version: version(), Key: key, TrustedProxies: trusted, Limits: s.limits}
	if traces != nil {
		config.Traces = traces
	}
	if *s.metricsAddr != "" {
		registry := prometheus.NewRegistry()
		registry.MustRegister(workMetrics{app, db.Env.Logger()})
		config.Metrics = registry
		stop, err := s.serveMetrics(ctx, registry)
		if err != nil {
			return err
		}
		defer stop()
	}
	return s.answer(ctx, listener, app, db, config)
}

// reachable is the URL in links as long as --public-url names no other. An address that
// stands for all of the machine's is none that anybody could call.
func (s *serving) reachable(listening net.Addr) string {
	at, err := netip.ParseAddrPort(listening.String())
	if err != nil || !at.Addr().IsUnspecified() {
		return "http://" + listening.String()
	}
	url := fmt.Sprintf("http://localhost:%d", at.Port())
	if *s.platform.publicURL == "" {
		fmt.Fprintf(s.stderr, "clientele: links in mails lead to %s, which works on this machine only: --public-url says where people reach the server\n", url)
	}
	return url
}

func (s *serving) answer(ctx context.Context, listener net.Listener, app *clientele.Clientele, db *bunstore.DB, config server.Config) error {
	srv, err := server.New(app, db, config)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.stderr, "Clientele listens on http://%s (the API is explained at /docs), with its data in %s\n", listener.Addr(), s.database.name())
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var working sync.WaitGroup
	if !*s.noWork {
		working.Go(func() { _ = app.Work(ctx) }) // it ends without an error
	}
	err = srv.Serve(ctx, listener)
	stop()
	working.Wait()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return errors.Join(err, app.Accounts.Wait(drain))
}

// serveMetrics answers Prometheus, at an address that need not be reachable for others.
func (s *serving) serveMetrics(ctx context.Context, registry *prometheus.Registry) (stop func(), err error) {
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *s.metricsAddr)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = srv.Serve(listener) }() // it ends with the program
	return func() { _ = srv.Close() }, nil
}

// networks reads the list of an option.
func networks(option, list string) (prefixes []netip.Prefix, err error) {
	for text := range strings.SplitSeq(list, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, errUsage{"--" + option + ": " + err.Error()}
		}
		prefixes = append(prefixes, p)
	}
	return prefixes, nil
}
