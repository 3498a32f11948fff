package server

import (
	"bytes"
	"encoding/json"
	"fmt"

	jsonpatch "github.com/evanphx/json-patch/v5"

	"github.com/clientele-crm/clientele/core"
)

// Patch is a JSON merge patch (RFC 7396) of a T: what is absent stays as it is, null
// clears. T is what a person may write of a resource.
type Patch[T any] struct{ doc json.RawMessage }

// UnmarshalJSON keeps a copy: the reader's buffer is used again.
func (p *Patch[T]) UnmarshalJSON(doc []byte) error {
	p.doc = bytes.Clone(doc)
	return nil
}

// apply changes v as the patch says. The error is [core.ErrInvalid].
func (p Patch[T]) apply(v *T) error {
	was, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("patch of %T: %w", v, err)
	}
	is, err := jsonpatch.MergePatch(was, p.doc)
	if err != nil {
		return &core.Error{Kind: core.ErrInvalid, Code: "invalid", Message: "the body is not a merge patch", Err: err}
	}
	decoder := json.NewDecoder(bytes.NewReader(is))
	decoder.DisallowUnknownFields()
	var patched T // from nothing, so that what null removed is empty
	if err := decoder.Decode(&patched); err != nil {
		return &core.Error{Kind: core.ErrInvalid, Code: "invalid", Message: err.Error(), Err: err}
	}
	*v = patched
	return nil
}

// names reports whether the patch says anything of a field, if only null.
func (p Patch[T]) names(field string) bool {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(p.doc, &members) // what is no object has been refused
	_, is := members[field]
	return is
}

// patchOf lets the registry find the T of a Patch[T].
type patchOf interface{ patched() any }

func (Patch[T]) patched() any { return *new(T) }
