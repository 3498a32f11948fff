package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/clientele-crm/clientele"
)

// workMetrics tells Prometheus how the background work is, as of the moment that it asks.
type workMetrics struct {
	app *clientele.Clientele
	log *slog.Logger
}

var (
	jobsLive    = prometheus.NewDesc("clientele_jobs_live", "Jobs that wait or run, counted up to 100000.", []string{"queue"}, nil)
	jobsDead    = prometheus.NewDesc("clientele_jobs_dead", "Jobs that have failed for good, counted up to 100000.", []string{"queue"}, nil)
	jobsOldest  = prometheus.NewDesc("clientele_jobs_oldest_seconds", "For how long the first job has been due.", []string{"queue"}, nil)
	jobAttempts = prometheus.NewDesc("clientele_job_attempts_total", "Attempts at jobs that this program has made.", []string{"kind", "outcome"}, nil)
	eventLag    = prometheus.NewDesc("clientele_events_behind", "Positions of the outbox that a subscriber has not been given.", []string{"subscriber"}, nil)
)

// Describe implements [prometheus.Collector].
func (m workMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{jobsLive, jobsDead, jobsOldest, jobAttempts, eventLag} {
		out <- d
	}
}

// Collect implements [prometheus.Collector]. What the database does not answer is left out.
func (m workMetrics) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, label string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, label)
	}
	work, err := m.app.Jobs.Metrics(ctx)
	if err != nil {
		m.log.WarnContext(ctx, "the background work cannot be measured", "error", err)
		return
	}
	for queue, depth := range work.Queues {
		gauge(jobsLive, float64(depth.Live), queue)
		gauge(jobsDead, float64(depth.Dead), queue)
		gauge(jobsOldest, depth.Oldest.Seconds(), queue)
	}
	for kind, n := range work.Kinds {
		for outcome, count := range map[string]uint64{"done": n.Done, "failed": n.Failed, "dead": n.Dead, "snoozed": n.Snoozed} {
			out <- prometheus.MustNewConstMetric(jobAttempts, prometheus.CounterValue, float64(count), kind, outcome)
		}
	}
	cursors, err := m.app.Relay.Cursors(ctx)
	if err != nil {
		m.log.WarnContext(ctx, "the relay of events cannot be measured", "error", err)
		return
	}
	for _, c := range cursors {
		gauge(eventLag, float64(c.Behind), c.Name)
	}
}
