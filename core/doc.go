// Package core has the words that every package of Clientele shares: ids, the scope and
// the actor, permissions, errors, pages and cursors, events, money and e-mail addresses.
// It knows no entity and no database.
package core
