package jobs

import (
	"context"
	"maps"
	"sync"
	"time"
)

// Metrics is how a worker and its queues are, as plain numbers.
type Metrics struct {
	Queues map[string]Depth // in the database, whoever works on it
	Kinds  map[string]Count // of this worker since it was made

	// PerSecond is how many attempts this worker finished a second, over the last minute.
	PerSecond float64
}

// Count is what became of attempts at jobs.
type Count struct {
	Done    uint64 `json:"done"`
	Failed  uint64 `json:"failed"`  // and tried again
	Dead    uint64 `json:"dead"`    // failed for good
	Snoozed uint64 `json:"snoozed"` // put off by their handler, or given back
}

// maxDepth is where counting a queue ends: a number to be alarmed by costs no more than that.
const maxDepth = 100_000

// Metrics measures the queues of the worker's kinds. It asks the database twice a queue.
func (w *Worker) Metrics(ctx context.Context) (Metrics, error) {
	m := Metrics{Queues: map[string]Depth{}}
	for _, q := range w.queues() {
		depth, err := w.store.Depth(ctx, q.name, w.store.Env().Time(), maxDepth)
		if err != nil {
			return Metrics{}, err
		}
		m.Queues[q.name] = depth
	}
	m.Kinds, m.PerSecond = w.counts.read(time.Now())
	return m, nil
}

// counts counts outcomes, and when they were, by the second.
type counts struct {
	mu      sync.Mutex
	kinds   map[string]Count
	seconds [60]struct {
		second int64
		n      int
	}
}

// add counts a batch, of which so many were kept.
func (c *counts) add(batch []finished, kept int, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kinds == nil {
		c.kinds = map[string]Count{}
	}
	for _, f := range batch {
		n := c.kinds[f.Kind]
		switch {
		case f.Outcome.State == Done:
			n.Done++
		case f.Outcome.State == Dead:
			n.Dead++
		case f.Uncount:
			n.Snoozed++
		default:
			n.Failed++
		}
		c.kinds[f.Kind] = n
	}
	s := &c.seconds[now.Unix()%60]
	if s.second != now.Unix() {
		s.second, s.n = now.Unix(), 0
	}
	s.n += kept
}

func (c *counts) read(now time.Time) (kinds map[string]Count, perSecond float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.seconds {
		if age := now.Unix() - s.second; 0 <= age && age < 60 {
			perSecond += float64(s.n) / 60
		}
	}
	return maps.Clone(c.kinds), perSecond
}
