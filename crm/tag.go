package crm

import (
	"context"

	"github.com/clientele-crm/clientele/core"
)

// Tag is a tag and how many live contacts have it, of those that the actor sees. Spellings
// that differ only in case and accents are one tag.
type Tag struct {
	Name  string `json:"name"`  // one of its spellings
	Count int    `json:"count"` // of the contacts that have it
}

// Tags lists the tags in use that begin with prefix, without case and accents, in the order
// of their folded names: at most limit, which is as of [core.Page].
func (s *Contacts) Tags(ctx context.Context, prefix string, limit int) ([]Tag, error) {
	if err := s.require(core.ContactsRead); err != nil {
		return nil, err
	}
	limit, err := core.Page{Limit: limit}.Size()
	if err != nil {
		return nil, err
	}
	var f core.Faults
	prefix = f.Line("/prefix", prefix, maxLabel)
	if err := f.Err(); err != nil {
		return nil, err
	}
	return s.work.Plain().Store.Tags(ctx, core.Fold(prefix), limit)
}
