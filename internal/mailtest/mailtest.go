// Package mailtest has a mailer for tests.
package mailtest

import (
	"context"
	"sync"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

// Box is an [identity.Mailer] that keeps what is sent. The zero value is empty.
type Box struct {
	mu   sync.Mutex
	sent []identity.Message
}

// Send implements [identity.Mailer].
func (b *Box) Send(_ context.Context, m identity.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent = append(b.sent, m)
	return nil
}

// To is the mails to an address, as they were sent.
func (b *Box) To(e core.Email) (list []identity.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.sent {
		if m.To == e {
			list = append(list, m)
		}
	}
	return list
}
