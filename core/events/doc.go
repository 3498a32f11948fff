// Package events brings the events of the outbox to those who wait for them: to subscribers
// in the program, each event as a job that is done at least once, and to whoever lists or
// follows a company's events.
//
//	events.On(relay, "greeter", crm.ContactCreated, func(ctx context.Context, c events.Change[crm.Contact]) error {
//		return greet(ctx, c.After.Email)
//	})
//
// A subscriber has a cursor in the database. The [Relay] reads the outbox beyond it and makes
// a job of each event, in the transaction that moves the cursor: no event is left out and none
// is taken twice, whoever crashes and however many relays there are. The jobs of one subject
// run one by one in the order of its events; those of different subjects side by side.
//
// An event is read when no earlier one can appear any more. So a transaction that has emitted
// an event and stays open holds back the later events of others until it ends.
package events
