package server

import (
	"context"

	"github.com/clientele-crm/clientele/core"
)

// estimateLimit is how far count=estimate counts.
const estimateLimit = 10_000

// Paged is the parameters of every list: embed it in the input.
type Paged struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many items a page has."`
	Cursor string `query:"cursor" doc:"The next of the page before."`
}

// Counted is the parameters of a list that can be counted: embed it instead.
type Counted struct {
	Paged
	Count string `query:"count" enum:"exact,estimate" doc:"Adds total: all of them, or at most 10000 of them, which is cheaper. Without it nothing is counted."`
}

func (p Paged) page() core.Page { return core.Page{Limit: p.Limit, Cursor: p.Cursor} }

// Page is a page of a list.
type Page[T any] struct {
	Items []T     `json:"items"` // the things of this page
	Next  *string `json:"next"`  // the cursor of the next page, or null

	Total         *int   `json:"total,omitempty"`                       // of all pages, if count was asked for
	TotalRelation string `json:"totalRelation,omitempty" enum:"eq,gte"` // gte: there are total or more
}

type pageOf[T any] struct{ Body Page[T] }

// list answers a page.
func list[T any](l core.List[T], err error) (*pageOf[T], error) {
	if err != nil {
		return nil, err
	}
	out := &pageOf[T]{Page[T]{Items: l.Items}}
	if out.Body.Items == nil {
		out.Body.Items = []T{}
	}
	if l.Next != "" {
		out.Body.Next = &l.Next
	}
	return out, nil
}

// counted answers a page, with the total if the caller wants it. Count counts up to a limit, 0
// being none.
func counted[T any](ctx context.Context, in Counted, l core.List[T], err error, count func(ctx context.Context, limit int) (int, error)) (*pageOf[T], error) {
	out, err := list(l, err)
	if err != nil || in.Count == "" {
		return out, err
	}
	limit := 0
	if in.Count == "estimate" {
		limit = estimateLimit
	}
	n, err := count(ctx, limit)
	if err != nil {
		return nil, err
	}
	out.Body.Total, out.Body.TotalRelation = &n, "eq"
	if limit > 0 && n >= limit {
		out.Body.TotalRelation = "gte"
	}
	return out, nil
}
