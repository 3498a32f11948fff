package assessment

import (
	"context"
	"sync"

	"github.com/clientele-crm/clientele/core"
)

// maxScorers bounds the memory of a [Scorers]: twice as many versions are kept at most.
const maxScorers = 200

// Scorers keeps compiled versions, which never change. It is safe for concurrent use. Those that
// have not been used for longest are forgotten, a generation at a time.
type Scorers struct {
	mu         sync.Mutex
	young, old map[scorerKey]*compiled
	counted    distributions
}

type scorerKey struct {
	company core.CompanyID
	version core.ID[Version]
}

// compiled is a version with its scorer.
type compiled struct {
	Version
	*Scorer
}

// NewScorers is an empty one.
func NewScorers() *Scorers { return &Scorers{young: map[scorerKey]*compiled{}} }

func (s *Scorers) get(key scorerKey) *compiled {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.young[key]; c != nil {
		return c
	}
	c := s.old[key]
	if c != nil {
		s.put(key, c)
	}
	return c
}

// put keeps c; the caller holds the lock.
func (s *Scorers) put(key scorerKey, c *compiled) {
	if len(s.young) >= maxScorers {
		s.old, s.young = s.young, map[scorerKey]*compiled{}
	}
	s.young[key] = c
}

// version reads a version and compiles it, or finds it among those that are compiled.
func (tx Tx) version(ctx context.Context, id core.ID[Version]) (*compiled, error) {
	key := scorerKey{tx.Scope.Company, id}
	if c := tx.Scorers.get(key); c != nil {
		return c, nil
	}
	v, err := tx.Store.Version(ctx, id)
	if err != nil {
		return nil, err
	}
	scorer, err := Compile(v.Definition)
	if err != nil {
		return nil, err
	}
	c := &compiled{v, scorer}
	// What a transaction reads may never be committed, and then nobody asks for it again.
	if tx.Scorers != nil {
		tx.Scorers.mu.Lock()
		defer tx.Scorers.mu.Unlock()
		tx.Scorers.put(key, c)
	}
	return c, nil
}
