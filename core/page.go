package core

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"iter"

	"github.com/google/uuid"
)

// The size of a page, in items.
const (
	DefaultPageLimit = 50
	MaxPageLimit     = 200
)

// Page asks for a part of a list: the first, or the one after a cursor.
type Page struct {
	Cursor string // List.Next of the page before; empty: the first page
	Limit  int    // 1 to MaxPageLimit; 0: DefaultPageLimit
}

// Size is the page's limit with its default, or [ErrInvalid] if it is out of range.
func (p Page) Size() (int, error) {
	switch {
	case p.Limit == 0:
		return DefaultPageLimit, nil
	case p.Limit < 1 || p.Limit > MaxPageLimit:
		return 0, Faults{{Field: "/limit", Rule: "range", Message: "has to be from 1 to 200"}}.Err()
	}
	return p.Limit, nil
}

// List is one page of a list.
type List[T any] struct {
	Items []T    // never nil
	Next  string // the cursor of the next page; empty: this is the last one
}

// Cursor is a place in a list: after the row with this sort value and id, in this order.
// Callers see it as opaque text.
type Cursor struct {
	Order string    `json:"o"`
	Value string    `json:"v"`
	ID    uuid.UUID `json:"i"`
}

// Encode is the cursor's opaque text.
func (c Cursor) Encode() string {
	text, err := json.Marshal(c)
	if err != nil { // two strings and a UUID always encode
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// maxCursor bounds what DecodeCursor reads, in bytes. The longest sort value is the folded name of
// 200 characters, of which one can become 18 (U+FDFA): 6,600 bytes, and a third more in base64.
const maxCursor = 12 << 10

// DecodeCursor reads a cursor of a list in the given order. The error is [ErrInvalid], for
// a cursor of another order too.
func DecodeCursor(text, order string) (Cursor, error) {
	bad := Faults{{Field: "/cursor", Rule: "cursor", Message: "is not a cursor of this list in this order"}}.Err()
	if len(text) > maxCursor {
		return Cursor{}, bad
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Cursor{}, bad
	}
	var c Cursor
	if err := json.Unmarshal(raw, &c); err != nil || c.Order != order || c.ID == uuid.Nil || CheckText(c.Value) != nil {
		return Cursor{}, bad
	}
	return c, nil
}

// All runs through a whole list, page by page, from the first to the last. It holds
// nothing open between two pages, so the caller may write while it runs. It stops at the
// first error, which it yields.
func All[T any](ctx context.Context, fetch func(context.Context, Page) (List[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		page := Page{Limit: MaxPageLimit}
		for {
			list, err := fetch(ctx, page)
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for _, item := range list.Items {
				if !yield(item, nil) {
					return
				}
			}
			if list.Next == "" {
				return
			}
			page.Cursor = list.Next
		}
	}
}
