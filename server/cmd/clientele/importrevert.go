package main

import (
	"context"
	"fmt"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// maxKept is how many contacts are told of that an undone import has left.
const maxKept = 20

func (i *importing) checkArgs(args []string) error {
	switch {
	case *i.revert != "" && (len(args) > 0 || i.opts.DryRun || !i.opts.Resume.IsZero()):
		return errUsage{"--revert takes no FILE, and neither --dry-run nor --resume"}
	case *i.revert == "" && len(args) != 1:
		return errUsage{"it takes one FILE"}
	case i.opts.DryRun && !i.opts.Resume.IsZero():
		return errUsage{"a dry run resumes nothing"}
	}
	return nil
}

// revertImport undoes an import.
func revertImport(ctx context.Context, p *program, ws *clientele.Workspace, named string) error {
	id, err := core.ParseID[crm.ImportRecord](named)
	if err != nil {
		return errUsage{"--revert has to be the id of an import"}
	}
	r, err := ws.Contacts.RevertImport(ctx, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%d contacts are as they were before, %d have changed since and were left, %d had been erased\n", r.Reverted, r.Kept, r.Gone)
	kept, err := ws.Contacts.KeptContacts(ctx, id, maxKept)
	for _, contact := range kept {
		fmt.Fprintf(p.stdout, "left: %s\n", contact)
	}
	return err
}
