package core

import (
	"context"
	"io"
	"time"
)

// Blobs keeps files: those attached to notes, and pictures of users. Package core/blobs has
// them in a directory; an embedder may put them wherever else. It is safe for concurrent use.
type Blobs interface {
	// Put keeps what r has and gives it a key of its own. [ErrInvalid]: it is empty, too large
	// or of a type that is not kept. The type is told by the content.
	Put(ctx context.Context, r io.Reader) (Blob, error)

	// Open reads a file. [ErrNotFound]: there is none of this key.
	Open(ctx context.Context, key string) (io.ReadCloser, error)

	// Remove removes a file; one that is not there is no error.
	Remove(ctx context.Context, key string) error
}

// Blob is a file as Blobs keep it.
type Blob struct {
	Key  string // up to 200 characters
	Type string // its media type
	Size int64  // in bytes
}

// BlobSweeper is what [Blobs] may be beside: they find the files that no row names, which a
// crash left behind, or the rollback of a transaction that was the caller's.
type BlobSweeper interface {
	// Sweep removes the files that were put before a time, unless named has their keys among
	// those that it returns. It asks named of up to 500 keys at once, and says how many files
	// it removed. What is being put meanwhile stays.
	Sweep(ctx context.Context, before time.Time, named func(ctx context.Context, keys []string) ([]string, error)) (removed int, err error)
}
