package clientele

import "context"

// Work does the background work until ctx is over: it brings the events to their
// subscribers, runs the jobs and makes the periodic ones. Then it lets the running jobs finish
// for a while, gives back the rest, and returns nil.
//
// Any number of processes may do it, and several goroutines of one; there is no leader.
func (c *Clientele) Work(ctx context.Context) error { return c.Jobs.Work(ctx) }

// Step does the background work that is due and returns: for those who have a scheduler of
// their own, and for tests. It is how many attempts were made at jobs; one that failed is due
// again later, and is no error of Step.
func (c *Clientele) Step(ctx context.Context) (attempts int, err error) { return c.Jobs.Step(ctx) }
