package assessment

import (
	"context"
	"sync"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// minDistribution is how many final results a version has to have before who submitted is shown
// how they are distributed: of fewer, a newcomer could be told by what has changed.
const minDistribution = 30

// distributionAge is how long a distribution is shown before it is counted again: counting reads
// every result of the version, and anybody with a token may read their page again and again.
const distributionAge = time.Minute

// distributions keeps what was counted a moment ago. It is safe for concurrent use.
type distributions struct {
	mu    sync.Mutex
	known map[scorerKey]distribution
}

type distribution struct {
	steps []int
	at    time.Time
}

// distribution counts the final results of a version in ten steps of 10 %; nil: there are too
// few.
func (tx Tx) distribution(ctx context.Context, version core.ID[Version]) ([]int, error) {
	key, now := scorerKey{tx.Scope.Company, version}, tx.Env.Time()
	if tx.Scorers != nil {
		if d, ok := tx.Scorers.counted.get(key); ok && now.Sub(d.at) < distributionAge {
			return d.steps, nil
		}
	}
	steps, err := tx.Store.Distribution(ctx, version)
	if err != nil {
		return nil, err
	}
	all := 0
	for _, n := range steps {
		all += n
	}
	if all < minDistribution {
		steps = nil
	}
	if tx.Scorers != nil {
		tx.Scorers.counted.put(key, distribution{steps, now})
	}
	return steps, nil
}

func (d *distributions) get(key scorerKey) (distribution, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found, ok := d.known[key]
	return found, ok
}

func (d *distributions) put(key scorerKey, now distribution) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.known) >= maxScorers || d.known == nil {
		d.known = map[scorerKey]distribution{}
	}
	d.known[key] = now
}
