package blobs

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/clientele-crm/clientele/core"
)

var _ core.BlobSweeper = (*Dir)(nil)

// sweptAtOnce is of how many keys a sweep asks at once.
const sweptAtOnce = 500

// Sweep implements [core.BlobSweeper], by the times at which files were written last. Files
// that Put did not make stay, whatever they are.
func (d *Dir) Sweep(ctx context.Context, before time.Time, named func(context.Context, []string) ([]string, error)) (removed int, err error) {
	folders, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil {
		return 0, failed(err)
	}
	var old []string
	sweep := func() error {
		n, err := d.removeUnnamed(ctx, old, named)
		removed, old = removed+n, old[:0]
		return err
	}
	for _, folder := range folders {
		if !folder.IsDir() || len(folder.Name()) != 2 {
			continue
		}
		files, err := fs.ReadDir(d.root.FS(), folder.Name())
		if err != nil {
			return removed, failed(err)
		}
		for _, file := range files {
			if err := ctx.Err(); err != nil {
				return removed, err
			}
			if key, ok := d.oldKey(folder.Name(), file, before); ok {
				if old = append(old, key); len(old) == sweptAtOnce {
					if err := sweep(); err != nil {
						return removed, err
					}
				}
			}
		}
	}
	return removed, sweep()
}

// oldKey is the key of a file of ours that was written before a time. What is left of a Put
// that was cut short has no key that a row could name: it is removed at once.
func (d *Dir) oldKey(folder string, file fs.DirEntry, before time.Time) (key string, ok bool) {
	key, part := strings.CutSuffix(file.Name(), partly)
	if !wellFormed(key) || key[:2] != folder || !file.Type().IsRegular() {
		return "", false
	}
	info, err := file.Info()
	if err != nil || !info.ModTime().Before(before) {
		return "", false // it is gone, or new
	}
	if part {
		_ = d.root.Remove(path.Join(folder, file.Name())) // else the next sweep does
		return "", false
	}
	return key, true
}

// removeUnnamed removes those of the files that are not named.
func (d *Dir) removeUnnamed(ctx context.Context, keys []string, named func(context.Context, []string) ([]string, error)) (removed int, err error) {
	if len(keys) == 0 {
		return 0, nil
	}
	stay, err := named(ctx, keys)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, key := range keys {
		if slices.Contains(stay, key) {
			continue
		}
		if err := d.Remove(ctx, key); err != nil {
			errs = append(errs, err)
			continue
		}
		removed++
	}
	return removed, errors.Join(errs...)
}
