package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/clientele-crm/clientele/core"
)

// PasswordCost is the cost of one argon2id (RFC 9106). Zero fields have their defaults,
// which take some 60 ms of one core.
type PasswordCost struct {
	Memory  uint32 // in KiB; 0: 19456, which is 19 MiB
	Passes  uint32 // 0: 2
	Threads uint8  // 0: 1
}

func (c PasswordCost) withDefaults() PasswordCost {
	if c.Memory == 0 {
		c.Memory = 19 * 1024
	}
	if c.Passes == 0 {
		c.Passes = 2
	}
	if c.Threads == 0 {
		c.Threads = 1
	}
	return c
}

const (
	saltSize = 16
	keySize  = 32
)

// passwords hashes passwords, of which no more at once than there are cores: each takes
// much memory, and more at once would only make all of them wait.
type passwords struct {
	cost    PasswordCost
	slots   chan struct{}
	derived atomic.Int64 // how many were hashed
}

func newPasswords(cost PasswordCost) *passwords {
	return &passwords{cost: cost, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// hash is the PHC string of a password: the algorithm, its cost, the salt and the key.
func (p *passwords) hash(ctx context.Context, password Secret) (Secret, error) {
	h := hashed{cost: p.cost, salt: make([]byte, saltSize), key: make([]byte, keySize)}
	_, _ = rand.Read(h.salt) // never fails
	key, err := p.derive(ctx, password, h)
	if err != nil {
		return "", err
	}
	h.key = key
	return h.encode(), nil
}

// verify reports whether the password is the one of the hash. It takes its time when the
// hash is empty, that is when there is no such user, too.
func (p *passwords) verify(ctx context.Context, password, hash Secret) (bool, error) {
	h, known := decodeHash(hash)
	if !known {
		h = hashed{cost: p.cost, salt: make([]byte, saltSize), key: make([]byte, keySize)}
	}
	key, err := p.derive(ctx, password, h)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, h.key) == 1 && known, nil
}

// outdated reports whether a hash was made at another cost than today's.
func (p *passwords) outdated(hash Secret) bool {
	h, _ := decodeHash(hash)
	return h.cost != p.cost
}

func (p *passwords) derive(ctx context.Context, password Secret, h hashed) ([]byte, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, &core.Error{Kind: core.ErrUnavailable, Message: "the call was given up", Err: ctx.Err()}
	}
	defer func() { <-p.slots }()
	p.derived.Add(1)
	return argon2.IDKey([]byte(normalized(password)), h.salt, h.cost.Passes, h.cost.Memory, h.cost.Threads, uint32(len(h.key))), nil
}

// normalized makes one of what keyboards write differently (Unicode NFKC). Nothing is
// trimmed, and case counts.
func normalized(password Secret) string { return norm.NFKC.String(string(password)) }

// hashed is what a PHC string says.
type hashed struct {
	cost      PasswordCost
	salt, key []byte
}

func (h hashed) encode() Secret {
	b64 := base64.RawStdEncoding
	return Secret(fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.cost.Memory, h.cost.Passes, h.cost.Threads, b64.EncodeToString(h.salt), b64.EncodeToString(h.key)))
}

// decodeHash reports false for what is no argon2id hash of this version: it is the hash of
// no password.
func decodeHash(s Secret) (h hashed, ok bool) {
	parts := strings.Split(string(s), "$") // before the first "$" there is nothing
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return hashed{}, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.cost.Memory, &h.cost.Passes, &h.cost.Threads); err != nil {
		return hashed{}, false
	}
	var saltErr, keyErr error
	h.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	h.key, keyErr = base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || len(h.key) < saltSize || h.cost != h.cost.withDefaults() {
		return hashed{}, false
	}
	return h, true
}
