// Package blobs keeps files in a directory: those attached to notes, and pictures of users.
package blobs

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// DefaultMaxSize is how large a file may be, in bytes: 10 MiB.
const DefaultMaxSize = 10 << 20

// DefaultTypes are the media types that are kept: none that a browser runs. Office
// documents are ZIP files to [http.DetectContentType], which tells the types.
func DefaultTypes() []string {
	return []string{
		"application/pdf", "application/zip", "text/plain",
		"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp",
		"audio/mpeg", "audio/wave", "audio/aiff", "audio/midi", "application/ogg",
		"video/mp4", "video/webm", "video/avi",
	}
}

// Dir keeps files in a directory. It never reaches outside of it, whatever a key says. The
// exported fields may be changed before the first use.
type Dir struct {
	MaxSize int64    // in bytes
	Types   []string // media types without parameters

	root *os.Root
}

var _ core.Blobs = (*Dir)(nil)

// OpenDir is the directory at path, which is made if it is not there, for its owner alone.
func OpenDir(path string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("blobs: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("blobs: %w", err)
	}
	return &Dir{MaxSize: DefaultMaxSize, Types: DefaultTypes(), root: root}, nil
}

// Close lets go of the directory.
func (d *Dir) Close() error { return d.root.Close() }

// sniffed is how much of a file DetectContentType looks at, in bytes.
const sniffed = 512

// Put implements [core.Blobs]. The file has its name only when all of it is on the disk.
func (d *Dir) Put(ctx context.Context, r io.Reader) (core.Blob, error) {
	head := make([]byte, sniffed)
	n, err := io.ReadFull(r, head)
	switch {
	case errors.Is(err, io.EOF):
		return core.Blob{}, refused("empty", "is empty")
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return core.Blob{}, err
	}
	mediaType := http.DetectContentType(head[:n])
	bare, _, err := mime.ParseMediaType(mediaType)
	if err != nil || !slices.Contains(d.Types, bare) {
		return core.Blob{}, refused("media_type", "is of a kind that is not kept here: "+bare)
	}
	key := strings.ToLower(rand.Text())
	size, err := d.write(ctx, key, io.MultiReader(bytes.NewReader(head[:n]), r))
	if err != nil {
		return core.Blob{}, err
	}
	return core.Blob{Key: key, Type: mediaType, Size: size}, nil
}

// partly ends the names of files that are being written.
const partly = ".part"

// write puts a file in its place: under another name first, so that there never is half of one.
func (d *Dir) write(ctx context.Context, key string, r io.Reader) (size int64, err error) {
	name := place(key)
	if err := d.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return 0, failed(err)
	}
	part := name + partly
	f, err := d.root.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, failed(err)
	}
	defer func() {
		if err != nil {
			_ = d.root.Remove(part)
		}
	}()
	size, err = io.Copy(f, io.LimitReader(contextReader{ctx, r}, d.MaxSize+1))
	if err == nil && size > d.MaxSize {
		err = refused("max_size", fmt.Sprintf("is larger than %d bytes", d.MaxSize))
	}
	if err == nil {
		err = failed(f.Sync())
	}
	if closing := f.Close(); err == nil {
		err = failed(closing)
	}
	if err != nil {
		return 0, err
	}
	if err = d.root.Rename(part, name); err != nil {
		return 0, failed(err)
	}
	return size, failed(d.sync(path.Dir(name)))
}

// sync makes a directory's entries last through a power loss.
func (d *Dir) sync(dir string) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open implements [core.Blobs].
func (d *Dir) Open(_ context.Context, key string) (io.ReadCloser, error) {
	if !wellFormed(key) {
		return nil, core.NotFound("file")
	}
	f, err := d.root.Open(place(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, core.NotFound("file")
	}
	if err != nil {
		return nil, failed(err)
	}
	return f, nil
}

// Remove implements [core.Blobs].
func (d *Dir) Remove(_ context.Context, key string) error {
	if !wellFormed(key) {
		return nil
	}
	if err := d.root.Remove(place(key)); !errors.Is(err, fs.ErrNotExist) {
		return failed(err)
	}
	return nil
}

// place is where the file of a key is: 1024 folders keep each of them small.
func place(key string) string { return path.Join(key[:2], key) }

// wellFormed reports whether the key is one of ours: [rand.Text] in lower case.
func wellFormed(key string) bool {
	return len(key) == 26 && strings.Trim(key, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

func refused(rule, why string) error {
	return core.Faults{{Field: "/file", Rule: rule, Message: "the file " + why}}.Err()
}

// failed is an error of the disk. Nil stays nil.
func failed(err error) error {
	if err == nil {
		return nil
	}
	return &core.Error{Kind: core.ErrUnavailable, Code: "files_unavailable", Message: "the file could not be read or written", Err: err}
}

// contextReader stops reading when its context is over.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
