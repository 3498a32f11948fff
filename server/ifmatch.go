package server

import (
	"context"
	"errors"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
)

// guard makes a change if what is read is as the condition says, in one transaction.
func (m IfMatch) guard(ctx context.Context, ws *clientele.Workspace,
	read func(*clientele.Workspace) (version int64, current any, err error), change func(*clientele.Workspace) error,
) error {
	return m.guardTag(ctx, ws, func(ws *clientele.Workspace) (int64, string, any, error) {
		version, current, err := read(ws)
		return version, etag(version), current, err
	}, change)
}

// guardTag is guard by the tag of what is read. A change raises the version by one: where it is higher
// afterwards, somebody else changed it after it was read, and all is done anew.
func (m IfMatch) guardTag(ctx context.Context, ws *clientele.Workspace,
	read func(*clientele.Workspace) (version int64, tag string, current any, err error), change func(*clientele.Workspace) error,
) error {
	if !m.given() {
		return change(ws)
	}
	once := func(ws *clientele.Workspace) error {
		version, tag, current, err := read(ws)
		if err == nil {
			err = m.matchesTag(tag, current)
		}
		if err == nil {
			err = change(ws)
		}
		if err != nil {
			return err
		}
		now, _, _, err := read(ws)
		switch {
		case errors.Is(err, core.ErrNotFound): // the change was to remove it
			return nil
		case err == nil && now > version+1:
			return errOvertaken
		}
		return err
	}
	for range core.Attempts {
		if err := ws.Atomic(ctx, once); !errors.Is(err, errOvertaken) {
			return err
		}
	}
	return errOvertaken
}

// errOvertaken is of a change of what was changed since it was read.
var errOvertaken = core.Stale("version")
