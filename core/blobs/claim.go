package blobs

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// claimed is the file that says whose the directory is.
const claimed = "belongs-to"

// Claim makes the directory the owner's, who is named by any short text, such as the id of a
// database. [core.ErrState]: it is another's. Whoever has several databases protects by it the
// files of one from the sweep of another, to which they are files that no row names.
func (d *Dir) Claim(owner string) error {
	part := claimed + "-" + rand.Text() // there never is half of a claim, whenever the program dies
	if err := d.root.WriteFile(part, []byte(owner+"\n"), 0o600); err != nil {
		return failed(err)
	}
	err := d.root.Link(part, claimed)
	if err = errors.Join(unless(err, fs.ErrExist), d.root.Remove(part)); err != nil {
		return failed(err)
	}
	has, err := d.root.ReadFile(claimed)
	if err != nil {
		return failed(err)
	}
	if strings.TrimSpace(string(has)) != owner {
		return &core.Error{Kind: core.ErrState, Code: "files_of_another", Message: "the folder " + d.root.Name() + " has the files of another database"}
	}
	return nil
}

// unless is err, unless it is of the kind.
func unless(err, kind error) error {
	if errors.Is(err, kind) {
		return nil
	}
	return err
}
